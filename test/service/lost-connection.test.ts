import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../src/store/database.js';
import { inTransaction } from '../../src/store/transaction.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/process.js';

let server: TestDatabase;
let database: Database;
let dataDir: string;
beforeAll(async () => {
  server = await testDatabase();
  dataDir = await mkdtemp(join(tmpdir(), 'aftercare-lost-'));
  database = await openDatabase({ databaseUrl: server.url, dataDir });
});
afterAll(async () => {
  await database.close();
  await server.drop();
  await rm(dataDir, { recursive: true });
});

test('a connection that is lost between two statements fails its transaction, and the process goes on', async () => {
  const lost = inTransaction(database.pool, async (db) => {
    const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    const gone = new Promise((resolve) => db.once('end', resolve));
    await server.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await gone;
    await db.query('select 1');
  });
  await expect(lost).rejects.toThrow();
  await until(async () => (await database.pool.query('select 1')).rowCount === 1, 'another connection');
});
