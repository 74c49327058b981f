import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { applyStaged } from '../../src/flow/organisation-changes.js';
import { contextOf, run } from '../commands/terminal.js';
import { eastOn } from '../organisations/east.js';
import { HOME, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { acknowledgementsFor, type RunningService, startTestService, untilSettled } from '../support/service.js';

let database: TestDatabase;
let council: { url: string; stop(): Promise<void> };
let folder: string;
let service: RunningService | null = null;

const PATIENCE_MS = 40_000;

beforeAll(async () => {
  [council, folder] = await Promise.all([
    startCouncilProcess('Birmingham'),
    mkdtemp(join(tmpdir(), 'aftercare-bodies-')),
  ]);
});
afterAll(async () => {
  await council.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await service?.close();
  service = null;
  await database.drop();
});

const message = (sentAt: string, family: string) => ({
  ...HOME,
  sentAt,
  family,
  admitted: '20260501080000',
  left: '20260901100000',
  periods: [{ ...SECTION_3, from: '20260501', to: '20260801', council: 'E08000025', commissioner: 'D7T5G' }],
});

test('a change that another process applied counts in a running service, for whoever is heard of and whoever asks', async () => {
  const { httpPort, mllpPort, tables } = await startService();
  const listed = (body: string) => fetch(`http://127.0.0.1:${httpPort}/api/register?body=${body}`);
  const icb = async () => (await database.pool.query("select entry -> 'icb' ->> 'code' as code from entries")).rows;
  expect(await acknowledgementsFor(mllpPort, [message('20260901100500', 'Example')])).toEqual(['AA']);
  await untilSettled(database.pool, PATIENCE_MS);
  expect(await icb()).toEqual([{ code: 'D7T5G' }]);
  expect((await listed('E4S7T')).status).toBe(400);

  const context = contextOf(database, { tables: () => tables });
  const file = join(folder, 'records.json');
  await writeFile(file, JSON.stringify(eastOn('2026-10-01').all));
  await run(organisationsCommand, ['import', file], context);
  const { out } = await run(organisationsCommand, ['changes', '--json'], context);
  const toConfirm = (JSON.parse(out).changes as { id: string; needsConfirming: boolean }[]).filter(
    ({ needsConfirming }) => needsConfirming,
  );
  await run(
    organisationsCommand,
    ['confirm', ...toConfirm.map(({ id }) => id), '--because', 'the ICB wrote so'],
    context,
  );
  const shipped = contextOf(null).tables(null).directory;
  expect((await applyStaged({ shipped, by: 'an.engineer' }, database.pool)).waiting).toEqual([]);

  expect(await (await listed('E4S7T')).json()).toMatchObject({ persons: [] });
  expect(await acknowledgementsFor(mllpPort, [message('20260902100500', 'Example-Other')])).toEqual(['AA']);
  await untilSettled(database.pool, PATIENCE_MS);
  expect(await icb()).toEqual([{ code: 'E4S7T' }]);
  expect(await (await listed('E4S7T')).json()).toMatchObject({ persons: [{ nhsNumber: PERSON }] });
});

const startService = async (): Promise<RunningService> => {
  service = await startTestService({ databaseUrl: database.url, councils: { E08000025: council.url } });
  return service;
};
