import { Fault } from '../fault.js';
import type { Log } from '../log.js';
import { type Handler, type JobQueue, postgresBackend, redisBackend } from './queue-backends.js';
import { atMost, watchedWorker } from './queue-watch.js';

type Options = { redisUrl?: string | undefined; databaseUrl: string; log: Pick<Log, 'warn'> };

export type QueueCounts = { waiting: number; active: number; delayed: number; paused: boolean };

/**
 * Queues of keys. They wake workers and hold nothing else: what is to be done for a key is in our tables, so adding one
 * twice is harmless and a lost queue costs the time to the next sweep.
 */
export type Queues = {
  kind: 'postgresql' | 'redis';
  /**
   * One job a key: added while one waits, it is that one; while one runs, the key runs once more. With `delayMs` not
   * before then, and a later add without delay brings it forward. Throws `system-unreachable` within seconds.
   */
  add(queue: string, key: string, options?: { delayMs?: number }): Promise<void>;
  /** A handler that throws is logged and not called again for it: the sweep decides. */
  work(queue: string, handler: Handler, options: { concurrency: number }): void;
  counts(queue: string): Promise<QueueCounts>;
  /** BullMQ's own object, for its dashboard; after its system was away it may be another one. */
  raw(queue: string): JobQueue;
  /** Waits for the handlers that run, and for what cannot be reached only a few seconds. */
  close(): Promise<void>;
};

const ANSWER_TIMEOUT_MS = 5_000;

/** Redis when `redisUrl` is given, else a schema of its own in the database. Throws `system-unreachable`. */
export async function openQueues({ redisUrl, databaseUrl, log }: Options): Promise<Queues> {
  const backend = await bounded('backend', redisUrl ? redisBackend(redisUrl) : postgresBackend(databaseUrl));
  const queues = new Map<string, JobQueue>();
  const closeWorkers: (() => Promise<void>)[] = [];

  const queueOf = (name: string): JobQueue => {
    const known = queues.get(name);
    if (known) return known;
    const queue = backend.queue(name);
    queue.on('error', () => undefined); // each caller hears of it by its own call
    queues.set(name, queue);
    // One that was made while its system was away fails for ever: the next use makes another.
    queue.waitUntilReady().catch(() => {
      if (queues.get(name) === queue) queues.delete(name);
      void queue.close().catch(() => undefined);
    });
    return queue;
  };

  return {
    kind: backend.kind,
    add: async (name, key, { delayMs = 0 } = {}) => {
      await bounded(name, queueOf(name).add(name, { key }, jobOptions(key, delayMs)));
    },
    work: (name, handler, { concurrency }) => {
      const lost = atMostEvery(LOST_EVERY_MS, () =>
        log.warn('a worker has lost its queue and tries again', { queue: name }),
      );
      const start = (watched: Handler) => {
        const worker = backend.worker(name, watched, concurrency);
        worker.on('error', () => lost());
        worker.on('failed', (_job, error) => log.warn('a job failed', { queue: name, error }));
        return worker;
      };
      const waiting = async () => {
        const counts = await bounded(name, countsOf(queueOf(name), backend.waitingStates));
        return counts.paused ? 0 : counts.waiting;
      };
      const onStuck = () => log.warn('a worker took no jobs and was replaced', { queue: name });
      closeWorkers.push(
        watchedWorker({ start, handler, waiting, started: backend.started, reachable: backend.reachable, onStuck }),
      );
    },
    counts: (name) => bounded(name, countsOf(queueOf(name), backend.waitingStates)),
    raw: queueOf,
    close: async () => {
      await Promise.all(closeWorkers.map((close) => close()));
      const rest = async () => {
        await Promise.all([...queues.values()].map((queue) => queue.close()));
        await backend.close();
      };
      await atMost(ANSWER_TIMEOUT_MS, rest());
    },
  };
}

/** Delays are whole milliseconds: a fraction hangs a job of the PostgreSQL backend. */
const jobOptions = (key: string, delayMs: number) => ({
  delay: Math.max(0, Math.ceil(delayMs)),
  deduplication: { id: key, keepLastIfActive: true, reschedule: true },
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 1,
});

async function countsOf(queue: JobQueue, waitingStates: readonly string[]): Promise<QueueCounts> {
  const [counts, paused] = await Promise.all([
    queue.getJobCounts(...waitingStates, 'active', 'delayed'),
    queue.isPaused(),
  ]);
  const countOf = (state: string): number => counts[state] ?? 0;
  const waiting = waitingStates.reduce((sum, state) => sum + countOf(state), 0);
  return { waiting, active: countOf('active'), delayed: countOf('delayed'), paused };
}

/** What cannot be reached does not hold its caller up: our tables know what is to be done, and a sweep adds it. */
async function bounded<T>(queue: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } catch (cause) {
    throw new Fault(
      {
        code: 'system-unreachable',
        where: `queue ${queue}`,
        text: 'it does not answer',
        next: 'check REDIS_URL, or the database when Redis is not used; nothing is lost, the sweep adds the work again',
      },
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** An outage is one thing to know, however often a worker meets it. */
const LOST_EVERY_MS = 10_000;

function atMostEvery(ms: number, call: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    call();
  };
}
