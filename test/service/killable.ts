import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { openDatabase } from '../../src/store/database.js';
import { freePort, type Started, startCli, until } from '../support/process.js';

/** A whole installation in a folder of its own: the service as `aftercare serve`, and its embedded database. */
export type Installation = {
  mllpPort: number;
  siteFile: string;
  /** Of the console. */
  url: string;
  start(): Promise<void>;
  /** kill -9: nothing is given time to tidy up. */
  killService(): Promise<void>;
  killDatabase(): Promise<void>;
  pool: Pool;
  /** Everything that the service and its database have written down for people to read. */
  writtenDown(): Promise<string>;
  close(): Promise<void>;
};

/** `more`: of its environment. */
export async function install(
  councils: Record<string, string>,
  more: Record<string, string> = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-killed-'));
  const dataDir = join(folder, 'data');
  const [httpPort, mllpPort] = [await freePort(), await freePort()];
  const siteFile = join(folder, 'site.yaml');
  await writeFile(siteFile, siteText(councils));
  const environment = {
    DATA_DIR: dataDir,
    SITE_FILE: siteFile,
    HTTP_PORT: String(httpPort),
    MLLP_PORT: String(mllpPort),
    AUTH_MODE: 'none',
    LOG_LEVEL: 'debug',
    ...more,
  };
  const runs: Started[] = [];
  const start = async () => {
    const run = startCli(['serve'], environment);
    runs.push(run);
    await run.waitFor(/^ready/m);
  };
  await start();
  const database = await openDatabase({ dataDir });

  return {
    mllpPort,
    siteFile,
    url: `http://127.0.0.1:${httpPort}`,
    start,
    pool: database.pool,
    killService: async () => void (await runs.at(-1)?.kill()),
    async killDatabase() {
      const pidFile = join(await realpath(join(dataDir, 'postgres/data')), 'postmaster.pid');
      // The file of a server that was killed stays until the next one has started.
      await until(async () => {
        const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
        return lines[7]?.trim() === 'ready' && killed(Number(lines[0]));
      }, 'a database to kill');
    },
    writtenDown: async () =>
      [
        ...runs.flatMap((run) => [run.stdout(), run.stderr()]),
        await readFile(join(dataDir, 'postgres.log'), 'utf8'),
      ].join('\n'),
    async close() {
      await runs.at(-1)?.kill('SIGTERM');
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

const siteText = (councils: Record<string, string>): string =>
  [
    'name: Test partnership',
    'senders:',
    '  - { ods: RXT, name: A trust, feed: zmh }',
    'councils:',
    ...Object.entries(councils).map(([gss, url]) => `  - { gss: ${gss}, destination: { kind: fhir, url: "${url}" } }`),
    'icbs: [{ ods: QHL }]',
  ].join('\n');
