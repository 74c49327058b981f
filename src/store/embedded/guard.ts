import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { LOCKS } from '../locks.js';
import { livingPostmaster, stopPostmaster } from './postmaster.js';
import { type Cluster, ensureRunning, SUPERUSER } from './server.js';

const DATABASE = 'aftercare';

export type EmbeddedServer = { url: string; release: () => Promise<void> };

/**
 * Joins the users of the embedded server, starting it when it is down, now and whenever it dies later.
 * `release` leaves; the last to leave stops the server.
 */
export async function joinServer(cluster: Cluster, onRestart: () => void): Promise<EmbeddedServer> {
  let closing = false;
  let rejoining = Promise.resolve();
  const first = await join(cluster);
  let guard = first.client;

  const rejoin = async (): Promise<void> => {
    while (!closing) {
      try {
        guard = (await join(cluster, first.port)).client;
        watch();
        return onRestart();
      } catch {
        await sleep(500);
      }
    }
  };
  const watch = (): void => {
    guard.once('end', () => {
      if (!closing) rejoining = rejoin();
    });
  };
  watch();
  return {
    url: urlOf(cluster, first.port, DATABASE),
    release: async () => {
      closing = true;
      await rejoining;
      await leave(cluster, guard);
    },
  };
}

/** A server that is being stopped by its last user refuses or ends us: then it is started again. */
async function join(cluster: Cluster, port?: number): Promise<{ client: Client; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const server = await ensureRunning(cluster, port);
    try {
      await createDatabase(cluster, server.port);
      const client = await connect(urlOf(cluster, server.port, DATABASE));
      await client.query('select pg_advisory_lock_shared($1)', [LOCKS.embeddedUsers]);
      return { client, port: server.port };
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(100);
    }
  }
}

async function leave(cluster: Cluster, client: Client): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_shared($1)', [LOCKS.embeddedUsers]);
    const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
      LOCKS.embeddedUsers,
    ]);
    if (rows[0]?.alone) {
      const server = await livingPostmaster(cluster.place.cluster);
      if (server) await stopPostmaster(cluster.place.cluster, server.pid);
    }
  } catch {
    // The server is already gone; there is nothing left to stop.
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createDatabase(cluster: Cluster, port: number): Promise<void> {
  const client = await connect(urlOf(cluster, port, 'postgres'));
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString, application_name: 'aftercare guard', keepAlive: true });
  client.on('error', () => undefined); // told by 'end', which always follows
  await client.connect();
  return client;
}

const urlOf = ({ place }: Cluster, port: number, database: string): string =>
  `postgres://${SUPERUSER}:${place.password}@127.0.0.1:${port}/${database}`;
