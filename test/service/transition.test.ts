import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deliveriesCommand } from '../../src/commands/deliveries.js';
import { organisationsCommand } from '../../src/commands/organisations.js';
import { serviceFindings } from '../../src/flow/doctor-service.js';
import { foldedWithToday } from '../../src/flow/folded-with.js';
import { contextOf, run } from '../commands/terminal.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { directoryOf, tablesBefore } from '../support/organisations.js';
import { writePostcodes } from '../support/postcodes.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/process.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  type Stored,
  startTestService,
  stateFacts,
  untilSettled,
} from '../support/service.js';

const CUMBRIA = 'E10000006';
const WESTMORLAND = 'E06000064';
const BIRMINGHAM = 'E08000025';
const [OLD_ICB, NEW_ICB] = ['QHG', 'S1Y5D'];
const PATIENCE_MS = 40_000;

const OLD_TABLES = directoryOf(tablesBefore('2023-04-01'));

let database: TestDatabase;
let folder: string;
let bodies: Record<string, FaultyCouncil> = {};
let service: RunningService | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aftercare-transition-'));
  writePostcodes(join(folder, 'onspd.csv'), [{ postcode: 'CA11 7QS', district: WESTMORLAND }]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  const names = [CUMBRIA, WESTMORLAND, BIRMINGHAM, OLD_ICB, NEW_ICB];
  const started = await Promise.all(names.map(async (name) => [name, await startFaultyCouncil(name)] as const));
  [database, bodies] = [await testDatabase(), Object.fromEntries(started)];
});
afterEach(async () => {
  await service?.close();
  service = null;
  await Promise.all(Object.values(bodies).map((body) => body.stop()));
  await database.drop();
});

const urlOf = (body: string): string => bodies[body]?.url ?? '';
const addresses = (...names: string[]) => Object.fromEntries(names.map((name) => [name, urlOf(name)]));

async function start(when: 'before' | 'today', councils = [CUMBRIA, WESTMORLAND, BIRMINGHAM]): Promise<RunningService> {
  await service?.close();
  service = await startTestService({
    databaseUrl: database.url,
    councils: addresses(...councils),
    icbs: addresses(OLD_ICB, NEW_ICB),
    ...(when === 'before' ? { directory: OLD_TABLES } : {}),
  });
  return service;
}

const organisations = async ({ tables }: RunningService, ...args: string[]) => {
  const { code, out } = await run(
    organisationsCommand,
    [...args, '--json'],
    contextOf(database, { tables: () => tables }),
  );
  return { exit: code, ...JSON.parse(out) };
};

/** Home in 2021, after a section 3, from Penrith in Cumbria. */
const PERIOD = { ...SECTION_3, from: '20210501', to: '20210801', council: CUMBRIA, commissioner: OLD_ICB };
const IN_PENRITH = { ...PERIOD, postcode: 'CA11 7QS' };
const home = (over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  sentAt: '20210901100500',
  admitted: '20210501080000',
  left: '20210901100000',
  periods: [IN_PENRITH],
  ...over,
});

const decided = (body: 'council' | 'icb', organisation: string, decidedOn: string) => ({
  kind: 'aftercare-decision',
  nhsNumber: PERSON,
  body,
  decision: 'no-longer-needed',
  decidedOn,
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
  evidence: 'minutes',
  statedBy: { organisation, name: `An Officer of ${organisation}`, role: 'aftercare lead' },
});

/** The status of each resource of one person that a body holds, as `Flag active`. */
async function held(body: string, nhsNumber = PERSON): Promise<string[]> {
  const url = bodies[body]?.directUrl ?? '';
  const patients = (await heldBy(url, 'Patient')).filter(({ identifier }) => identifier?.[0]?.value === nhsNumber);
  const own = new Set(patients.map(({ id }) => `Patient/${id}`));
  const isTheirs = ({ subject, patient }: Stored) => own.has((subject ?? patient)?.reference ?? '');
  const found = await Promise.all(
    ['Flag', 'EpisodeOfCare', 'CarePlan', 'Task'].map(async (type) =>
      (await heldBy(url, type)).filter(isTheirs).map(({ status }) => `${type} ${status}`),
    ),
  );
  return found.flat().sort();
}

