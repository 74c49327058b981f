import { afterEach, describe, expect, test } from '@jest/globals';
import type { Handler, JobWorker } from '../../src/flow/queue-backends.js';
import { watchedWorker } from '../../src/flow/queue-watch.js';
import { until } from '../support/until.js';

/** A worker of which a test decides whether it takes jobs. */
type Played = JobWorker & { handler: Handler; closed: 'forced' | 'asked' | null };

const played: Played[] = [];
let first: Promise<void> = Promise.resolve();
const start = (handler: Handler): JobWorker => {
  const worker: Played = {
    handler,
    closed: null,
    on: () => undefined,
    waitUntilReady: () => (played[0] === worker ? first : Promise.resolve()),
    close: async (force) => {
      worker.closed = force ? 'forced' : 'asked';
    },
  };
  played.push(worker);
  return worker;
};
let close: () => Promise<void> = async () => undefined;
afterEach(async () => {
  await close();
  played.length = 0;
  first = Promise.resolve();
});

/** Looks come so fast that a state is waited for, never a time. */
function watch(
  waiting: () => number,
  handler: Handler = async () => undefined,
  reachable = () => true,
): { stuck: number; looks: number } {
  const seen = { stuck: 0, looks: 0 };
  close = watchedWorker({
    start,
    handler,
    started: (worker) => worker.waitUntilReady(),
    reachable,
    everyMs: 1,
    waiting: async () => {
      seen.looks += 1;
      return waiting();
    },
    onStuck: () => {
      seen.stuck += 1;
    },
  });
  return seen;
}

describe('a worker that takes no jobs although some wait', () => {
  test('is replaced, and the new one is asked to work', async () => {
    const handled: string[] = [];
    const seen = watch(
      () => (played.length === 1 ? 3 : 0),
      async (key) => void handled.push(key),
    );
    await until(() => seen.stuck === 1);
    expect(played.map(({ closed }) => closed)).toEqual(['forced', null]);
    await played[1]?.handler('7');
    expect(handled).toEqual(['7']);
  });

  test('is left alone while one of its jobs runs, however long', async () => {
    let finish = (): void => undefined;
    const long = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const running = { now: false };
    const seen = watch(
      () => (running.now ? 3 : 0),
      async () => long,
    );
    const job = played[0]?.handler('7');
    running.now = true;
    const before = seen.looks;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen).toEqual({ stuck: 0, looks: before });
    finish();
    await job;
    await until(() => seen.stuck > 0);
  });

  test('is left alone while nothing waits, and when the queue cannot be asked', async () => {
    let asked = 0;
    const seen = watch(() => {
      asked += 1;
      if (asked % 2 === 0) throw new Error('out of reach');
      return 0;
    });
    await until(() => asked > 10);
    expect(seen.stuck).toBe(0);
    await close();
    expect(played.map(({ closed }) => closed)).toEqual(['asked']);
  });
});

test('a worker that lost its queue while it began is replaced once the queue answers', async () => {
  first = Promise.reject(new Error('out of reach'));
  const away = { now: true };
  const seen = watch(
    () => 0,
    async () => undefined,
    () => !away.now,
  );
  await until(() => seen.looks > 3);
  expect(seen.stuck).toBe(0);
  away.now = false;
  await until(() => seen.stuck === 1);
  expect(played.map(({ closed }) => closed)).toEqual(['forced', null]);
});

describe('a worker that is ended', () => {
  test.each([
    { queue: 'answers', reachable: true, closed: 'asked' },
    { queue: 'is away', reachable: false, closed: 'forced' },
  ])('while its queue $queue: what runs is waited for', async ({ reachable, closed }) => {
    let finish = (): void => undefined;
    const long = new Promise<void>((resolve) => {
      finish = resolve;
    });
    watch(
      () => 0,
      async () => long,
      () => reachable,
    );
    const job = played[0]?.handler('7');
    const order: string[] = [];
    const ended = close().then(() => order.push('ended'));
    void job?.then(() => order.push('ran'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect({ order, closed: played[0]?.closed }).toEqual({ order: [], closed });
    finish();
    await ended;
    expect(order).toEqual(['ran', 'ended']);
  });
});
