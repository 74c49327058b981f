import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { refoldCommand } from '../../src/commands/refold.js';
import { serviceFindings } from '../../src/flow/doctor-service.js';
import { foldedWithToday } from '../../src/flow/folded-with.js';
import { hear } from '../commands/service.js';
import { contextOf, run } from '../commands/terminal.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { type Started, startCli, until } from '../support/process.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  untilSettled,
  versionOf,
} from '../support/service.js';
import { inventPeople, messagesOf } from './people.js';

const BIRMINGHAM = 'E08000025';
const PEOPLE = 30;
const PATIENCE_MS = 55_000;
const OTHERWISE = [{ council: BIRMINGHAM, icb: 'QHL', sendLegalBasis: true }];

let database: TestDatabase;
let council: { url: string; stop(): Promise<void> };
let folder: string;
let service: RunningService | null = null;

beforeAll(async () => {
  [council, folder] = await Promise.all([
    startCouncilProcess('Birmingham'),
    mkdtemp(join(tmpdir(), 'aftercare-refold-')),
  ]);
});
afterAll(async () => {
  await council.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = async (partnerships: readonly Record<string, unknown>[] = []): Promise<RunningService> => {
  service = await startTestService({
    databaseUrl: database.url,
    councils: { [BIRMINGHAM]: council.url },
    times: { watchMs: 200 },
    partnerships,
  });
  return service;
};
const stop = async () => {
  await service?.close();
  service = null;
};
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  await stop();
  await database.drop();
});

const rows = async (sql: string) => (await database.pool.query(sql)).rows;

const people = inventPeople(100, PEOPLE, [`${BIRMINGHAM}^^^GSS`]);

/** So many are told to the council too. */
const TOLD = 8;
const discharges = people.flatMap((person) => messagesOf(person).slice(0, 1));

/** Everybody has been told to the council by what the partnership had agreed before. */
async function registered(): Promise<void> {
  const { mllpPort } = await start();
  expect(new Set(await acknowledgementsFor(mllpPort, discharges.slice(0, TOLD)))).toEqual(new Set(['AA']));
  await untilSettled(database.pool, PATIENCE_MS);
  await stop();
}

const othersIn = async ({ httpPort }: RunningService): Promise<string | undefined> => {
  const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  return /^aftercare_entries_folded_otherwise (\d+)$/m.exec(text)?.[1];
};

const alerts = () => rows("select details, ended_at from alerts where kind = 'folded-otherwise'");
const doctorOn = async ({ tables }: RunningService) =>
  (await serviceFindings(database.pool, foldedWithToday(tables))).find(({ part }) => part === 'register');

describe('a service that is started with another policy', () => {
  test('folds nobody anew by itself and says so; refold hands over what differs, and then everybody is done', async () => {
    await registered();
    const restarted = await start(OTHERWISE);
    expect(restarted.log.join('')).toContain('people are folded by other rules, policies or organisations than today');
    expect(await othersIn(restarted)).toBe(String(TOLD));
    await until(async () => (await alerts()).length === 1, 'an alert');
    expect(await alerts()).toMatchObject([{ details: { people: TOLD }, ended_at: null }]);
    expect(await doctorOn(restarted)).toMatchObject({
      state: 'for-a-person',
      text: expect.stringMatching(`${TOLD} people`),
    });
    expect(await rows('select distinct record_version from publications')).toEqual([{ record_version: 1 }]);

    const context = contextOf(database, { tables: () => restarted.tables });
    const { code, out } = await run(refoldCommand, ['--apply', '--most-due', '3'], context);
    expect(code).toBe(0);
    expect(out).toContain(`${TOLD} persons folded again: ${TOLD} changed, 0 not.`);
    await untilSettled(database.pool, PATIENCE_MS);
    const flags = await heldBy(council.url, 'Flag');
    expect(flags.map(versionOf)).toEqual(new Array(TOLD).fill(2));
    await until(async () => (await othersIn(restarted)) === '0', 'nobody is folded otherwise');
    expect(await doctorOn(restarted)).toMatchObject({ state: 'ok' });
    await until(async () => (await alerts())[0]?.ended_at !== null, 'the end of the alert');
  });
});

describe('refold --apply that is broken off', () => {
  let environment: Record<string, string>;
  beforeEach(async () => {
    const site = join(folder, 'site.yaml');
    await writeFile(
      site,
      JSON.stringify({
        name: 'Test partnership',
        senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
        councils: [{ gss: BIRMINGHAM, destination: { kind: 'fhir', url: council.url } }],
        icbs: [{ ods: 'QHL' }],
        partnerships: OTHERWISE,
      }),
    );
    environment = { DATABASE_URL: database.url, DATA_DIR: folder, SITE_FILE: site };
    await hear(discharges, database);
  });

  const apply = (...more: string[]): Started => startCli(['refold', '--apply', ...more], environment);
  const versions = () =>
    rows(`select person_key, array_agg(record_version order by record_version) as versions
            from publications
           group by person_key`);
  const done = async () => (await versions()).filter(({ versions: told }) => told.length > 1).length;

  test('by kill -9 in the middle: it goes on where it was, and nobody is told twice', async () => {
    const first = apply('--rate', '4');
    await until(async () => (await done()) > 4, 'some people are done');
    await first.kill('SIGKILL');
    const before = await done();
    expect(before).toBeLessThan(PEOPLE);

    const second = apply('--json');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(second.stdout())).toMatchObject({ compared: PEOPLE - before, left: 0, interrupted: false });
    for (const { versions: told } of await versions()) expect(told).toEqual([1, 2]);
    expect(await rows('select distinct folded_with from entries')).toHaveLength(1);
    const third = apply('--json');
    expect(await third.ended).toMatchObject({ code: 0 });
    expect(JSON.parse(third.stdout())).toMatchObject({ others: [], compared: 0, told: [] });
  });

  test('by Ctrl-C: it says what it has done, and that the same command goes on', async () => {
    const run = apply('--rate', '4');
    await until(async () => (await done()) > 0, 'somebody is done');
    expect(await run.kill('SIGINT')).toEqual({ code: 1, signal: null });
    const left = PEOPLE - (await done());
    expect(run.stdout()).toContain(`Broken off: ${left} persons left as folded before. The same command goes on.`);
    for (const { nhsNumber } of people) expect(run.stdout() + run.stderr()).not.toContain(nhsNumber);
  });

  test('while nobody hands over, it waits for the council and says so', async () => {
    const run = apply('--most-due', '3');
    await run.waitFor(new RegExp(`${BIRMINGHAM} has \\d+ versions to take: waiting`));
    const due = await done();
    expect(due).toBeLessThan(PEOPLE);
    expect(await run.kill('SIGINT')).toMatchObject({ code: 1 });
    expect(await done()).toBe(due);
  });
});
