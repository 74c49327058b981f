import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openQueues, type Queues } from '../../src/flow/queues.js';
import { openDatabase } from '../../src/store/database.js';
import { startOwnServer } from '../chaos/own-server.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { redisLeftOut, startRedis, type TestRedis } from '../support/redis.js';
import { until } from '../support/until.js';

const silent = { warn: () => undefined };
let database: TestDatabase;
let redis: TestRedis | undefined;
let queues: Queues;
let number = 0;

beforeAll(async () => {
  database = await testDatabase();
  if (!redisLeftOut) redis = await startRedis();
});
afterAll(async () => {
  await database.drop();
  await redis?.close();
});

const shapes: { kind: 'postgresql' | 'redis' }[] = redisLeftOut
  ? [{ kind: 'postgresql' }]
  : [{ kind: 'postgresql' }, { kind: 'redis' }];

describe.each(shapes)('queues on $kind', ({ kind }) => {
  let queue: string;

  beforeEach(async () => {
    queue = `test-${++number}`;
    const redisUrl = kind === 'redis' ? redis?.url : undefined;
    queues = await openQueues({ redisUrl, databaseUrl: database.url, log: silent });
  });
  afterEach(() => queues.close());

  test('a key that was added is handled, and leaves nothing behind', async () => {
    const handled: string[] = [];
    queues.work(queue, async (key) => void handled.push(key), { concurrency: 5 });
    await queues.add(queue, '1');
    for (const key of ['2', '3']) await queues.add(queue, key);
    await until(() => handled.length === 3);
    expect([...handled].sort()).toEqual(['1', '2', '3']);
    await until(async () => {
      const { waiting, active, delayed } = await queues.counts(queue);
      return waiting + active + delayed === 0;
    });
  });

  test('a key that waits is one job, however often it is added', async () => {
    for (let n = 0; n < 5; n++) await queues.add(queue, '7');
    await queues.add(queue, '8');
    expect(await queues.counts(queue)).toMatchObject({ waiting: 2 });
  });

  test('a key that is added while it runs runs once more, and never beside itself', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    queues.work(
      queue,
      async () => {
        most = Math.max(most, ++running);
        runs++;
        await held;
        running--;
      },
      { concurrency: 10 },
    );
    await queues.add(queue, '7');
    await until(() => runs === 1);
    for (let n = 0; n < 5; n++) await queues.add(queue, '7');
    letGo();
    await until(async () => runs === 2 && (await idle(queue)));
    expect({ runs, most }).toEqual({ runs: 2, most: 1 });
  });

  test('a delayed key waits, and a later add without delay brings it forward', async () => {
    const handled: string[] = [];
    queues.work(queue, async (key) => void handled.push(key), { concurrency: 1 });
    await queues.add(queue, '7', { delayMs: 3_600_000.5 });
    expect(await queues.counts(queue)).toMatchObject({ delayed: 1 });
    await queues.add(queue, '7');
    await until(() => handled.length === 1);
    expect(handled).toEqual(['7']);
  });

  test('a handler that puts its own key off is called again after the delay and not at once', async () => {
    let runs = 0;
    queues.work(
      queue,
      async (key) => {
        runs++;
        await queues.add(queue, key, { delayMs: 3_600_000 });
      },
      { concurrency: 1 },
    );
    await queues.add(queue, '7');
    await until(async () => (await queues.counts(queue)).delayed === 1);
    expect(runs).toBe(1);
  });

  test('a handler that throws does not stop the others, and its key can be added again', async () => {
    const handled: string[] = [];
    queues.work(
      queue,
      async (key) => {
        handled.push(key);
        if (handled.length === 1) throw new Error('a bug');
      },
      { concurrency: 1 },
    );
    await queues.add(queue, '7');
    await until(async () => handled.length === 1 && (await idle(queue)));
    for (const key of ['7', '8']) await queues.add(queue, key);
    await until(() => handled.length === 3);
    expect([...handled].sort()).toEqual(['7', '7', '8']);
  });

  test('a queue that is paused keeps its keys until it goes on', async () => {
    const handled: string[] = [];
    await queues.raw(queue).pause();
    queues.work(queue, async (key) => void handled.push(key), { concurrency: 1 });
    await queues.add(queue, '7');
    expect(await queues.counts(queue)).toMatchObject({ paused: true, waiting: 1 });
    expect(handled).toEqual([]);
    await queues.raw(queue).resume();
    await until(() => handled.length === 1);
  });
});

