import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { until } from './until.js';

export type TestDatabase = { url: string; pool: Pool; drop(): Promise<void> };

/**
 * One embedded server for all files of a run: the first starts it, those at the same time find it, the last stops it.
 * `global-setup.ts` gives each run a folder of its own; `TEST_DATABASE_URL` is used instead of all this.
 */
const folder = process.env.AFTERCARE_TEST_FOLDER ?? join(tmpdir(), 'aftercare-test-shared');

const TEMPLATE_LOCK = 117_000_099;

/** A migrated database of the test file's own. `drop` it in `afterAll`. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await joinTestServer();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(server.url, async (client) => {
    const template = await ensureTemplate(client, server.url);
    await client.query(`create database ${name} template ${template}`);
  });
  const url = databaseUrl(server.url, name);
  const pool = new Pool({ connectionString: url, max: 20 });
  pool.on('error', () => undefined);
  return {
    url,
    pool,
    drop: async () => {
      await pool.end();
      await withClient(server.url, (client) => client.query(`drop database if exists ${name} with (force)`));
      await server.close();
    },
  };
}

/**
 * What runs now for other tests has ended. PostgreSQL numbers transactions for all databases of a server together: what
 * counts or seals only behind the oldest one waits for those of other tests too.
 */
export async function otherTestsHaveCommitted(pool: Pool): Promise<void> {
  const { rows: running } = await pool.query<{ xid: string }>(`select backend_xid::text as xid ${OF_OTHERS}`);
  const xids = running.map(({ xid }) => xid);
  await until(async () => {
    const { rows } = await pool.query(`select ${OF_OTHERS} and backend_xid::text = any($1)`, [xids]);
    return rows.length === 0;
  });
}

const OF_OTHERS = `
  from pg_stat_activity
 where backend_xid is not null
   and (datname is distinct from current_database() or backend_type <> 'client backend')`;

async function joinTestServer(): Promise<{ url: string; close(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, close: async () => undefined };
  await mkdir(folder, { recursive: true });
  return openDatabase({ dataDir: folder });
}

/** Migrated once and copied for each file. Named by the migrations, so that a changed one is never missed. */
async function ensureTemplate(client: Client, serverUrl: string): Promise<string> {
  const template = `template_${await migrationsDigest()}`;
  await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      await client.query(`drop database if exists ${template}_draft with (force)`);
      await client.query(`create database ${template}_draft`);
      const pool = new Pool({ connectionString: databaseUrl(serverUrl, `${template}_draft`) });
      await migrate(pool);
      await pool.end();
      await client.query(`alter database ${template}_draft rename to ${template}`);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return template;
}

const MIGRATIONS = new URL('../../src/store/migrations/', import.meta.url);

async function migrationsDigest(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(MIGRATIONS)).sort()) hash.update(await readFile(new URL(name, MIGRATIONS)));
  return hash.digest('hex').slice(0, 16);
}

async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
