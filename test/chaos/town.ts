import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { openDatabase } from '../../src/store/database.js';
import { livingPostmaster } from '../../src/store/embedded/postmaster.js';
import { type Ended, freePort, type Started, startCli, until } from '../support/process.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { type OwnServer, startOwnServer } from './own-server.js';
import { type Sink, startSink } from './sink.js';

export const COUNCIL = 'E08000025';

export type Needs = {
  queue?: 'postgresql' | 'redis';
  /** `own`: a server that only the case stops and starts. The default is the service's embedded one. */
  database?: 'embedded' | 'own';
  /** Instead of a folder of its own: where the database lies. */
  dataDir?: string;
  environment?: Record<string, string>;
};

/** A trust's door, a council, and the service as a process of its own. */
export type Town = {
  mllpPort: number;
  httpPort: number;
  council: Sink;
  server: OwnServer | null;
  redis: TestRedis | null;
  folder: string;
  /** Until it says that it is ready; milliseconds. */
  start(): Promise<number>;
  pid(): number;
  hasEnded(): boolean;
  kill(signal: NodeJS.Signals): Promise<Ended>;
  killDatabase(signal: NodeJS.Signals): Promise<void>;
  /** Nobody but the service keeps the database up while a case runs: it is opened to look, and closed. */
  look<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
  log(): string;
  close(): Promise<void>;
};

const STARTS_WITHIN_MS = 180_000;

export async function openTown(needs: Needs = {}): Promise<Town> {
  const folder = await mkdtemp(join(tmpdir(), 'aftercare-chaos-'));
  const dataDir = needs.dataDir ?? join(folder, 'data');
  const [httpPort, mllpPort] = [await freePort(), await freePort()];
  const [council, redis, server] = [
    await startSink(),
    needs.queue === 'redis' ? await startRedis() : null,
    needs.database === 'own' ? await ownServer(join(folder, 'server')) : null,
  ];
  await writeFile(join(folder, 'site.yaml'), JSON.stringify(await siteOf(council.url)));
  const environment = {
    DATA_DIR: dataDir,
    SITE_FILE: join(folder, 'site.yaml'),
    HTTP_PORT: String(httpPort),
    MLLP_PORT: String(mllpPort),
    AUTH_MODE: 'none',
    LOG_LEVEL: 'warn',
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ...(server ? { DATABASE_URL: server.url } : {}),
    ...needs.environment,
  };
  const runs: Started[] = [];
  const last = (): Started => {
    const run = runs.at(-1);
    if (!run) throw new Error('the service was not started');
    return run;
  };
  const town: Town = {
    mllpPort,
    httpPort,
    council,
    server,
    redis,
    folder,
    async start() {
      const begun = Date.now();
      const run = startCli(['serve'], environment);
      runs.push(run);
      await run.waitFor(/^ready/m, STARTS_WITHIN_MS);
      return Date.now() - begun;
    },
    pid: () => last().child.pid ?? 0,
    hasEnded: () => last().child.exitCode !== null || last().child.signalCode !== null,
    kill: (signal) => last().kill(signal),
    killDatabase: (signal) => killEmbedded(dataDir, signal),
    async look(work) {
      const database = await openDatabase({ dataDir, ...(server ? { databaseUrl: server.url } : {}) });
      try {
        return await work(database.pool);
      } finally {
        await database.close();
      }
    },
    log: () => runs.map((run) => run.stderr()).join('\n'),
    async close() {
      await runs.at(-1)?.kill('SIGTERM');
      await council.stop();
      await redis?.close();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return town;
}

async function ownServer(dataDir: string): Promise<OwnServer> {
  await mkdir(dataDir, { recursive: true });
  return startOwnServer(dataDir);
}

/** The file of a server that was killed stays until the next one has started. */
async function killEmbedded(dataDir: string, signal: NodeJS.Signals): Promise<void> {
  await until(async () => {
    const server = await livingPostmaster(join(dataDir, 'postgres/data'));
    if (!server?.ready) return false;
    process.kill(server.pid, signal);
    return true;
  }, 'a database to kill');
}

/** One sender for each feed definition, known by MSH-3 of its examples; FHIR is everybody's. */
async function siteOf(url: string): Promise<object> {
  const applications = {
    CARENOTES: 'obx',
    HNAM: 'millennium-2.3',
    MHA: 'mha-office',
    PAS: 'itk-hl7uk',
    SIMHOSP: 'simhospital',
  };
  return {
    name: 'Test partnership',
    senders: [
      { ods: 'RXT', name: 'A trust', feed: 'zmh' },
      ...Object.entries(applications).map(([application, feed]) => ({
        ods: 'RXT',
        application,
        name: 'A trust',
        feed,
      })),
    ],
    councils: [{ gss: COUNCIL, destination: { kind: 'fhir', url } }],
    icbs: [{ ods: 'QHL' }],
  };
}

/** Established connections to a port of this machine, as the system sees them; null where it does not say. */
export async function connectionsTo(port: number): Promise<number | null> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => null);
  if (table === null) return null;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const OPEN = ['01', '08']; // established, and closed by the other side only
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, at, , state]) => at?.endsWith(local) && OPEN.includes(state ?? '')).length;
}
