import type { Pool } from 'pg';
import { ofWholeRegister } from '../flow/whole-register.js';
import { auditStore } from '../store/audit.js';
import { type AskedRow, type Place, questionStore } from '../store/questions.js';
import { askedBody } from './asked-body.js';
import type { AppDeps, Who } from './deps.js';
import type { QuestionQuery } from './queries.js';
import { bodyView, nameText } from './register.js';
import type { QuestionListView } from './register-schemas.js';

const DAY_MS = 86_400_000;

/** The open questions, the oldest first. Whoever is on the list has been looked at, and that is recorded before it is shown. */
export async function listQuestions(
  deps: Pick<AppDeps, 'pool' | 'tables' | 'now'>,
  query: QuestionQuery,
  who: Who,
): Promise<QuestionListView> {
  const { pool, now = () => new Date() } = deps;
  const { kind, openFor, after, limit } = query;
  const [council, icb] = [askedBody(query.council, deps), askedBody(query.icb, deps)];
  const until = openFor === undefined ? undefined : new Date(now().getTime() - openFor * DAY_MS);
  const filter = { kind, council, icb, until };
  const store = questionStore(pool);
  const [kinds, rows] = await ofWholeRegister(pool, () =>
    Promise.all([
      store.counts(filter),
      store.list(filter, limit + 1, after === undefined ? undefined : placeIn(after)),
    ]),
  );
  const shown = rows.slice(0, limit);
  await recordLooks(pool, shown, who);
  const last = shown.at(-1);
  return { kinds, asked: shown.map(askedView), nextAfter: rows.length > limit && last ? placeText(last) : null };
}

async function recordLooks(pool: Pool, shown: readonly AskedRow[], who: Who): Promise<void> {
  await auditStore(pool).recordListed(
    shown.map(({ personKey }) => personKey),
    { who: who.name, role: who.role },
  );
}

const askedView = (row: AskedRow): QuestionListView['asked'][number] => ({
  personKey: row.personKey,
  name: nameText(row.name),
  nhsNumber: row.nhsNumber,
  status: row.status,
  council: bodyView(row.council),
  icb: bodyView(row.icb),
  id: row.question.id,
  kind: row.question.kind,
  text: row.question.text,
  options: row.question.options,
  since: row.since.toISOString(),
});

const placeText = ({ since, personKey, question }: AskedRow): string =>
  [since.toISOString(), personKey, question.id].join('~');

function placeIn(text: string): Place {
  const [since = '', personKey = '', questionId = ''] = text.split('~');
  return { since: new Date(since), personKey, questionId };
}
