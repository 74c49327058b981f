import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { start } from '../support/process.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

/** In a process of its own: Node.js warns there, and a test would not hear it. */
const program = (url: string): string => `
  const { openQueues } = await import(${JSON.stringify(resolve('dist/flow/queues.js'))});
  const queues = await openQueues({ databaseUrl: ${JSON.stringify(url)}, log: { warn() {} } });
  for (let at = 0; at < 8; at++) {
    queues.work('deliver-' + at, async () => undefined, { concurrency: 1 });
    await queues.counts('deliver-' + at);
  }
  await queues.close();
  console.log('closed');
`;

test('queues of many councils are no leak of listeners', async () => {
  const many = start(process.execPath, ['--input-type=module', '--eval', program(database.url)]);
  await many.waitFor(/closed/, 60_000);
  await many.kill('SIGTERM');
  expect(many.stderr()).not.toContain('MaxListenersExceededWarning');
});
