import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler, JobWorker } from './queue-backends.js';

type Watched = {
  start: (handler: Handler) => JobWorker;
  handler: Handler;
  /** How many jobs wait for a worker; 0 while the queue is paused. */
  waiting: () => Promise<number>;
  /** Rejects when the worker was lost while it began. */
  started: (worker: JobWorker) => Promise<unknown>;
  /** False while its queue is known to be away. */
  reachable: () => boolean;
  onStuck: () => void;
  everyMs?: number;
};

const EVERY_MS = 5_000;

/** What a worker that runs nothing may take to tell its queue that it ends: a queue that is gone never answers. */
const GOODBYE_MS = 3_000;

/** Two looks in a row: between one and the next a worker that is well takes a job. */
const LOOKS = 2;

/**
 * A worker that is replaced when it could not begin, and when jobs wait, nothing runs and nothing begins: one that lost
 * its connection at the wrong moment can wait for ever, and looks from outside like one that has nothing to do. The
 * answer ends it: what runs is waited for, its queue only for a few seconds.
 */
export function watchedWorker(watched: Watched): () => Promise<void> {
  const { start, handler, waiting, started, reachable, onStuck, everyMs = EVERY_MS } = watched;
  const jobs = counted(handler);
  let seen = 0;
  let idleLooks = 0;
  let timer: NodeJS.Timeout;
  let closed = false;
  let isLame = false;
  const begin = () => {
    const next = start(jobs.handler);
    isLame = false;
    started(next).catch(() => {
      if (next === worker) isLame = true;
    });
    return next;
  };
  let worker = begin();

  const look = async () => {
    const unused = jobs.running() === 0 && jobs.begun() === seen && (await waiting().catch(() => 0)) > 0;
    seen = jobs.begun();
    idleLooks = unused ? idleLooks + 1 : 0;
    if (closed) return;
    if (idleLooks === LOOKS || (isLame && reachable())) {
      idleLooks = 0;
      worker.close(true).catch(() => undefined); // it may never end
      worker = begin();
      onStuck();
    }
    schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => void look(), everyMs);
  };
  schedule();

  return async () => {
    closed = true;
    clearTimeout(timer);
    const ended = worker.close(!reachable()).catch(() => undefined); // from now on it takes no job
    await jobs.ranOut();
    await atMost(GOODBYE_MS, ended);
  };
}

/** `ranOut` resolves when none of its jobs runs; only the last who asks is told. */
function counted(handler: Handler) {
  let running = 0;
  let begun = 0;
  let idle = (): void => undefined;
  return {
    handler: async (key: string) => {
      running += 1;
      begun += 1;
      try {
        await handler(key);
      } finally {
        running -= 1;
        if (running === 0) idle();
      }
    },
    running: () => running,
    begun: () => begun,
    ranOut: () =>
      new Promise<void>((resolve) => {
        idle = resolve;
        if (running === 0) idle();
      }),
  };
}

/** Waits for `work`, but no longer than `ms`. What it throws is of no use to who leaves. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const given = new AbortController();
  const late = sleep(ms, undefined, { signal: given.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  given.abort();
}