const ACTIVE = ['CarePlan draft', 'EpisodeOfCare active', 'Flag active'];
const MOVED = ['CarePlan revoked', 'EpisodeOfCare finished', 'Flag inactive'];

const entryOf = async (nhsNumber = PERSON) =>
  (await database.pool.query('select entry from entries where nhs_number = $1', [nhsNumber])).rows[0]?.entry;

async function heardBefore(messages: readonly Adt[]): Promise<void> {
  const before = await start('before');
  await organisations(before, 'import', join(folder, 'onspd.csv'));
  expect(new Set(await acknowledgementsFor(before.mllpPort, messages))).toEqual(new Set(['AA']));
  await untilSettled(database.pool, PATIENCE_MS);
}

describe('Cumbria is divided and an ICB merged while the service runs', () => {
  test('the old bodies hold nothing that is active, the new ones all; a decision and a clock go along', async () => {
    await heardBefore([home()]);
    expect([await held(CUMBRIA), await held(OLD_ICB)]).toEqual([ACTIVE, ACTIVE]);
    const old = await start('before');
    await stateFacts(database.pool, old.tables, [decided('council', CUMBRIA, '2022-12-01')]);
    await untilSettled(database.pool, PATIENCE_MS);
    const today = await start('today');
    expect(await organisations(today, 'plan')).toMatchObject({ exit: 1, moving: 1, openEndings: 1 });
    expect(await organisations(today, 'apply')).toMatchObject({ exit: 0, left: 0 });
    await untilSettled(database.pool, PATIENCE_MS);
    expect([await held(CUMBRIA), await held(OLD_ICB)]).toEqual([MOVED, MOVED]);
    expect([await held(WESTMORLAND), await held(NEW_ICB)]).toEqual([ACTIVE, ACTIVE]);
    expect(await entryOf()).toMatchObject({
      council: { code: WESTMORLAND, asWritten: CUMBRIA },
      icb: { code: NEW_ICB, asWritten: OLD_ICB },
      questions: [{ kind: 'ending-incomplete' }],
      clocks: expect.arrayContaining([expect.objectContaining({ kind: 'review' })]),
    });

    // The new ICB decides too: one decision each, whoever the council was then.
    await stateFacts(database.pool, today.tables, [decided('icb', NEW_ICB, '2026-06-01')]);
    await untilSettled(database.pool, PATIENCE_MS);
    expect(await entryOf()).toMatchObject({ status: 'ended', episodes: [{ to: '2026-06-01' }], questions: [] });
    const ended = ['CarePlan completed', 'EpisodeOfCare finished', 'Flag inactive'];
    expect([await held(WESTMORLAND), await held(NEW_ICB)]).toEqual([ended, ended]);
    expect([await held(CUMBRIA), await held(OLD_ICB)]).toEqual([MOVED, MOVED]);
  }, 120_000);

  test('what an old body sends after its end counts for its successor; detained again the council changes and the ICB stays', async () => {
    await heardBefore([home()]);
    const today = await start('today');
    const other = home({
      nhsNumber: OTHER,
      mrn: 'L2',
      visit: 'V2',
      sentAt: '20261001100500',
      periods: [{ ...IN_PENRITH, id: 'P2' }],
    });
    const again: Adt = {
      ...HOME,
      visit: 'V9',
      sentAt: '20261101100500',
      admitted: '20260801080000',
      left: '20261101100000',
      periods: [{ ...SECTION_3, id: 'P9', from: '20260801', to: '20261001', commissioner: OLD_ICB }],
    };
    // Messages come in while it is made.
    const [applied, answers] = await Promise.all([
      organisations(today, 'apply'),
      acknowledgementsFor(today.mllpPort, [other, again]),
    ]);
    expect([applied.left, answers]).toEqual([0, ['AA', 'AA']]);
    await untilSettled(database.pool, PATIENCE_MS);
    expect(await entryOf(OTHER)).toMatchObject({ council: { code: WESTMORLAND }, icb: { code: NEW_ICB } });
    expect(await entryOf()).toMatchObject({ council: { code: BIRMINGHAM }, icb: { code: NEW_ICB } });
    expect([await held(CUMBRIA), await held(CUMBRIA, OTHER)]).toEqual([MOVED, []]);
    expect(await held(WESTMORLAND)).toEqual(MOVED);
    expect(await held(BIRMINGHAM)).toEqual(ACTIVE);
  });
});

