import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { asThrown, Fault } from '../fault.js';
import type { LogLevel } from '../log.js';
import { dataOfDirectory } from '../organisations/load.js';
import type { Day } from '../register/day.js';
import { dataOfSite } from '../site.js';
import { PAGES_AT_ONCE, type PageDeps, planPage } from './transition-page.js';
import type { TransitionBatch } from './transition-tally.js';
import type { ThreadAsked, ThreadData, ThreadSays } from './transition-thread.js';

/** What a thread opens for itself. */
export type Beside = {
  databaseUrl: string;
  logLevel: LogLevel;
  /** How many threads; left out: as many as the machine bears and the people are worth. */
  threads?: number;
  /** What each of them runs. */
  program?: URL;
};

/** Pages of people are planned in this thread and in those beside it. */
type Lane = { plan(page: readonly string[]): Promise<TransitionBatch[]>; end(): Promise<void> };

/** All of them as one: `plan` takes the first that has room, and throws what is thrown there. */
export type Lanes = Lane & { count: number };

/** Two keep two processors busy, with the database. */
const LANES = 2;
/** Fewer people are planned before a thread has started. */
const MANY = 5_000;

/** Far more than it needs; with the usual limit, a share of the whole machine, what is no longer used is left lying. */
const MEMORY = { maxOldGenerationSizeMb: 1_024 };

export function lanesFor(people: number, on: Day, { beside, ...deps }: PageDeps & { beside?: Beside }): Lanes {
  const own: Lane = { plan: (page) => planPage(page, { ...deps, today: () => on }), end: async () => undefined };
  const count = beside ? (beside.threads ?? threadsFor(people)) : 0;
  const apart = beside ? Array.from({ length: count }, () => threadOf(on, deps, beside)) : [];
  const lanes = [own, ...apart];
  const idle = Array.from({ length: PAGES_AT_ONCE }, () => lanes).flat();
  const queue: ((lane: Lane) => void)[] = [];
  return {
    count: lanes.length,
    async plan(page) {
      const lane = idle.shift() ?? (await new Promise<Lane>((resolve) => queue.push(resolve)));
      try {
        return await lane.plan(page);
      } finally {
        const next = queue.shift();
        if (next) next(lane);
        else idle.push(lane);
      }
    },
    end: async () => void (await Promise.all(lanes.map(({ end }) => end()))),
  };
}

const threadsFor = (people: number): number => (people < MANY ? 0 : Math.min(availableParallelism(), LANES) - 1);

type Waiting = { done: (batches: TransitionBatch[]) => void; failed: (error: unknown) => void };

function threadOf(on: Day, { site, directory }: PageDeps, beside: Beside): Lane {
  const { databaseUrl, logLevel, program = new URL('./transition-thread.js', import.meta.url) } = beside;
  const tables = { site: dataOfSite(site), directory: dataOfDirectory(directory) };
  const workerData: ThreadData = { databaseUrl, logLevel, on, tables };
  const worker = new Worker(program, { workerData, resourceLimits: MEMORY });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let trouble: unknown = GONE;
  let hasEnded = false;
  worker.once('error', (error) => {
    trouble = asThrown(error);
  });
  worker.on('message', ({ nth, batches }: ThreadSays) => {
    waiting.get(nth)?.done(batches);
    waiting.delete(nth);
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve())).then(() => {
    hasEnded = true;
    for (const { failed } of waiting.values()) failed(trouble);
  });
  const ask = (what: ThreadAsked) => worker.postMessage(what);
  return {
    plan: (page) =>
      new Promise((done, failed) => {
        if (hasEnded) return failed(trouble);
        asked += 1;
        waiting.set(asked, { done, failed });
        ask({ nth: asked, page });
      }),
    async end() {
      ask('stop');
      await ended;
    },
  };
}

const GONE = new Fault({
  code: 'system-unreachable',
  where: 'plan',
  text: 'a thread of it has ended before it was done',
  next: 'start the command anew; if that goes on, report it',
});
