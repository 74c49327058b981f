import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { deliverCommand } from '../../src/commands/deliver.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { openDatabase } from '../../src/store/database.js';
import { contextOf, run } from '../commands/terminal.js';
import { type Adt, HOME, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  untilSettled,
  versionOf,
} from '../support/service.js';

const BIRMINGHAM = 'E08000025';
const shell = promisify(execFile);

let folder: string;
let dataDir: string;
let council: FaultyCouncil;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-restore-'));
  dataDir = join(folder, 'data');
  council = await startFaultyCouncil('Birmingham');
});
afterAll(async () => {
  await council.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The service on its embedded database while something happens; then both are stopped. */
async function whileItRuns<T>(happens: (service: RunningService, pool: Pool) => Promise<T>): Promise<T> {
  const service = await startTestService({ databaseUrl: null, dataDir, councils: { [BIRMINGHAM]: council.url } });
  try {
    return await withDatabase(({ pool }) => happens(service, pool));
  } finally {
    await service.close();
  }
}

async function withDatabase<T>(work: (database: { pool: Pool; url: string }) => Promise<T>): Promise<T> {
  const database = await openDatabase({ dataDir });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const hear = (messages: readonly Adt[]) =>
  whileItRuns(async ({ mllpPort }, pool) => {
    expect(await acknowledgementsFor(mllpPort, messages)).toEqual(messages.map(() => 'AA'));
    await untilSettled(pool);
  });

/** The commands of docs/backup.md. */
const cluster = async () => realpath(join(dataDir, 'postgres'));
async function backUp(): Promise<void> {
  await mkdir(join(folder, 'backup'), { recursive: true });
  await shell('tar', ['-C', await cluster(), '-czf', join(folder, 'backup/data.tgz'), 'data']);
  await writeFile(join(folder, 'backup/postgres-password'), await readFile(join(dataDir, 'postgres-password')), {
    mode: 0o600,
  });
}
async function restore(): Promise<void> {
  await rm(join(await cluster(), 'data'), { recursive: true });
  await shell('tar', ['-C', await cluster(), '-xpzf', join(folder, 'backup/data.tgz')]);
  await writeFile(join(dataDir, 'postgres-password'), await readFile(join(folder, 'backup/postgres-password')), {
    mode: 0o600,
  });
}

const runHere = (command: typeof rebuildCommand, args: readonly string[]) =>
  withDatabase((database) => run(command, args, contextOf({ ...database, drop: async () => undefined })));

const flags = async () =>
  (await heldBy(council.directUrl, 'Flag')).map((flag) => ({ version: versionOf(flag), status: flag.status }));

const died: Adt = { trigger: 'A31', sentAt: '20260801090000', diedOn: '20260730', deathIndicator: 'Y' };
const moved: Adt = {
  trigger: 'A08',
  sentAt: '20260401090000',
  periods: [{ ...SECTION_3, commissioner: 'QHL', to: '20260219' }],
};

test('a copy of the stopped data folder is restored: the register is that of the copy, and no council is sent an older version', async () => {
  await hear([HOME]);
  expect(await flags()).toEqual([{ version: 1, status: 'active' }]);
  await backUp();

  // Life goes on after the copy was made. Nobody will know here, but the council does.
  await hear([moved]);
  await hear([died]);
  const heldThen = await flags();
  expect(Math.max(...heldThen.map(({ version }) => version))).toBeGreaterThan(1);

  await restore();
  const { out } = await runHere(rebuildCommand, []);
  expect(out).toBe('The same: 1 persons, and nothing new to send.');
  await runHere(deliverCommand, ['--council', BIRMINGHAM, '--confirmed']);

  council.seen.length = 0;
  const parked = await whileItRuns(async (_, pool) => {
    await untilSettled(pool);
    return (await pool.query("select last_fault from deliveries where state = 'parked'")).rows;
  });
  expect(parked).toEqual([{ last_fault: 'council-ahead' }]);
  expect(council.seen.filter((request) => !request.startsWith('GET'))).toEqual([]);
  expect(await flags()).toEqual(heldThen);

  // The trust sends again what it has sent since; the two agree again, and the council saw nothing older on the way.
  await hear([moved, died]);
  expect(await flags()).toEqual(heldThen);
  await withDatabase(async ({ pool }) => {
    const { rows } = await pool.query('select nhs_number from entries');
    expect(rows).toEqual([{ nhs_number: PERSON }]);
    const open = await pool.query("select state from deliveries where state not in ('confirmed', 'overtaken')");
    expect(open.rows).toEqual([]);
  });
});
