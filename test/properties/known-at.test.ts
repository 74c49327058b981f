import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { endOfDay, lookUp } from '../../src/flow/look-up.js';
import type { LedgerContent } from '../../src/flow/versions.js';
import type { Publication } from '../../src/publish/content.js';
import { digestOf } from '../../src/publish/digest.js';
import { publishAfter, retiredAfter } from '../../src/publish/publish-after.js';
import { addDays } from '../../src/register/day.js';
import type { Entry } from '../../src/register/entry.js';
import { localNode, nhsNode } from '../../src/register/nodes.js';
import { ledgerStore } from '../../src/store/ledger.js';
import { sweepStore } from '../../src/store/sweep.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type News, newsOf, PERSONS, story } from './histories.js';
import { houseOf } from './house.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);
const BEGIN = '2025-06-03';
const DAYS_BETWEEN = 23;

let database: TestDatabase;
let today = BEGIN;
let house: ReturnType<typeof houseOf>;
beforeAll(async () => {
  database = await testDatabase();
  house = houseOf(database, () => today);
});
afterAll(() => database.drop());

/** A story in whatever order it is learnt, each thing on a day of its own. */
const learnt: fc.Arbitrary<News[]> = story.chain((told) => {
  const news = newsOf(told);
  return fc.shuffledSubarray(news, { minLength: news.length });
});

let stamped = { interpretation: '0', publication: '0' };

/** What has been learnt and published since the last stamp was learnt and published today. */
async function stampToday(): Promise<void> {
  const at = `${today}T12:00:00Z`;
  const { pool } = database;
  const { interpretation, publication } = stamped;
  await pool.query('update interpretations set interpreted_at = $1 where id > $2', [at, interpretation]);
  await pool.query('update publications set published_at = $1 where id > $2', [at, publication]);
  await pool.query(`update stated_facts set recorded_at = $1, recorded_by = 'then' where recorded_by <> 'then'`, [at]);
  const { rows } = await pool.query<typeof stamped>(
    `select coalesce((select max(id) from interpretations), 0) as interpretation,
            coalesce((select max(id) from publications), 0) as publication`,
  );
  stamped = rows[0] ?? stamped;
}

/** Every day on which the passing of time alone changes an entry is swept, as the service does each day. */
async function passTo(day: string): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query<{ next: string | null }>(
      'select min(next_change_on)::text as next from entries',
    );
    const next = rows[0]?.next ?? null;
    if (next === null || next > day) break;
    today = next;
    await sweepStore(database.pool).markChanging(today, 1_000);
    await house.foldEverybody();
    await stampToday();
  }
  today = day;
}

/** Each thing learnt on a day of its own; the days. */
async function learn(news: readonly News[]): Promise<string[]> {
  const days: string[] = [];
  today = BEGIN;
  stamped = { interpretation: '0', publication: '0' };
  for (const each of news) {
    await passTo(addDays(BEGIN, days.length * DAYS_BETWEEN));
    if (each.kind === 'message') await house.hear(each.message);
    else await house.record([each.fact]);
    await stampToday();
    days.push(today);
  }
  return days;
}

const nodesOfEntry = ({ nhsNumber, formerNhsNumbers, localIds }: Entry): string[] => [
  ...(nhsNumber === null ? [] : [nhsNode(nhsNumber)]),
  ...formerNhsNumbers.map(nhsNode),
  ...localIds.map(localNode),
];

/** What the ledger says each body had been told last of a person, by the end of a day. */
async function toldBy(day: string, entry: Entry): Promise<Publication[]> {
  const { rows } = await database.pool.query<{ key: string }>(
    'select key from person_keys where anchor = any ($1::text[])',
    [nodesOfEntry(entry)],
  );
  const history = await ledgerStore(database.pool).history(rows.map(({ key }) => key));
  const byThen = history.filter(({ publishedAt }) => publishedAt <= endOfDay(day));
  const latest = new Map(byThen.map((version) => [`${version.personKey} ${version.body}`, version]));
  return [...latest.values()]
    .toSorted((a, b) => a.recordVersion - b.recordVersion)
    .map(({ content }) => (content as LedgerContent).publication);
}

const isOf = (each: Publication, { to, patient }: Publication): boolean =>
  each.to.kind === to.kind && each.to.code === to.code && each.patient.nhsNumber === patient.nhsNumber;

/** Whatever a body should have been told on that day, as the register knew it, and was told otherwise or not at all. */
async function differencesOn(day: string, nhsNumber: string): Promise<unknown[]> {
  const then = { asOf: day, knownAt: endOfDay(day) };
  const found = await lookUp(nhsNumber, then, { pool: database.pool, ...tables });
  if (!found) return [];
  const told = await toldBy(day, found.entry);
  const isOwn = ({ patient }: Publication) => patient.nhsNumber === found.entry.nhsNumber;
  const [own, retired] = [told.filter(isOwn), told.filter((publication) => !isOwn(publication))];
  const { policies } = tables.site;
  const all = [...publishAfter(found.entry, policies, own, retired), ...retiredAfter(found.entry, policies, retired)];
  return all.flatMap((should) => {
    const was = told.findLast((each) => isOf(each, should));
    const isSame = was !== undefined && digestOf(was) === digestOf(should);
    return should.to.kind === 'icb' || isSame ? [] : [{ day, should, was }];
  });
}

test('for all histories, however late each thing is learnt: known at any past day, the register shows what was published then', async () => {
  await fc.assert(
    fc.asyncProperty(learnt, async (news) => {
      await house.forget();
      for (const day of await learn(news)) {
        for (const { nhsNumber } of PERSONS) expect(await differencesOn(day, nhsNumber)).toEqual([]);
      }
    }),
    { numRuns: RUNS },
  );
}, 600_000);
