import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import type { Child } from '../bench/child.js';
import type { Keeper } from '../bench/keeper.js';
import { ownDatabase } from '../bench/own-database.js';
import { openDatabase } from '../store/database.js';
import { openTables, type Tables } from '../tables.js';
import { BOARDS, COUNCILS, TRUSTS } from './bodies.js';
import { type Council, ROOM, startCouncil } from './council.js';

/** An installation with everybody who is connected to it. */
export type World = {
  tables: Tables;
  pool: Pool;
  councils: readonly Council[];
  /** Where the service listens now; it moves when it is started again. */
  mllpPort(): number;
  start(): Promise<void>;
  /** With nothing given to tidy up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** `aftercare …` as its operator types it, with `--json`: the exit code and what it answered. */
  command(args: readonly string[]): Promise<{ code: number | null; answer: string }>;
  /** A file in the folder of the simulation. */
  file(name: string, text: string): Promise<string>;
  /** What the service has printed, of its last run. */
  printed(): string;
};

const CLI = fileURLToPath(new URL('../cli.js', import.meta.url));

/** `databaseUrl`: a PostgreSQL on which a database of its own is made; null: an embedded one. Not started yet. */
export async function openWorld(keeper: Keeper, databaseUrl: string | null): Promise<World> {
  const folder = await keeper.folder();
  const dataDir = join(folder, 'data');
  const councils = await Promise.all(COUNCILS.map((code) => startCouncil(code, keeper)));
  const siteFile = await written(join(folder, 'site.yaml'), JSON.stringify(siteOf(councils)));
  const own = databaseUrl === null ? null : await ownDatabase(keeper, databaseUrl);
  const env = {
    DATA_DIR: dataDir,
    SITE_FILE: siteFile,
    ...(own === null ? {} : { DATABASE_URL: own }),
    HTTP_PORT: '0',
    MLLP_PORT: '0',
    AUTH_MODE: 'none',
    LOG_LEVEL: 'warn',
  };
  let service: { child: Child; mllpPort: number } | null = null;
  const start = async () => {
    const child = keeper.start({ args: [CLI, 'serve'], env });
    await child.waitFor(/^ready: /m);
    const [, port] = await child.waitFor(/MLLP on port (\d+)/);
    service = { child, mllpPort: Number(port) };
  };
  await start();
  const database = await openDatabase({ databaseUrl: own ?? undefined, dataDir });
  keeper.undo(() => database.close());
  let commands = 0;
  return {
    tables: openTables(siteFile),
    pool: database.pool,
    councils,
    mllpPort: () => service?.mllpPort ?? 0,
    start,
    async kill() {
      if (!service) return;
      process.kill(service.child.pid, 'SIGKILL');
      await service.child.ended;
    },
    stop: async () => service?.child.stop(),
    async command(args) {
      const stdoutTo = join(folder, `answer-${commands++}.json`);
      const child = keeper.start({ args: [ROOM, CLI, ...args, '--json'], env, stdoutTo });
      const code = await child.ended;
      return { code, answer: await readFile(stdoutTo, 'utf8') };
    },
    file: (name, text) => written(join(folder, name), text),
    printed: () => service?.child.printed() ?? '',
  };
}

async function written(file: string, text: string): Promise<string> {
  await writeFile(file, text);
  return file;
}

const siteOf = (councils: readonly Council[]) => ({
  name: 'Simulation',
  senders: TRUSTS.map((ods) => ({ ods, application: 'EPR', name: 'A trust', feed: 'zmh', timeZone: 'Europe/London' })),
  councils: councils.map(({ code, url }) => ({ gss: code, destination: { kind: 'fhir', url } })),
  icbs: BOARDS.map((ods) => ({ ods })),
});