test('while it is asked which part has somebody, nobody loses the Flag; once answered the old council holds none that is active', async () => {
  await heardBefore([home({ periods: [PERIOD] })]);
  const today = await start('today');
  expect(await organisations(today, 'apply')).toMatchObject({ exit: 0 });
  await untilSettled(database.pool, PATIENCE_MS);
  const { status, council, questions } = await entryOf();
  expect([status, council.code, questions.map(({ kind }: { kind: string }) => kind)]).toEqual([
    'active',
    null,
    ['body-split'],
  ]);
  expect([await held(CUMBRIA), await held(WESTMORLAND)]).toEqual([ACTIVE, []]);
  const answer = { kind: 'answer', nhsNumber: PERSON, question: questions[0].id, option: WESTMORLAND };
  await stateFacts(database.pool, today.tables, [{ ...answer, because: 'the papers say so' }]);
  await untilSettled(database.pool, PATIENCE_MS);
  expect([await held(CUMBRIA), await held(WESTMORLAND)]).toEqual([MOVED, ACTIVE]);
  expect(await entryOf()).toMatchObject({ council: { code: WESTMORLAND, standing: 'agreed' }, questions: [] });
});

describe('a council that has ended, and whose system is switched off for good', () => {
  const deliveries = async (body: string) =>
    (
      await database.pool.query(
        'select state, last_fault as fault from deliveries where body = $1 order by publication_id',
        [body],
      )
    ).rows;

  test('holds nobody up; taken out of the site file it is counted no more, and what it never heard stays listed', async () => {
    await heardBefore([home()]);
    await bodies[CUMBRIA]?.refuseConnections();
    const today = await start('today');
    await organisations(today, 'apply');
    await until(async () => (await held(WESTMORLAND)).length > 0, 'the new council knows', PATIENCE_MS);
    await until(async () => (await deliveries(CUMBRIA))[1]?.fault === 'council-unavailable', 'an attempt', PATIENCE_MS);
    expect((await deliveries(CUMBRIA))[1]).toMatchObject({ state: 'due' });

    await start('today', [WESTMORLAND, BIRMINGHAM]);
    await untilSettled(database.pool, PATIENCE_MS);
    expect(await deliveries(CUMBRIA)).toMatchObject([{ state: 'confirmed' }, { state: 'parked', fault: 'body-ended' }]);
    expect(
      (await database.pool.query("select from alerts where subject = $1 and kind = 'delivery-parked'", [CUMBRIA])).rows,
    ).toEqual([]);
    const context = contextOf(database, { tables: () => today.tables });
    const listed = await run(deliveriesCommand, ['--council', CUMBRIA], context);
    expect(listed).toMatchObject({ code: 0, out: expect.stringContaining('body-ended') });
    const found = await serviceFindings(database.pool, foldedWithToday(today.tables));
    expect(found.filter(({ part }) => part.endsWith(CUMBRIA))).toMatchObject([
      { state: 'ok', text: 'is no more and has no destination: 1 version it never confirmed' },
    ]);

    // Its system was there after all.
    await bodies[CUMBRIA]?.acceptConnections();
    expect(await held(CUMBRIA)).toEqual(ACTIVE);
    await start('today');
    await until(async () => (await held(CUMBRIA)).join() === MOVED.join(), 'it is told', PATIENCE_MS);
  }, 120_000);
});
