import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rebuild } from '../../src/flow/rebuild.js';
import { londonDay } from '../../src/register/day.js';
import { asRebuilder } from '../../src/store/rebuild.js';
import { hear } from '../commands/service.js';
import { tables } from '../commands/terminal.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { startCli, until } from '../support/process.js';
import { quiet } from '../support/quiet.js';
import { inventPeople, messagesOf } from './people.js';

const BIRMINGHAM = 'E08000025';
const PEOPLE = 400;
const TOLD_EACH = 2;

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  [database, folder] = await Promise.all([testDatabase(), mkdtemp(join(tmpdir(), 'aftercare-resumed-'))]);
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const one = async <T>(sql: string): Promise<T> => (await database.pool.query(sql)).rows[0];
const waiting = async () =>
  (await one<{ count: number }>("select count(*)::int as count from messages where state = 'received'")).count;
const register = () =>
  one(
    "select md5(string_agg((entry - 'asOf' - 'foldedWith')::text, '' order by person_key)) as digest, count(*) from entries",
  );
const ledger = () => one('select count(*)::int as count, max(record_version) as highest from publications');

const start = async () => {
  const site = join(folder, 'site.yaml');
  await writeFile(
    site,
    JSON.stringify({
      name: 'Test partnership',
      senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
      councils: [{ gss: BIRMINGHAM, destination: { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' } }],
      icbs: [{ ods: 'QHL' }],
    }),
  );
  return startCli(['rebuild', '--json'], { DATABASE_URL: database.url, DATA_DIR: folder, SITE_FILE: site });
};

test('a rebuild that is killed, while it reads and while it folds, goes on where it was: the same, and nothing sent', async () => {
  const people = inventPeople(1_000, PEOPLE, [`${BIRMINGHAM}^^^GSS`]);
  await hear(people.flatMap(messagesOf), database);
  const [before, published] = [await register(), await ledger()];

  const reading = await start();
  await until(async () => (await waiting()) > 0, 'everything is dropped');
  await reading.kill('SIGKILL');
  expect(await waiting()).toBeGreaterThan(0);
  expect(await waiting()).toBeLessThanOrEqual(PEOPLE * TOLD_EACH);

  const folding = await start();
  await until(async () => (await one<{ some: boolean }>('select count(*) > 0 as some from entries')).some, 'folding');
  await folding.kill('SIGKILL');

  const last = await start();
  expect(await last.ended).toMatchObject({ code: 0 });
  expect(JSON.parse(last.stdout())).toEqual({ persons: PEOPLE, changed: [], published: 0 });
  expect(last.stderr()).toContain('One that was broken off has gone on.');
  expect([await register(), await ledger()]).toEqual([before, published]);
  expect(await database.pool.query('select from rebuilds')).toMatchObject({ rowCount: 0 });
});

test('a second rebuild beside the first is refused, and changes nothing', async () => {
  const { pool } = database;
  const deps = { pool, ...tables, now: () => new Date(), today: () => londonDay(new Date().toISOString()), log: quiet };
  const refused = await asRebuilder(pool, () => rebuild(deps).catch((error: Error) => error.message));
  expect(refused).toContain('another process rebuilds this database already');
  expect(await pool.query('select from rebuilds')).toMatchObject({ rowCount: 0 });
});