const idle = async (queue: string): Promise<boolean> => {
  const { waiting, active, delayed } = await queues.counts(queue);
  return waiting + active + delayed === 0;
};

test('a queue that cannot be reached says so, and names no password', async () => {
  const databaseUrl = 'postgres://aftercare:secret@127.0.0.1:1/aftercare';
  const opening = openQueues({ databaseUrl, log: silent });
  await expect(opening).rejects.toMatchObject({ code: 'system-unreachable' });
  await expect(opening).rejects.not.toThrow(/secret/);
});

(redisLeftOut ? test.skip : test)(
  'while Redis is away adding fails at once; when it is back, work goes on',
  async () => {
    if (!redis) throw new Error('Redis was not started');
    const handled: string[] = [];
    queues = await openQueues({ redisUrl: redis.url, databaseUrl: database.url, log: silent });
    queues.work('outage', async (key) => void handled.push(key), { concurrency: 1 });
    await queues.add('outage', '1');
    await until(() => handled.length === 1);
    await redis.kill();
    await expect(queues.add('outage', '2')).rejects.toMatchObject({ code: 'system-unreachable' });
    await redis.start();
    await until(async () => {
      await queues.add('outage', '3').catch(() => undefined);
      return handled.includes('3');
    });
    await queues.close();
  },
);

(redisLeftOut ? describe.skip : describe)('while Redis is away', () => {
  test('a queue may be used for the first time, and works once Redis is back', async () => {
    if (!redis) throw new Error('Redis was not started');
    const handled: string[] = [];
    queues = await openQueues({ redisUrl: redis.url, databaseUrl: database.url, log: silent });
    for (const queue of ['first-used-1', 'first-used-2', 'first-used-3']) {
      queues.work(queue, async () => void handled.push(queue), { concurrency: 1 });
      await redis.kill();
      await expect(queues.add(queue, '1')).rejects.toMatchObject({ code: 'system-unreachable' });
      await redis.start();
      await until(async () => {
        await queues.add(queue, '1').catch(() => undefined);
        return handled.includes(queue);
      });
    }
    await queues.close();
  });

  test('the queues are closed all the same, once what runs has ended', async () => {
    if (!redis) throw new Error('Redis was not started');
    let [begun, runs] = [0, 0];
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    queues = await openQueues({ redisUrl: redis.url, databaseUrl: database.url, log: silent });
    const handler = async () => {
      begun += 1;
      await held;
      runs += 1;
    };
    for (const queue of ['closed-1', 'closed-2']) queues.work(queue, handler, { concurrency: 1 });
    await queues.add('closed-1', '1');
    await until(() => begun === 1); // Redis counts it as active before the worker has heard of it
    await redis.kill();
    await expect(queues.add('closed-1', '2')).rejects.toMatchObject({ code: 'system-unreachable' });
    const closed = queues.close();
    letGo();
    await closed;
    expect(runs).toBe(1);
    await redis.start();
  });
});

test('a queue may be used for the first time while the database is away, and works once it is back', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aftercare-queues-'));
  const server = await startOwnServer(dataDir);
  const handled: string[] = [];
  queues = await openQueues({ databaseUrl: server.url, log: silent });
  await server.stop();
  queues.work('first-used', async (key) => void handled.push(key), { concurrency: 1 });
  await expect(queues.add('first-used', '1')).rejects.toMatchObject({ code: 'system-unreachable' });
  await expect(queues.counts('first-counted')).rejects.toMatchObject({ code: 'system-unreachable' });
  await server.start();
  await queues.add('first-used', '2');
  await until(() => handled.includes('2'));
  expect(await queues.counts('first-counted')).toMatchObject({ waiting: 0 });
  await queues.close();
  await server.stop();
  await rm(dataDir, { recursive: true });
});

test('after the database was killed the workers come back by themselves', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'aftercare-queues-'));
  const embedded = await openDatabase({ dataDir });
  const handled: string[] = [];
  queues = await openQueues({ databaseUrl: embedded.url, log: silent });
  queues.work('outage', async (key) => void handled.push(key), { concurrency: 1 });
  await queues.add('outage', '1');
  await until(() => handled.length === 1);
  const pidFile = await readFile(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8');
  process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
  await until(async () => {
    await queues.add('outage', '2').catch(() => undefined);
    return handled.includes('2');
  });
  await queues.close();
  await embedded.close();
  await rm(dataDir, { recursive: true });
});
