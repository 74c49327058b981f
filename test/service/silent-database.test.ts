import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adt, HOME, OTHER, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  untilSettled,
} from '../support/service.js';

const BIRMINGHAM = 'E08000025';
/** As long as a trust's engine waits before it calls a connection dead. */
const PATIENCE_MS = 30_000;

let database: TestDatabase;
let birmingham: FaultyCouncil;
let service: RunningService;
beforeAll(async () => {
  database = await testDatabase();
  birmingham = await startFaultyCouncil('Birmingham');
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: birmingham.url } });
});
afterAll(async () => {
  await service.close();
  await birmingham.stop();
  await database.drop();
});

test('a database that does not answer: the sender is told to send again, and what it sends again is kept once', async () => {
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('lock table messages in access exclusive mode');
  const elsewhere = { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2', periods: [{ ...SECTION_3, id: 'P2' }] };
  const [overMllp, overHttp] = await Promise.all([
    acknowledgementsFor(service.mllpPort, [HOME], PATIENCE_MS),
    fetch(`http://127.0.0.1:${service.httpPort}/hl7`, {
      method: 'POST',
      headers: { 'content-type': 'application/hl7-v2' },
      body: adt(elsewhere),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }),
  ]);
  expect(overMllp).toEqual(['AE']);
  expect(overHttp.status).toBe(503);
  expect(await overHttp.text()).toContain('MSA|AE|');

  await holder.query('rollback');
  holder.release();
  expect(await acknowledgementsFor(service.mllpPort, [HOME, elsewhere])).toEqual(['AA', 'AA']);
  await untilSettled(database.pool);
  expect(await heldBy(birmingham.directUrl, 'Flag')).toHaveLength(2);
  const { rowCount } = await database.pool.query('select from messages');
  expect(rowCount).toBe(2);
});
