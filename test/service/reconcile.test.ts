import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { reconcileCommand } from '../../src/commands/reconcile.js';
import { reconcileDue } from '../../src/flow/reconcile-due.js';
import { nhsNumber } from '../../src/invented.js';
import { londonDay } from '../../src/register/day.js';
import { siteFromObject } from '../../src/site.js';
import { contextOf, run } from '../commands/terminal.js';
import { homeOf } from '../scenarios/adt.js';
import { startCouncilProcess } from '../support/council.js';
import { type PagedCouncil, startPaged } from '../support/paged.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { acknowledgementsFor, type RunningService, startTestService, untilSettled } from '../support/service.js';

const BIRMINGHAM = 'E08000025';
const PATIENCE_MS = 40_000;
const EPISODES = 'EpisodeOfCare?_count=1000';

let council: { url: string; stop(): Promise<void> };
let paged: PagedCouncil;
let database: TestDatabase;
let service: RunningService;

beforeAll(async () => {
  council = await startCouncilProcess('Birmingham');
  paged = await startPaged(council.url, 2);
});
afterAll(async () => {
  await paged.stop();
  await council.stop();
});
beforeEach(async () => {
  database = await testDatabase();
  service = await startTestService({ databaseUrl: database.url, councils: { [BIRMINGHAM]: council.url } });
});
afterEach(async () => {
  await service.close();
  await database.drop();
});

const PEOPLE = [1, 2, 3, 4, 5].map(nhsNumber);
const [LOST = '', BEHIND = ''] = PEOPLE;
const STRANGER = nhsNumber(9);

/** The site as the service has it, with the council behind the server that gives two at a time. */
function tablesThere(settings: object = {}) {
  const site = siteFromObject({
    name: 'Test partnership',
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
    councils: [{ gss: BIRMINGHAM, destination: { kind: 'fhir', url: paged.url }, ...settings }],
  });
  if (site.kind === 'problems') throw new Error(site.problems.join());
  return { ...service.tables, site: { ...service.tables.site, councils: site.site.councils } };
}

async function reconciled(...more: string[]) {
  const tables = tablesThere();
  const args = ['--council', BIRMINGHAM, '--rate', '60000', '--json', ...more];
  const { code, out } = await run(reconcileCommand, args, contextOf(database, { tables: () => tables }));
  return { code, ...JSON.parse(out) };
}

type Episode = {
  id: string;
  patient: { identifier?: { value: string } };
  meta: { versionId: string };
};

async function episodesOf(number: string): Promise<Episode[]> {
  const { entry = [] } = (await (await fetch(`${council.url}/${EPISODES}`)).json()) as {
    entry?: { resource: Episode }[];
  };
  return entry.map(({ resource }) => resource).filter(({ patient }) => patient.identifier?.value === number);
}

async function put(resource: { id?: string } & Record<string, unknown>): Promise<void> {
  const url = resource.id === undefined ? 'EpisodeOfCare' : `EpisodeOfCare/${resource.id}`;
  const answer = await fetch(`${council.url}/${url}`, {
    method: resource.id === undefined ? 'POST' : 'PUT',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  expect(answer.status).toBeLessThan(300);
}

test('a council that lost one person and was restored to an older version of another has both again; of whom it alone knows is asked', async () => {
  expect(
    await acknowledgementsFor(
      service.mllpPort,
      PEOPLE.map((number) => homeOf(number)),
    ),
  ).toEqual(PEOPLE.map(() => 'AA'));
  await untilSettled(database.pool, PATIENCE_MS);
  expect(await reconciled()).toMatchObject({ code: 0, from: 'fhir', counts: { rows: 5, same: 5, differing: 0 } });
  expect(paged.asked).toBe(9);

  const older = await episodesOf(BEHIND);
  await acknowledgementsFor(service.mllpPort, [
    homeOf(BEHIND, { sentAt: '20260305100500', family: 'Changed', left: '20260302100000' }),
  ]);
  await untilSettled(database.pool, PATIENCE_MS);
  for (const episode of older) await put(episode);
  for (const { id } of await episodesOf(LOST)) await fetch(`${council.url}/EpisodeOfCare/${id}`, { method: 'DELETE' });
  await put({
    resourceType: 'EpisodeOfCare',
    identifier: [{ system: 'https://council.example/case', value: 'C-7' }],
    status: 'active',
    type: [
      {
        coding: [
          { system: 'https://aftercare-bridge.example/fhir/CodeSystem/s117-flag', code: 'section-117-aftercare' },
        ],
      },
    ],
    patient: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: STRANGER } },
    period: { start: '2019-05-01' },
  });

  const found = await reconciled('--apply');
  const of = (number: string) => found.people.find((person: { nhsNumber: string }) => person.nhsNumber === number);
  expect(of(LOST)).toMatchObject({ differences: [{ kind: 'missing-there' }], sentAgain: true, asked: false });
  expect(of(BEHIND).sentAgain).toBe(true);
  expect(of(BEHIND).differences).toContainEqual(
    expect.objectContaining({ kind: 'version-behind', here: 'version 2', there: 'version 1' }),
  );
  expect(of(STRANGER)).toMatchObject({
    differences: [{ kind: 'missing-here', caseId: 'C-7' }],
    sentAgain: false,
    asked: true,
  });
  await untilSettled(database.pool, PATIENCE_MS);
  expect(await episodesOf(LOST)).toHaveLength(1);
  expect(await reconciled()).toMatchObject({
    counts: { differing: 1, kinds: { 'missing-here': 1, 'version-behind': 0 } },
  });
});

