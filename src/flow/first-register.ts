import type { Pool } from 'pg';
import type { Entry } from '../register/entry.js';
import type { Site } from '../site.js';
import { auditStore, type Looker } from '../store/audit.js';
import { entryStore } from '../store/entries.js';
import type { Reconciling } from './reconcile-person.js';
import { sheetFile } from './sheet-file.js';
import { ofWholeRegister, refuseWhileRebuilding } from './whole-register.js';

/** The first are those that `mappings/load/register.yaml` reads. */
const COLUMNS = {
  'NHS number': ({ nhsNumber }) => nhsNumber,
  'Family name': ({ name }) => name?.family,
  'Given names': ({ name }) => name?.given.join(' '),
  'Date of birth': ({ birthDate }) => birthDate,
  Status: ({ status }) => status,
  From: ({ episodes }) => episodes.at(-1)?.from,
  To: ({ episodes }) => episodes.at(-1)?.to,
  Council: ({ council }) => council.code,
  ICB: ({ icb }) => icb.code,
  'Case number': () => null,
  'Plan agreed': ({ episodes }) => episodes.at(-1)?.plan?.agreedOn,
  'Review due': ({ clocks }) => clocks.find(({ kind, state }) => kind === 'review' && state !== 'done')?.dueOn,
  'To be asked': ({ questions }) => (questions.length === 0 ? null : String(questions.length)),
} satisfies Record<string, (entry: Entry) => string | null | undefined>;

type Asked = { to: string; body: Reconciling; looker: Looker };

const PAGE = 500;
const STATUSES = ['prospective', 'active', 'ended', 'died'] as const;

/**
 * Writes the register of a body that has none yet: everybody for whom it is responsible, as known today. Who has no NHS number
 * is left out, because nobody could tell for certain who that is. Throws Fault `usage` where the file is there already, and
 * `rebuilding`.
 */
export async function firstRegister(
  { to, body, looker }: Asked,
  { pool, site }: { pool: Pool; site: Site },
): Promise<{ people: number; withoutNumber: number }> {
  await refuseWhileRebuilding(pool);
  const file = sheetFile(to, { header: Object.keys(COLUMNS), separator: ',', option: '--first-register' });
  const done = { people: 0, withoutNumber: 0 };
  try {
    for (let after: string | undefined; ; ) {
      const asked = {
        statuses: [...STATUSES],
        body: body.code,
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      };
      const page = await ofWholeRegister(pool, () => entryStore(pool).list(asked));
      after = page.at(-1)?.personKey;
      if (after === undefined) return done;
      const told = page.filter(({ entry }) => entry[body.side].code === body.code && isTold(entry, site));
      const named = told.filter(({ entry }) => entry.nhsNumber !== null);
      await auditStore(pool).recordListed(
        named.map(({ personKey }) => personKey),
        looker,
      );
      for (const { entry } of named) await file.write(Object.values(COLUMNS).map((of) => safe(of(entry) ?? '')));
      done.people += named.length;
      done.withoutNumber += told.length - named.length;
    }
  } finally {
    await file.close();
  }
}

const isTold = ({ status, council, icb }: Entry, { policies }: Site): boolean =>
  status !== 'prospective' || policies(council.code, icb.code).tellProspective;

/** A spreadsheet program would reckon what begins so. */
const safe = (cell: string): string => (/^[=+\-@\t]/.test(cell) ? `'${cell}` : cell);
