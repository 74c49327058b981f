import {
  createPostgresBackend,
  type JobsOptions,
  Queue,
  runMigrations,
  Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';

/** A job carries a key and nothing else: never patient data. */
export type Job = { key: string };
export type Handler = (key: string) => Promise<void>;

/** What is used of BullMQ's queue and worker, whichever backend is below. */
export type JobQueue = {
  add(name: string, data: Job, options: JobsOptions): Promise<unknown>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  isPaused(): Promise<boolean>;
  getJobCounts(...types: string[]): Promise<Record<string, number>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Rejects when its system was away as it was made. */
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
};
export type JobWorker = {
  on(event: 'error' | 'failed', listener: (...args: unknown[]) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  /** Waits for the handlers that run, unless forced. */
  close(force?: boolean): Promise<void>;
};

export type Backend = {
  kind: 'postgresql' | 'redis';
  /** What each calls a job that waits: on PostgreSQL another state while the queue is paused. */
  waitingStates: string[];
  queue(name: string): JobQueue;
  worker(name: string, handler: Handler, concurrency: number): JobWorker;
  /** Rejects when the worker was lost while it began, and will never take a job. */
  started(worker: JobWorker): Promise<unknown>;
  /** False while it is known to be away: to ask a worker to finish there would never end. */
  reachable(): boolean;
  close(): Promise<void>;
};

const WORKER = {
  // By default a worker whose database was restarted sleeps for 15 s.
  runRetryDelay: 1_000,
  // A job whose worker died is given back, as often as that happens: running it twice is harmless.
  lockDuration: 5_000,
  stalledInterval: 5_000,
  maxStalledCount: 100,
} satisfies Partial<WorkerOptions>;

const SCHEMA = 'bullmq';
/** For what is asked now and then, by all queues of the process. */
const CONNECTIONS = 10;

export async function postgresBackend(connectionString: string): Promise<Backend> {
  const pool = new Pool({
    connectionString,
    application_name: 'aftercare queues',
    options: `-c search_path=${SCHEMA}`,
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // Each queue and each worker listens for its errors, and there are as many as councils: no leak.
  pool.setMaxListeners(0);
  // A lost connection is replaced; unheard, it would end the process, whether idle or in use.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await prepareSchema(pool).catch(async (error) => {
    await pool.end();
    throw error;
  });
  const classes = withBackend(createPostgresBackend);
  const listening = new Set<string>();
  return {
    kind: 'postgresql',
    waitingStates: ['waiting', 'paused', 'prioritized'],
    queue: (name) => new classes.Queue<Job>(name, { connection: pool }),
    worker: (name, handler, concurrency) => {
      listening.add(name);
      pool.options.max = CONNECTIONS + listening.size; // each worker keeps one connection to listen on
      const options = { ...WORKER, concurrency, connection: pool };
      return new classes.Worker<Job>(name, (job) => handler(job.data.key), options);
    },
    started: (worker) => worker.waitUntilReady(),
    reachable: () => true, // each call asks anew, and hears at once
    close: () => pool.end(),
  };
}

async function prepareSchema(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client, SCHEMA);
    // Rows come and go so fast that with the defaults the planner reads the whole table for each job.
    await client.query(
      `alter table ${SCHEMA}.job set (autovacuum_vacuum_scale_factor  = 0, autovacuum_vacuum_threshold  = 1000,
                                      autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 500)`,
    );
  } finally {
    client.release();
  }
}

const PREFIX = 'aftercare';

export async function redisBackend(url: string): Promise<Backend> {
  const again = (times: number) => Math.min(50 * 2 ** times, 1_000);
  // Adding fails at once while Redis is away, instead of piling up in memory.
  const producer = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: again,
  });
  const consumer = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: again });
  for (const client of [producer, consumer]) client.on('error', () => undefined); // told by the calls that fail
  await Promise.all([producer.connect(), consumer.connect()]).catch((error) => {
    producer.disconnect();
    consumer.disconnect();
    throw error;
  });
  return {
    kind: 'redis',
    waitingStates: ['waiting', 'prioritized'],
    // A queue asks for the version when it is made, and one that is made while Redis is away would fail for ever.
    queue: (name) =>
      new Queue<Job>(name, {
        connection: producer,
        prefix: PREFIX,
        skipWaitingForReady: true,
        skipVersionCheck: true,
      }),
    worker: (name, handler, concurrency) =>
      new Worker<Job>(name, (job) => handler(job.data.key), {
        ...WORKER,
        concurrency,
        connection: consumer,
        prefix: PREFIX,
      }),
    started: (worker) => worker.waitUntilReady(),
    reachable: () => consumer.status === 'ready',
    close: async () => {
      producer.disconnect();
      consumer.disconnect();
    },
  };
}
