import { afterAll, beforeAll, test } from '@jest/globals';
import { openQueues, type Queues } from '../src/flow/queues.js';
import { createLog } from '../src/log.js';
import { wakers } from '../src/wake.js';
import { type TestDatabase, testDatabase } from './support/postgres.js';
import { until } from './support/until.js';

let database: TestDatabase;
let queues: Queues;

beforeAll(async () => {
  database = await testDatabase();
  queues = await openQueues({ databaseUrl: database.url, log: { warn: () => undefined } });
});
afterAll(async () => {
  await queues.close();
  await database.drop();
});

test('who wakes a worker does not wait for those who wake it afterwards', async () => {
  const wake = wakers(queues, createLog('fatal'));
  const others = setInterval(() => void wake.fold(), 1);
  await wake.fold();
  clearInterval(others);
});

test('a call that comes while a job is being added is not lost', async () => {
  const wake = wakers(queues, createLog('fatal'));
  let wanted = 0;
  let done = 0;
  queues.work(
    'interpret',
    async () => {
      done = wanted;
    },
    { concurrency: 1 },
  );
  for (let n = 1; n <= 20; n++) {
    wanted = n;
    void wake.interpret();
    await new Promise((resolve) => setTimeout(resolve, n));
  }
  await until(() => done === 20);
});
