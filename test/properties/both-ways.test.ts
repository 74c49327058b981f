import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explain } from '../../src/flow/explain.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import type { StatedFact } from '../../src/register/fact.js';
import { asGiven } from '../scenarios/adt.js';
import { type Stated, tables, written } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { statedBy } from '../support/stated-by.js';
import { type Story, story } from './histories.js';
import { houseOf } from './house.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);
const TODAY = '2026-11-21';

let database: TestDatabase;
let house: ReturnType<typeof houseOf>;
beforeAll(async () => {
  database = await testDatabase();
  house = houseOf(database, () => TODAY);
});
afterAll(() => database.drop());

async function register(): Promise<unknown[]> {
  const { rows } = await database.pool.query<{ entry: unknown }>('select entry from entries');
  return rows.map(({ entry }) => entry);
}

const inOneOrder = (entries: readonly unknown[]): string[] => entries.map((entry) => sorted(entry)).sort();

/** The database gives the keys of an object back in an order of its own. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, each) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );

/** What people state, with the moment at which the service has recorded it: an answer may count from then. */
async function recorded(stated: readonly Stated[]): Promise<StatedFact[]> {
  const ndjson = stated.map((fact) => JSON.stringify({ statedBy: statedBy(fact), ...fact })).join('\n');
  const read = readStatedFacts(ndjson, tables.mappings.codes);
  if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
  const { rows } = await database.pool.query<{ at: Date }>('select max(recorded_at) as at from stated_facts');
  const statedAt = rows[0]?.at?.toISOString() ?? '';
  return read.facts.map((fact): StatedFact => ({ ...fact, source: { ...fact.source, statedAt } }));
}

const explained = ({ messages }: Story, facts: readonly StatedFact[]) =>
  explain(asGiven(messages.map(written)), facts, TODAY, tables).register;

test('for all histories: the running service has the register that explain shows', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      await house.forget();
      await house.live(told);
      expect(inOneOrder(await register())).toEqual(inOneOrder(explained(told, await recorded(told.stated))));
    }),
    { numRuns: RUNS },
  );
}, 600_000);
