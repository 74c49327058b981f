import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { type Database, openDatabase } from '../store/database.js';
import type { Child } from './child.js';
import type { Keeper } from './keeper.js';
import type { Load, LoadResult } from './load.js';
import { COUNCILS, ICB, TRUSTS } from './messages.js';
import { ownDatabase } from './own-database.js';
import type { HeldCounts } from './sink.js';

export type Systems = {
  /** A PostgreSQL server on which the bench makes databases of its own; null: an embedded one. */
  databaseUrl: string | null;
  /** Null: queues in the database. */
  redisUrl: string | null;
  /** Told of each database that is opened. */
  learn?(pool: Pool): Promise<void>;
};

/** A service that answers, started as `aftercare serve`. */
export type Service = Pick<Child, 'pid' | 'stop'> & {
  mllpPort: number;
  url: string;
  /** From the start of its process until it said that it is ready. */
  readyAfterMs: number;
};

/** An installation of one measure: a council that only keeps, a database, and the service when it is started. */
export type House = {
  start(only?: 'listen'): Promise<Service>;
  /** `aftercare …` of this installation, with a site file of its own where one is given; what it answers goes into a file. */
  command(args: readonly string[], stdoutTo: string, siteFile?: string): Child;
  /** A connection of the bench's own; an embedded server runs for as long as it is open. */
  database(): Promise<Pool>;
  /** For connections beside those. */
  databaseUrl(): Promise<string>;
  /** Then the embedded server stops with the service. */
  letGo(): Promise<void>;
  play(load: Omit<Load, 'port'>, service: Service): Promise<LoadResult>;
  /** What the council has been told, by type of resource. */
  held(): Promise<HeldCounts>;
};

export const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export async function openHouse(keeper: Keeper, systems: Systems): Promise<House> {
  const folder = await keeper.folder();
  const dataDir = join(folder, 'data');
  const siteFile = join(folder, 'site.yaml');
  const council = keeper.start({ args: [here('./sink-main.js')] });
  const [, councilUrl = ''] = await council.waitFor(/^(http\S+)$/m);
  await writeFile(siteFile, JSON.stringify(siteOf(councilUrl)));
  const databaseUrl = systems.databaseUrl === null ? null : await ownDatabase(keeper, systems.databaseUrl);
  const env = environment({
    DATA_DIR: dataDir,
    SITE_FILE: siteFile,
    DATABASE_URL: databaseUrl,
    REDIS_URL: systems.redisUrl,
  });

  let opened: Database | null = null;
  const letGo = async () => {
    const closing = opened;
    opened = null;
    await closing?.close();
  };
  const open = async (): Promise<Database> => {
    if (opened) return opened;
    keeper.goOn();
    const database = await openDatabase({ databaseUrl: databaseUrl ?? undefined, dataDir });
    opened = database;
    keeper.undo(letGo);
    keeper.goOn();
    await systems.learn?.(database.pool);
    return database;
  };
  return {
    letGo,
    start: (only) => serve(keeper, env, only),
    command: (args, stdoutTo, ownSite = siteFile) =>
      keeper.start({ args: [here('../cli.js'), ...args], env: { ...env, SITE_FILE: ownSite }, stdoutTo }),
    database: async () => (await open()).pool,
    databaseUrl: async () => (await open()).url,
    play: (load, { mllpPort }) => played(keeper, { ...load, port: mllpPort }),
    async held() {
      const answer = await fetch(`${councilUrl}/held`);
      return (await answer.json()) as HeldCounts;
    },
  };
}

/** As its user would set it, but that nobody has to sign in. */
function environment(settings: Record<string, string | null>): Record<string, string> {
  const given = Object.entries(settings).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return { ...Object.fromEntries(given), HTTP_PORT: '0', MLLP_PORT: '0', AUTH_MODE: 'none', LOG_LEVEL: 'error' };
}

export const siteOf = (url: string) => ({
  name: 'Bench',
  senders: TRUSTS.map((ods) => ({ ods, name: 'Invented trust', feed: 'zmh' })),
  councils: COUNCILS.map((gss) => ({ gss, destination: { kind: 'fhir', url } })),
  icbs: [{ ods: ICB }],
});

async function serve(keeper: Keeper, env: Record<string, string>, only?: 'listen'): Promise<Service> {
  const begun = performance.now();
  const roles = only === undefined ? [] : ['--only', only];
  const child = keeper.start({ args: [here('../cli.js'), 'serve', ...roles], env });
  await child.waitFor(/^ready: /m);
  const readyAfterMs = Math.round(performance.now() - begun);
  const [, mllpPort] = await child.waitFor(/MLLP on port (\d+)/);
  const [, httpPort] = await child.waitFor(/HTTP on port (\d+)/);
  const { pid, stop } = child;
  return { pid, stop, mllpPort: Number(mllpPort), url: `http://127.0.0.1:${httpPort}`, readyAfterMs };
}

async function played(keeper: Keeper, load: Load): Promise<LoadResult> {
  const child = keeper.start({ args: [here('./load-main.js'), JSON.stringify(load)] });
  const [, answer = ''] = await child.waitFor(/^(\{.*\})$/m);
  return JSON.parse(answer) as LoadResult;
}
