import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { recordCommand } from '../../src/commands/record.js';
import { registerCommand } from '../../src/commands/register.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import { audit, bearer, form, type House, openHouse } from '../console/house.js';
import { adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { quiet } from '../support/quiet.js';
import { hear, receiveInto, work } from './service.js';
import { contextOf, run, tables } from './terminal.js';

let house: House;
let folder = '';
beforeAll(async () => {
  [house, folder] = await Promise.all([openHouse(), mkdtemp(join(tmpdir(), 'aftercare-looks-'))]);
});
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true });
});

const keyOf = async (nhsNumber: string): Promise<string> =>
  (await house.database.pool.query('select person_key as key from entries where nhs_number = $1', [nhsNumber])).rows[0]
    ?.key;
const seen = async (subject: string) => (await audit(house)).filter((line) => line.subject === subject);

test('who is looked at before the first fold was looked at all the same: it is under the key of the fold', async () => {
  const { pool } = house.database;
  await receiveInto(house.database)(Buffer.from(adt(HOME)), { transport: 'mllp', peer: '127.0.0.1' });
  await interpretPending({ pool, ...tables, changed: async () => undefined, log: quiet });
  expect(await run(registerCommand, [PERSON], contextOf(house.database))).toMatchObject({ code: 0 });
  await work(house.database);
  expect(await seen(await keyOf(PERSON))).toMatchObject([{ who: 'an.engineer', action: 'person-seen' }]);
});

test('checking a separation shows the other person, and that is a look at them', async () => {
  await hear(
    [{ ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] }],
    house.database,
  );
  const by = { 'statedBy.name': 'B. Invented', 'statedBy.role': 'officer', 'statedBy.organisation': 'E08000025' };
  const path = `${house.url}/console/register/${await keyOf(PERSON)}/record/identity-separated`;
  const answer = await fetch(path, form(house, { ...by, from: OTHER, step: 'check' }));
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Check before it is recorded')]);
  expect(await seen(await keyOf(OTHER))).toMatchObject([{ action: 'person-seen' }]);
});

const died = (nhsNumber: string) => ({
  kind: 'died',
  nhsNumber,
  on: '2026-08-01',
  verified: false,
  statedBy: { organisation: 'E08000025', name: 'B. Invented', role: 'officer' },
});

test('who recorded a fact by the command is in the audit of the person, also while a rebuild has nobody folded', async () => {
  const key = await keyOf(PERSON);
  const record = async (fact: object) => {
    const file = join(folder, 'facts.ndjson');
    await writeFile(file, JSON.stringify(fact));
    return run(recordCommand, ['--facts', file], contextOf(house.database));
  };
  const lines = async (subject: string) => (await seen(subject)).filter(({ action }) => action === 'fact-recorded');
  expect(await record(died(PERSON))).toMatchObject({ code: 0 });
  expect(await record(died(PERSON))).toMatchObject({ out: 'Recorded 0 facts; 1 were known already.' });
  expect(await lines(key)).toMatchObject([{ who: 'an.engineer', reason: 'died' }]);

  await inTransaction(house.database.pool, (db) => rebuildStore(db).dropDerived());
  const stated = { ...died(PERSON), on: '2026-08-02' };
  const answer = await fetch(`${house.url}/api/facts`, {
    method: 'POST',
    headers: { ...bearer(), 'content-type': 'application/json' },
    body: JSON.stringify(stated),
  });
  expect(answer.status).toBe(200);
  expect(await lines(key)).toMatchObject([{ who: 'an.engineer' }, { who: 'operator', reason: 'died' }]);
});
