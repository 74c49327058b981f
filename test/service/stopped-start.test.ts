import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCli, until } from '../support/process.js';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'aftercare-stopped-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const pidFile = async (): Promise<string> =>
  readFile(join(await realpath(join(dataDir, 'postgres/data')), 'postmaster.pid'), 'utf8');

test('a service that is stopped while it starts ends as it should, and its database with it', async () => {
  const service = startCli(['serve'], { DATA_DIR: dataDir, HTTP_PORT: '0', MLLP_PORT: '0' });
  await until(async () => (await pidFile().catch(() => '')) !== '', 'a database that starts');
  expect(service.stderr()).not.toContain('ready');
  expect(await service.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await expect(pidFile()).rejects.toThrow('ENOENT');
}, 60_000);
