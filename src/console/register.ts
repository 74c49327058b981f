import { parkedNaming, registerPageThen } from '../flow/look-up.js';
import { ofWholeRegister } from '../flow/whole-register.js';
import type { Entry } from '../register/entry.js';
import { auditStore } from '../store/audit.js';
import { type EntryRow, entryStore } from '../store/entries.js';
import { askedBody } from './asked-body.js';
import type { AppDeps, Who } from './deps.js';
import type { RegisterQuery } from './queries.js';
import type { PersonRowView, RegisterView } from './register-schemas.js';
import { type Asked, askedThen } from './then.js';

/** One row a person. Whoever is on the list has been looked at, and that is recorded before it is shown. */
export async function listPersons(deps: AppDeps, query: RegisterQuery, who: Who): Promise<RegisterView> {
  const asked = askedThen(query, deps.now?.() ?? new Date());
  if (asked !== null) return listThen(deps, asked, query, who);
  const { status, questions, after, limit } = query;
  const body = askedBody(query.body, deps);
  const rows = await ofWholeRegister(deps.pool, () =>
    entryStore(deps.pool).list({
      statuses: status === undefined ? undefined : [status],
      body,
      withQuestions: questions === 'open',
      after,
      limit: limit + 1,
    }),
  );
  return seen(deps, who, {
    persons: rows.slice(0, limit).map(personRow),
    nextAfter: rows.length > limit ? (rows[limit - 1]?.personKey ?? null) : null,
  });
}

/** The same of another day: everybody is folded anew, so a page looks through some, and says after whom to go on. */
async function listThen(deps: AppDeps, { times }: Asked, query: RegisterQuery, who: Who): Promise<RegisterView> {
  const { status, questions, after, limit } = query;
  const body = askedBody(query.body, deps);
  const isAsked = (entry: Entry): boolean =>
    (status === undefined || entry.status === status) &&
    (body === undefined || entry.council.code === body || entry.icb.code === body) &&
    (questions === undefined || entry.questions.length > 0);
  const page = await registerPageThen(times, { after, limit, isAsked }, { pool: deps.pool, ...deps.tables });
  return seen(deps, who, { persons: page.people.map(personRow), nextAfter: page.nextAfter });
}

/** The person who answers to this NHS number today, also where a merge has retired it; and what names it and waits to be read. */
export async function findPerson(deps: AppDeps, nhsNumber: string, who: Who): Promise<RegisterView> {
  const { pool } = deps;
  const row = await ofWholeRegister(pool, () => entryStore(pool).byNhsNumber(nhsNumber));
  const parked = await parkedNaming(nhsNumber, NOW, deps);
  if (!row) await recordWaiting(parked, deps, who);
  return seen(deps, who, { persons: row ? [personRow(row)] : [], nextAfter: null, parked });
}

const NOW = { knownAt: null };

/** Somebody of whom nothing is known has no key: that their messages were found is recorded of these. */
const recordWaiting = (ids: readonly string[], { pool }: AppDeps, { name, role }: Who): Promise<void> =>
  auditStore(pool).recordAll(
    ids.map((id) => ({ who: name, role, action: 'person-seen', subject: `message:${id}`, reason: null })),
  );

async function seen({ pool }: AppDeps, who: Who, register: RegisterView): Promise<RegisterView> {
  await auditStore(pool).recordListed(
    register.persons.map(({ personKey }) => personKey),
    { who: who.name, role: who.role },
  );
  return register;
}

export const personRow = ({ personKey, entry }: Pick<EntryRow, 'personKey' | 'entry'>): PersonRowView => ({
  personKey,
  nhsNumber: entry.nhsNumber,
  name: nameText(entry.name),
  birthDate: entry.birthDate,
  status: entry.status,
  council: bodyView(entry.council),
  icb: bodyView(entry.icb),
  questions: entry.questions.length,
});

export const bodyView = ({ code, name, asWritten, standing, basis, candidates }: Entry['council']) => ({
  code,
  name,
  asWritten,
  standing,
  basis,
  candidates,
});

/** `EXAMPLE, Alex Jo`, as the NHS writes names. */
export function nameText(name: Entry['name']): string | null {
  if (name === null) return null;
  const parts = [name.family?.toUpperCase(), name.given.join(' ')].filter((part) => part);
  return parts.length === 0 ? null : parts.join(', ');
}
