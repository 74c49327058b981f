import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { planned } from '../../src/flow/organisation-changes.js';
import { planTransition } from '../../src/flow/transition.js';
import type { Beside } from '../../src/flow/transition-lanes.js';
import type { Moving } from '../../src/flow/transition-move.js';
import { nhsNumber } from '../../src/invented.js';
import type { Directory } from '../../src/organisations/directory.js';
import { type Site, siteFromObject } from '../../src/site.js';
import { hear } from '../commands/service.js';
import { contextOf, run, tables } from '../commands/terminal.js';
import { eastOn } from '../organisations/east.js';
import { homeOf, SECTION_3 } from '../scenarios/adt.js';
import { directoryOf, tablesBefore } from '../support/organisations.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { until } from '../support/until.js';

const PEOPLE = 240;
const ON = '2026-12-01';
const COMMISSIONERS = ['QHG', '06T', 'QNQ', 'QHL'];

const destination = { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' };
const read = siteFromObject({
  name: 'Test partnership',
  senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
  councils: [{ gss: 'E08000025', destination }],
  icbs: ['QHG', 'S1Y5D', 'D7T5G', 'E4S7T'].map((ods) => ({ ods, destination })),
  partnerships: [{ council: 'E08000025', icb: 'S1Y5D', firstReviewWeeks: 5 }],
});
if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
const site: Site = read.site;
const before2026 = { ...tables, site, directory: directoryOf(tablesBefore('2026-04-01')) };

const person = (nth: number) => {
  const number = nhsNumber(nth);
  const commissioner = COMMISSIONERS[nth % COMMISSIONERS.length] ?? 'QHL';
  return homeOf(number, { periods: [{ ...SECTION_3, id: `P${number}`, commissioner }] });
};

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  [database, folder] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'aftercare-threads-'))];
  await hear(
    Array.from({ length: PEOPLE }, (_, nth) => person(nth)),
    database,
    before2026,
  );
});
afterAll(async () => {
  await database?.drop();
  await rm(folder, { recursive: true });
});

const program = new URL('../../dist/flow/transition-thread.js', import.meta.url);

/** Everything that a plan says, in the order in which it says it. */
async function plan(
  threads: number,
  over: Partial<Beside & { directory: Directory; page: number; seen: () => void }> = {},
  stop = new AbortController(),
) {
  const { page = PEOPLE / 6, seen = () => undefined, directory = await directoryPlanned(), ...beside } = over;
  const said: (Moving | string)[] = [];
  const sums = await planTransition(
    {
      on: ON,
      everybody: true,
      page,
      stop: stop.signal,
      moving: async (people) => {
        said.push(...people);
        seen();
      },
      progress: (done, of) => void said.push(`${done} of ${of}`),
    },
    {
      ...{ pool: database.pool, site, directory, now: () => new Date(), today: () => '2026-11-21', log: quiet },
      beside: { databaseUrl: database.url, logLevel: 'silent', program, threads, ...beside },
    },
  );
  return { sums, people: said.filter((each) => typeof each !== 'string') };
}
const directoryPlanned = async () => (await planned(tables.directory, database.pool)).directory;
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
/** Nothing of a plan is connected any more. The server takes a moment to see that somebody has hung up. */
const nobodyConnected = () =>
  until(async () => {
    const { rows } = await database.pool.query(
      `select from pg_stat_activity where application_name = 'aftercare' and datname = current_database()`,
    );
    return rows.length === 0;
  });

describe('a plan in several threads', () => {
  test('says byte for byte what it says in one', async () => {
    const alone = await plan(0);
    expect(alone.sums).toMatchObject({ looked: PEOPLE, moving: (PEOPLE / 4) * 3, failed: 0, interrupted: false });
    // Home on 1 March; what two bodies agreed about the review counts beside what nobody did.
    const reviews = alone.people.flatMap(({ clocks }) => clocks.filter(({ kind }) => kind === 'review'));
    expect(new Set(reviews.map(({ dueOn }) => dueOn))).toEqual(new Set(['2026-04-05', '2026-04-12']));
    for (const threads of [1, 2]) expect(same(await plan(threads), alone)).toBe(true);
    await nobodyConnected();
  });

  test('also by changes of bodies that nobody has applied yet', async () => {
    const organisations = async (...args: string[]) =>
      JSON.parse(
        (await run(organisationsCommand, [...args, '--json'], contextOf(database, { tables: () => tables }))).out,
      );
    const before = await plan(0);
    await writeFile(join(folder, 'ord.json'), JSON.stringify(eastOn('2026-07-01').all));
    await organisations('import', join(folder, 'ord.json'));
    const { changes } = await organisations('changes', '--state', 'staged');
    const open = changes.filter(({ needsConfirming }: { needsConfirming: boolean }) => needsConfirming);
    await organisations('confirm', ...open.map(({ id }: { id: string }) => id), '--because', 'the ICB wrote so');

    const alone = await plan(0);
    expect(alone.sums.ways).not.toEqual(before.sums.ways);
    expect(same(await plan(1), alone)).toBe(true);

    // A plan made before stays as it is when others apply theirs.
    await organisations('apply');
    const given = { directory: { ...tables.directory, shipped: tables.directory, isPlanned: true as const } };
    const back = await plan(0, given);
    expect(back.sums.ways).toMatchObject([{ from: 'E4S7T', to: 'D7T5G' }]);
    expect(same(await plan(1, given), back)).toBe(true);
  });

  test('a fault of a thread is the fault of the plan', async () => {
    const away = plan(1, { databaseUrl: 'postgres://127.0.0.1:1/nowhere' });
    await expect(away).rejects.toMatchObject({ name: 'Fault', code: 'system-unreachable' });
  });

  test('so is a thread that dies', async () => {
    const dying = plan(1, { program: new URL('./thread-that-ends.cjs', import.meta.url) });
    await expect(dying).rejects.toMatchObject({ name: 'Fault', detail: { where: 'plan' } });
  });

  test('broken off it ends with what was seen, and its threads with it', async () => {
    const before = new AbortController();
    before.abort();
    expect((await plan(1, {}, before)).sums).toMatchObject({ interrupted: true, looked: 0 });
    await nobodyConnected();

    const alone = await plan(0, { page: 10 });
    const amid = new AbortController();
    const { sums, people } = await plan(1, { page: 10, seen: () => amid.abort() }, amid);
    expect(sums).toMatchObject({ interrupted: true, failed: 0, moving: people.length });
    expect(sums.looked).toBeGreaterThan(0);
    expect(sums.looked).toBeLessThan(PEOPLE);
    // Nobody is left out between two who were seen.
    expect(same(people, alone.people.slice(0, people.length))).toBe(true);
    await nobodyConnected();
  });
});
