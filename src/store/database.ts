import { isNativeError } from 'node:util/types';
import { Pool, type PoolConfig } from 'pg';
import { Fault } from '../fault.js';
import { joinServer } from './embedded/guard.js';
import { prepareCluster } from './embedded/server.js';

/** The part of the service's log that the store needs. */
export type StoreLog = { warn(event: StoreEvent, fields?: { error?: unknown }): void };
type StoreEvent = 'the embedded database had stopped and was started again' | 'a database connection was lost';

export type Database = {
  pool: Pool;
  /** Holds the password: for other pools, never for a log. */
  url: string;
  embedded: boolean;
  close(): Promise<void>;
};

type Options = { databaseUrl?: string | undefined; dataDir: string; log?: StoreLog; maxConnections?: number };

/**
 * The PostgreSQL of `databaseUrl`; without one, an embedded server under `dataDir`, shared with every other process
 * that uses the same folder. Throws `system-unreachable`.
 */
export async function openDatabase({ databaseUrl, dataDir, log, maxConnections = 20 }: Options): Promise<Database> {
  if (databaseUrl) {
    const pool = await joinDatabase(databaseUrl, maxConnections, log);
    return { pool, url: databaseUrl, embedded: false, close: () => pool.end() };
  }
  const cluster = await prepareCluster(dataDir);
  const server = await joinServer(cluster, () => log?.warn('the embedded database had stopped and was started again'));
  const pool = poolOf(server.url, maxConnections, log);
  return {
    pool,
    url: server.url,
    embedded: true,
    close: async () => {
      await pool.end();
      await server.release();
    },
  };
}

/** Connections to a database that is there. Throws `system-unreachable`. */
export async function joinDatabase(databaseUrl: string, maxConnections: number, log?: StoreLog): Promise<Pool> {
  const pool = poolOf(databaseUrl, maxConnections, log);
  await reach(pool, databaseUrl);
  return pool;
}

/** A new connection plans every statement anew, and work comes in bursts. */
const IDLE_MS = 60_000;

function poolOf(connectionString: string, max: number, log?: StoreLog, limits: PoolConfig = {}): Pool {
  const pool = new Pool({
    connectionString,
    max,
    application_name: 'aftercare',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    ...limits,
  });
  // The pool listens to a connection only while nobody uses it: one that is lost between two statements of a
  // transaction would end the process. Whoever uses it is told by the next statement.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // An idle connection that drops is replaced at the next query; unheard, it would end the process.
  pool.on('error', (error: Error & { code?: string }) => log?.warn('a database connection was lost', { error }));
  return pool;
}

const KEPT_WITHIN_MS = 10_000;

/**
 * Connections of the way to the acknowledgement alone, so that it never waits for one that other work holds. A database
 * that is there and says nothing fails each statement in time, and its connection is thrown away: the sender is told to
 * send again, and not left waiting.
 */
export function inboxPool(databaseUrl: string, log?: StoreLog): Pool {
  return poolOf(databaseUrl, INBOX_CONNECTIONS, log, { query_timeout: KEPT_WITHIN_MS });
}

/** One batch at a time is on its way; the others replace one that was thrown away. */
const INBOX_CONNECTIONS = 3;

async function reach(pool: Pool, databaseUrl: string): Promise<void> {
  try {
    await pool.query('select 1');
  } catch (cause) {
    await pool.end();
    throw new Fault(
      {
        code: 'system-unreachable',
        where: `DATABASE_URL (${hostOf(databaseUrl)})`,
        text: `the database does not answer (${reasonOf(cause)})`,
        next: 'check that it runs, that this machine may connect, and the user and password',
      },
      { cause },
    );
  }
}

/** Connection failures, shutting down, no connection left; and how the system names what happens to a connection. */
const AWAY = /^(?:08|57P|53300|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;

/** Whether a statement failed because the database went away. The driver's own errors, and they alone, have no code. */
export const isAway = (error: unknown): boolean =>
  isNativeError(error) && ('code' in error ? AWAY.test(String(error.code)) : error.name === 'Error');

/** The fault of a command whose database went away while it worked. */
export const databaseGone = (cause: unknown): Fault =>
  new Fault(
    {
      code: 'system-unreachable',
      where: 'database',
      text: `it went away meanwhile (${reasonOf(cause)})`,
      next: 'when it answers again, start the command anew',
    },
    { cause },
  );

function hostOf(databaseUrl: string): string {
  try {
    return new URL(databaseUrl).host;
  } catch {
    return 'not a URL';
  }
}

const reasonOf = (cause: unknown): string =>
  cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'no answer';
