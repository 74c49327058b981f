import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { rebuild } from '../../src/flow/rebuild.js';
import { recordFacts } from '../../src/flow/record.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { londonDay } from '../../src/register/day.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import { hear } from '../commands/service.js';
import { tables } from '../commands/terminal.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { statedBy } from '../support/stated-by.js';

const THIRD = '9990000034';
const FOURTH = '9990000042';
const home = (nhsNumber: string, mrn: string, over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  nhsNumber,
  mrn,
  visit: `${mrn}-V`,
  periods: [{ ...SECTION_3, id: `${mrn}-P` }],
  ...over,
});

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
  await hear([home(PERSON, 'L1'), home(OTHER, 'L2')], database);
});
afterEach(() => database.drop());

const deps = () => ({
  pool: database.pool,
  ...tables,
  now: () => new Date(),
  today: () => londonDay(new Date().toISOString()),
  log: quiet,
});
const record = (...stated: Stated[]) => {
  const lines = stated.map((fact) => JSON.stringify({ nhsNumber: PERSON, statedBy: statedBy(fact), ...fact }));
  const read = readStatedFacts(lines.join('\n'), tables.mappings.codes);
  if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
  return recordFacts(read.facts, 'test', deps());
};
const agreed: Stated = {
  kind: 'council-determined',
  effectiveOn: '2026-03-01',
  council: 'E08000029',
  standing: 'agreed',
  basis: 'ordinarily-resident-before-detention',
};
const keyOf = async (nhsNumber: string): Promise<string> =>
  (await database.pool.query('select person_key as key from entries where nhs_number = $1', [nhsNumber])).rows[0]?.key;
const councilOf = async (nhsNumber: string) =>
  (
    await database.pool.query("select entry -> 'council' ->> 'code' as code from entries where nhs_number = $1", [
      nhsNumber,
    ])
  ).rows[0]?.code;

/** A rebuild that is broken off when everything is dropped, and goes on after what happens. */
async function rebuiltAround(happens: () => Promise<unknown>) {
  await inTransaction(database.pool, (db) => rebuildStore(db).dropDerived());
  await happens();
  return rebuild(deps());
}

test('what people state meanwhile counts, and is no difference that the rebuild makes', async () => {
  expect(await rebuiltAround(() => record(agreed))).toMatchObject({ changed: [], persons: 2 });
  expect(await councilOf(PERSON)).toBe('E08000029');
});

test('nor what messages tell meanwhile: of somebody new, of one whom a merge takes away, of a period of two people', async () => {
  const merged: Adt = {
    trigger: 'A40',
    sentAt: '20260702090000',
    nhsNumber: PERSON,
    mrn: 'L1',
    mergedAway: { nhsNumber: OTHER, mrn: 'L2' },
  };
  const news = [home(THIRD, 'L3'), merged, home(FOURTH, 'L4', { periods: [{ ...SECTION_3, id: 'L3-P' }] })];
  expect(await rebuiltAround(() => hear(news, database))).toMatchObject({ changed: [], persons: 3 });
});

test('a person with news who is another also without them is one that the rebuild changed', async () => {
  const key = await keyOf(PERSON);
  const rebuilt = await rebuiltAround(async () => {
    await database.pool.query("update rebuild_before set digest = 'of another entry' where person_key = $1", [key]);
    await record(agreed);
  });
  expect(rebuilt.changed).toEqual([key]);
});