test('a server that is busy is waited for; one that fails is read on from where it was', async () => {
  await acknowledgementsFor(
    service.mllpPort,
    PEOPLE.map((number) => homeOf(number)),
  );
  await untilSettled(database.pool, PATIENCE_MS);
  paged.asked = 0;
  paged.trouble = { status: 429, times: 1, retryAfter: '1' };
  expect((await reconciled()).counts.rows).toBeGreaterThanOrEqual(5);
  const whole = paged.asked - 1;
  paged.asked = 0;
  const broken = reconciled();
  while (paged.asked < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  paged.trouble = { status: 403, times: 1 };
  await expect(broken).rejects.toThrow(/council-refused: E08000025: .*goes on from there/);
  paged.asked = 0;
  expect((await reconciled()).counts.rows).toBeGreaterThanOrEqual(5);
  expect(paged.asked).toBeLessThan(whole);
});

test('a council that was restored to before a merge is told of it again, under the number that it still holds open', async () => {
  const [old = '', kept = ''] = PEOPLE;
  await acknowledgementsFor(service.mllpPort, [homeOf(old), homeOf(kept)]);
  await untilSettled(database.pool, PATIENCE_MS);
  const before = await episodesOf(old);
  const mergedAway = { nhsNumber: old, mrn: `L${old}` };
  const merged = { nhsNumber: kept, mrn: `L${kept}`, visit: `V${kept}`, mergedAway };
  await acknowledgementsFor(service.mllpPort, [{ trigger: 'A40', sentAt: '20260401100000', ...merged }]);
  await untilSettled(database.pool, PATIENCE_MS);
  const after = await episodesOf(old);
  expect(after.map(({ meta: _, ...episode }) => episode)).not.toEqual(before.map(({ meta: _, ...episode }) => episode));
  for (const episode of before) await put(episode);
  await reconciled('--apply');
  await untilSettled(database.pool, PATIENCE_MS);
  expect((await episodesOf(old)).map(({ meta: _, ...episode }) => episode)).toEqual(
    after.map(({ meta: _, ...episode }) => episode),
  );
});

test('by the site file a register is read when its turn has come, and not before', async () => {
  const tables = tablesThere({ reconcile: { everyDays: 7, apply: true, requestsPerMinute: 60_000 } });
  const at = (days: number) => {
    const now = () => new Date(Date.now() + days * 86_400_000);
    const today = () => londonDay(now().toISOString());
    return reconcileDue({ pool: database.pool, ...tables, now, today, stop: new AbortController().signal, log: quiet });
  };
  const ended = async () =>
    (
      await database.pool.query(
        "select started_by as by, (counts ->> 'rows')::int as rows from reconciliations where ended_at is not null",
      )
    ).rows;
  await at(0);
  expect(await ended()).toEqual([{ by: 'schedule', rows: expect.any(Number) }]);
  await at(6);
  expect(await ended()).toHaveLength(1);
  await at(8);
  expect(await ended()).toHaveLength(2);
  paged.trouble = { status: 403, times: 1 };
  await at(16);
  expect(await ended()).toHaveLength(2);
  await at(16);
  expect(await ended()).toHaveLength(3);
  const { rows } = await database.pool.query("select who, role from audit where action = 'register-compared'");
  expect(rows.filter(({ who }) => who === 'schedule')).toEqual(Array(3).fill({ who: 'schedule', role: 'service' }));
});
