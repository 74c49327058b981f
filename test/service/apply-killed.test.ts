import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { hear } from '../commands/service.js';
import { contextOf, run } from '../commands/terminal.js';
import { eastOn } from '../organisations/east.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type Started, startCli, until } from '../support/process.js';
import { tablesWith } from '../support/tables.js';
import { inventPeople, messagesOf } from './people.js';

const BIRMINGHAM = 'E08000025';
const PEOPLE = 30;

let database: TestDatabase;
let folder: string;
let environment: Record<string, string>;
const nowhere = 'http://127.0.0.1:1/fhir';
const tables = tablesWith({ [BIRMINGHAM]: nowhere }, [], { D7T5G: nowhere, E4S7T: nowhere });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-apply-'));
  await writeFile(join(folder, 'ord.json'), JSON.stringify(eastOn('2026-07-01').all));
  const destination = { kind: 'fhir', url: nowhere };
  const site = {
    name: 'Test partnership',
    receiving: ['QHL'],
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
    councils: [{ gss: BIRMINGHAM, destination }],
    icbs: [{ ods: 'QHL' }, { ods: 'D7T5G', destination }, { ods: 'E4S7T', destination }],
  };
  await writeFile(join(folder, 'site.yaml'), JSON.stringify(site));
  const [, old] = site.icbs;
  await writeFile(join(folder, 'old-only.yaml'), JSON.stringify({ ...site, councils: [], icbs: [old] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  database = await readied();
  environment = { DATABASE_URL: database.url, DATA_DIR: folder, SITE_FILE: join(folder, 'site.yaml') };
});
afterEach(() => database.drop());

const people = inventPeople(100, PEOPLE, [`${BIRMINGHAM}^^^GSS`]).map((person) => ({ ...person, council: BIRMINGHAM }));
const discharges = people.flatMap((person) =>
  messagesOf(person)
    .slice(0, 1)
    .map((message) => ({
      ...message,
      periods: message.periods?.map((period) => ({ ...period, commissioner: '06T' })) ?? [],
    })),
);

/** Everybody is Essex's, and somebody has confirmed that Essex is to become a part of another ICB. */
async function readied(): Promise<TestDatabase> {
  const made = await testDatabase();
  const context = contextOf(made, { tables: () => tables });
  const command = async (...args: string[]) => run(organisationsCommand, args, context);
  await hear(discharges, made, tables);
  await command('import', join(folder, 'ord.json'));
  const { changes } = JSON.parse((await command('changes', '--json')).out) as {
    changes: { id: string; needsConfirming: boolean }[];
  };
  const open = changes.filter(({ needsConfirming }) => needsConfirming).map(({ id }) => id);
  await command('confirm', ...open, '--because', 'the ICB wrote so');
  return made;
}

const apply = (...more: string[]): Started => startCli(['organisations', 'apply', ...more], environment);
const rows = async (sql: string, from = database) => (await from.pool.query(sql)).rows;

/** What the register says of each, and what bodies were told, without the keys and identifiers that are given by chance. */
const told = async (from = database) => ({
  register: await rows("select nhs_number, entry - 'foldedWith' as entry from entries order by nhs_number", from),
  versions: await rows(
    `select e.nhs_number, p.body, p.record_version, p.content -> 'publication' as says
       from publications p
       join entries e on e.person_key = p.person_key
      order by 1, 2, 3`,
    from,
  ),
  changes: await rows('select row, state from organisation_changes order by row::text', from),
  editions: await rows('select edition from organisation_editions', from),
});
const moved = async () =>
  (await rows("select count(*)::int as count from entries where entry -> 'icb' ->> 'code' = 'E4S7T'"))[0].count;

/** As an apply leaves it that nobody breaks off. */
async function uninterrupted() {
  const other = await readied();
  const own = { ...environment, DATABASE_URL: other.url };
  expect(await startCli(['organisations', 'apply'], own).ended).toMatchObject({ code: 0 });
  const result = await told(other);
  await other.drop();
  return result;
}

/** Somebody else holds a table, so that a process stands still where it writes to it. */
async function holding(table: string, work: () => Promise<void>): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('begin');
    await client.query(`lock table ${table} in access exclusive mode`);
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

const isWaitingFor = async (table: string): Promise<boolean> =>
  (
    await rows(
      `select from pg_locks where not granted and relation = '${table}'::regclass and database =
         (select oid from pg_database where datname = current_database())`,
    )
  ).length > 0;

const killedAt = (table: string): Promise<void> =>
  holding(table, async () => {
    const run = apply();
    await until(() => isWaitingFor(table), `an apply that writes to ${table}`);
    await run.kill('SIGKILL');
  });

describe('organisations apply that is killed ends as one that was not, and a second changes nothing', () => {
  const finished = async () => {
    expect(await apply().ended).toMatchObject({ code: 0 });
    const result = await told();
    const again = apply('--json');
    expect(await again.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout())).toMatchObject({ bodies: { changes: [], waiting: [] }, changed: 0, told: [] });
    expect(await told()).toEqual(result);
    return result;
  };

  test('at every step: while changes begin to count, while somebody is folded, while versions are published', async () => {
    await killedAt('organisation_editions');
    expect(await rows('select from organisation_editions')).toEqual([]);
    await killedAt('entries');
    expect(await moved()).toBe(0);
    await killedAt('publications');
    expect(await moved()).toBe(0);
    const last = apply('--rate', '4');
    await until(async () => (await moved()) > 4, 'some are done');
    await last.kill('SIGKILL');
    expect(await moved()).toBeLessThan(PEOPLE);

    const result = await finished();
    expect(await moved()).toBe(PEOPLE);
    expect(result).toEqual(await uninterrupted());
  }, 120_000);

  test('two at once: one may be asked to wait, and nobody is told twice', async () => {
    const both = await Promise.all(
      [apply(), apply()].map(async (run) => ({ ...(await run.ended), said: run.stderr() })),
    );
    for (const { code, said } of both)
      if (code !== 0) expect(said).toContain('another process imports, decides or applies');
    expect(await finished()).toEqual(await uninterrupted());
  });
});

test('a body that is no more, and takes nothing, is not waited for', async () => {
  environment = { ...environment, SITE_FILE: join(folder, 'old-only.yaml') };
  const run = apply('--most-due', '3');
  expect(await run.ended).toMatchObject({ code: 0 });
  expect(await moved()).toBe(PEOPLE);
  expect(run.stderr()).not.toContain('waiting until');
});
