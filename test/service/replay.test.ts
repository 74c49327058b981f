import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { replayCommand } from '../../src/commands/replay.js';
import { mendedMappings, ZZ_IS_HOME } from '../commands/mended.js';
import { contextOf, run } from '../commands/terminal.js';
import { HOME, PERSON } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  untilSettled,
  versionOf,
} from '../support/service.js';

let database: TestDatabase;
let council: { url: string; stop(): Promise<void> };
let service: RunningService;

beforeAll(async () => {
  [database, council] = await Promise.all([testDatabase(), startCouncilProcess()]);
  service = await startTestService({ databaseUrl: database.url, councils: { E08000025: council.url } });
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await database.drop();
});

test('a discharge with a destination that nobody knew is parked; the table is mended, it is replayed, and the council is told', async () => {
  expect(await acknowledgementsFor(service.mllpPort, [{ ...HOME, destination: 'ZZ' }])).toEqual(['AA']);
  await untilSettled(database.pool);
  expect(await heldBy(council.url, 'Flag')).toEqual([]);

  const mappings = mendedMappings(ZZ_IS_HOME);
  const context = contextOf(database, { tables: () => ({ ...service.tables, mappings }) });
  const shown = await run(replayCommand, ['--parked'], context);
  expect(shown.out).toContain(`person ${PERSON}\n  new in the register: active\n  E08000025 is sent version 1`);
  await untilSettled(database.pool);
  expect(await heldBy(council.url, 'Flag')).toEqual([]);

  // The service runs on meanwhile, and finds what is due by itself.
  expect((await run(replayCommand, ['--parked', '--apply'], context)).code).toBe(0);
  await untilSettled(database.pool);
  const [flag, ...more] = await heldBy(council.url, 'Flag');
  expect(more).toEqual([]);
  expect(flag).toMatchObject({ status: 'active' });
  expect(flag && versionOf(flag)).toBe(1);
});
