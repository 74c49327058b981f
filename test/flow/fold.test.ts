import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { nhsNumber } from '../../src/invented.js';
import { nodesOf } from '../../src/register/nodes.js';
import { reachable } from '../../src/store/closure.js';
import { factStore } from '../../src/store/facts.js';
import { inTransaction } from '../../src/store/transaction.js';
import { houseOf } from '../properties/house.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { statedBy } from '../support/stated-by.js';
import { until } from '../support/until.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const numbers = [nhsNumber(1), nhsNumber(2), nhsNumber(3)];

async function leftHospital(nhsNumbers: readonly string[]): Promise<void> {
  const left = { kind: 'left-hospital', on: '2026-03-01' };
  const lines = nhsNumbers.map((each) => JSON.stringify({ nhsNumber: each, statedBy: statedBy(left), ...left }));
  const read = readStatedFacts(lines.join('\n'), tables.mappings.codes);
  if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
  await inTransaction(database.pool, (db) =>
    factStore(db).recordStated(read.facts.map((fact) => ({ recordedBy: 'test', fact, nodes: nodesOf(fact) }))),
  );
}

test('while another process folds somebody everybody else is folded, and at the end nobody is left', async () => {
  const house = houseOf(database, () => '2026-11-21');
  const folded = async () =>
    (await database.pool.query('select nhs_number as n from entries order by 1')).rows.map(({ n }) => n);
  await leftHospital(numbers);

  const another = await database.pool.connect();
  await another.query('begin');
  await another.query('select from nodes where node = $1 for update', [`nhs:${numbers[0]}`]);
  const all = house.foldEverybody();
  await until(async () => (await folded()).length === 2);
  expect(await folded()).toEqual(numbers.slice(1).sort());
  await another.query('rollback');
  another.release();
  await all;
  expect(await folded()).toEqual([...numbers].sort());
});

test('people come in one order, however the database plans it', async () => {
  await leftHospital(Array.from({ length: 300 }, (_, nth) => nhsNumber(100 + nth)));
  const ids = (await database.pool.query('select id from nodes order by id')).rows.map(({ id }) => id);
  const client = await database.pool.connect();
  await client.query('set enable_hashagg = off');
  const sorted = await reachable(client, ids);
  await client.query(
    'set enable_hashagg = on; set enable_sort = off; set enable_indexscan = off; set enable_bitmapscan = off; discard plans',
  );
  const hashed = await reachable(client, ids);
  client.release(true);
  expect(hashed).toEqual(sorted);
  expect(hashed.flat()).toEqual(ids);
});
