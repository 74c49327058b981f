import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { migrate } from '../../src/store/migrate.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

let database: TestDatabase;
let path: string;
let folder: URL;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'aftercare-migrations-'));
  folder = pathToFileURL(`${path}/`);
  await database.pool.query('delete from schema_migrations');
  await database.pool.query('drop table if exists wards, beds');
});
afterEach(() => rm(path, { recursive: true, force: true }));

const file = (name: string, sql: string) => writeFile(join(path, name), sql);

test('each file is applied once and in order, also when several processes start together', async () => {
  await file('0002_beds.sql', 'create table beds (ward int references wards);');
  await file('0001_wards.sql', 'create table wards (id int primary key);');
  await file('notes.txt', 'not a migration');
  const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.pool, folder)));
  expect(applied.flat().sort()).toEqual(['0001_wards.sql', '0002_beds.sql']);
  expect(await migrate(database.pool, folder)).toEqual([]);
});

test('a file that fails leaves nothing of itself, and those before it stay', async () => {
  await file('0001_wards.sql', 'create table wards (id int primary key);');
  await file('0002_beds.sql', 'create table beds (id int); select 1 / 0;');
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: '22012' });
  const { rows } = await database.pool.query(
    `select to_regclass('wards') is not null as wards, to_regclass('beds') is not null as beds`,
  );
  expect(rows).toEqual([{ wards: true, beds: false }]);
});

test('an older program refuses a schema that is newer than it knows', async () => {
  await file('0001_wards.sql', 'create table wards (id int primary key);');
  await file('0002_beds.sql', 'create table beds (id int);');
  await migrate(database.pool, folder);
  await rm(join(path, '0002_beds.sql'));
  await expect(migrate(database.pool, folder)).rejects.toMatchObject({ code: 'config-invalid' });
});

test('our own files are numbered from 1 without gap or repeat: of two with one number the second would be passed over', async () => {
  const names = await readdir(new URL('../../src/store/migrations/', import.meta.url));
  const numbers = names.map((name) => Number(name.slice(0, 4))).sort((a, b) => a - b);
  expect(numbers).toEqual(names.map((_, at) => at + 1));
});
