import { readdir, readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { Fault } from '../fault.js';
import { LOCKS } from './locks.js';
import { inTransaction } from './transaction.js';

// Two folders up from src/store and from dist/store alike.
const MIGRATIONS = new URL('../../src/store/migrations/', import.meta.url);

type Migration = { version: number; name: string };

/** Brings the schema up to date and returns the names of the files that were applied. Harmless when repeated. */
export async function migrate(pool: Pool, folder: URL = MIGRATIONS): Promise<string[]> {
  const files = await migrationsIn(folder);
  const applied: string[] = [];
  for (const file of files) {
    const sql = await readFile(new URL(file.name, folder), 'utf8');
    if (await apply(pool, file, sql)) applied.push(file.name);
  }
  await refuseNewerSchema(pool, files);
  return applied;
}

/** What `migrate` would apply, and the newest migration that this version does not have. Changes nothing. */
export async function migrationState(
  pool: Pool,
  folder: URL = MIGRATIONS,
): Promise<{ pending: string[]; unknown: string | null }> {
  const files = await migrationsIn(folder);
  const { rows: tables } = await pool.query<{ there: boolean }>(
    "select to_regclass('schema_migrations') is not null as there",
  );
  if (!tables[0]?.there) return { pending: files.map(({ name }) => name), unknown: null };
  const { rows } = await pool.query<Migration>('select version, name from schema_migrations order by version desc');
  const applied = new Set(rows.map(({ version }) => version));
  const known = new Set(files.map(({ version }) => version));
  return {
    pending: files.filter(({ version }) => !applied.has(version)).map(({ name }) => name),
    unknown: rows.find(({ version }) => !known.has(version))?.name ?? null,
  };
}

async function migrationsIn(folder: URL): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.+\.sql$/.test(name)).sort();
  return names.map((name) => ({ version: Number(name.slice(0, 4)), name }));
}

function apply(pool: Pool, { version, name }: Migration, sql: string): Promise<boolean> {
  return inTransaction(pool, async (db) => {
    await db.query('select pg_advisory_xact_lock($1)', [LOCKS.migrate]);
    await db.query(
      `create table if not exists schema_migrations (
         version    int         primary key,
         name       text        not null,
         applied_at timestamptz not null default now()
       )`,
    );
    const { rowCount } = await db.query(
      `insert into schema_migrations (version, name)
       values ($1, $2)
       on conflict (version) do nothing`,
      [version, name],
    );
    if (rowCount === 0) return false;
    await db.query(sql);
    return true;
  });
}

/** An older program on a newer schema would write what the newer one cannot read. */
async function refuseNewerSchema(pool: Pool, files: readonly Migration[]): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `select name
       from schema_migrations
      where version <> all ($1::int[])
      order by version desc
      limit 1`,
    [files.map((file) => file.version)],
  );
  const [newer] = rows;
  if (!newer) return;
  throw new Fault({
    code: 'config-invalid',
    where: 'database schema',
    text: `migration ${newer.name} is applied, and this version does not have it`,
    next: 'start the version that applied it, or restore a backup from before it',
  });
}
