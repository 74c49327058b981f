import { readdir, readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { livingPostmaster } from '../../src/store/embedded/postmaster.js';
import { type Cluster, ensureRunning, prepareCluster, SUPERUSER } from '../../src/store/embedded/server.js';
import { until } from '../support/process.js';

/** A PostgreSQL server that nobody starts again by himself, as one that `DATABASE_URL` names. */
export type OwnServer = {
  url: string;
  /** `pg_ctl stop -m immediate`: every session is cut, nothing is written down on the way out. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** It is there and says nothing, as behind a network that drops every packet. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
};

export async function startOwnServer(dataDir: string): Promise<OwnServer> {
  const cluster = await prepareCluster(dataDir);
  const { port } = await ensureRunning(cluster);
  const address = (database: string) =>
    `postgres://${SUPERUSER}:${cluster.place.password}@127.0.0.1:${port}/${database}`;
  const client = new Client({ connectionString: address('postgres') });
  await client.connect();
  await client.query('create database aftercare');
  await client.end();
  return {
    url: address('aftercare'),
    async stop() {
      const pid = await pidOf(cluster);
      signal(pid, 'SIGCONT');
      signal(pid, 'SIGQUIT');
      await until(async () => (await livingPostmaster(cluster.place.cluster)) === null, 'the database to stop');
    },
    async start() {
      await ensureRunning(cluster, port);
    },
    freeze: async () => eachProcess(await pidOf(cluster), 'SIGSTOP'),
    thaw: async () => eachProcess(await pidOf(cluster), 'SIGCONT'),
  };
}

async function pidOf(cluster: Cluster): Promise<number> {
  const server = await livingPostmaster(cluster.place.cluster);
  if (!server) throw new Error('the database does not run');
  return server.pid;
}

/** The server first, so that it starts no further session meanwhile. */
async function eachProcess(pid: number, name: NodeJS.Signals): Promise<void> {
  signal(pid, name);
  for (const child of await childrenOf(pid)) signal(child, name);
}

async function childrenOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(
    all.map(async (each) => {
      const status = await readFile(`/proc/${each}/status`, 'utf8').catch(() => '');
      return { pid: each, parent: Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) };
    }),
  );
  return parents.filter(({ parent }) => parent === pid).map((each) => each.pid);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended meanwhile
  }
}
