import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, OperationOutcome, Task } from 'fhir/r4.js';
import { evidenceCommand } from '../../src/commands/evidence.js';
import { registerCommand } from '../../src/commands/register.js';
import { addDays, londonDay } from '../../src/register/day.js';
import { contextOf, run } from '../commands/terminal.js';
import { NHS } from '../fhir/samples.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
} from '../support/service.js';

const OURS = 'https://aftercare-bridge.example/fhir';
const BIRMINGHAM = 'E08000025';
const CHILDREN = `${BIRMINGHAM}-children`;
const other: Adt = {
  ...HOME,
  controlId: 'M2',
  nhsNumber: OTHER,
  mrn: 'L2',
  visit: 'V2',
  periods: [{ ...SECTION_3, id: 'P2' }],
};

let database: TestDatabase;
let council: FaultyCouncil;
let childrens: FaultyCouncil;
let service: RunningService;
/** What the council holds of the first person. */
let episode = '';

beforeAll(async () => {
  database = await testDatabase();
  council = await startFaultyCouncil('Birmingham');
  const senders = ['406', '409'].map((ods) => ({ ods, name: `Council ${ods}`, feed: 'fhir-council' }));
  childrens = await startFaultyCouncil('Birmingham, children');
  const councils = { [BIRMINGHAM]: council.url, [CHILDREN]: childrens.url };
  service = await startTestService({ databaseUrl: database.url, councils, senders });
  expect(await acknowledgementsFor(service.mllpPort, [HOME])).toEqual(['AA']);
  await untilSettled(database.pool);
  episode = (await heldBy(council.url, 'EpisodeOfCare'))[0]?.identifier?.[0]?.value ?? '';
  expect(await acknowledgementsFor(service.mllpPort, [other])).toEqual(['AA']);
  await untilSettled(database.pool);
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await childrens.stop();
  await database.drop();
});

/** The council's own task, under an id of its own; `at`: when it says so. */
const task = (over: Partial<Task> = {}, at = '2026-03-04T09:00:00Z'): Task => ({
  resourceType: 'Task',
  id: 'council-7',
  meta: { lastUpdated: at },
  status: 'accepted',
  intent: 'order',
  owner: { identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: '406' } },
  focus: { identifier: { system: `${OURS}/sid/episode`, value: episode } },
  for: { identifier: { system: NHS, value: PERSON } },
  ...over,
});

async function send(method: string, path: string, body: object): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${service.httpPort}/fhir${path}`, {
    method,
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(body),
  });
  const json = (await answer.json()) as OperationOutcome | Bundle;
  const issues = json.resourceType === 'OperationOutcome' ? json.issue : [];
  const wrong = issues.filter(({ severity }) => severity === 'error').flatMap(({ expression }) => expression ?? []);
  await untilSettled(database.pool);
  return [answer.status, ...wrong].join(' ');
}

/** What `aftercare register` says, of the first person unless another is named. */
const row = async (options: readonly string[] = [], number = PERSON) => {
  const terminal = contextOf(database, { tables: () => service.tables });
  return JSON.parse((await run(registerCommand, [number, '--json', ...options], terminal)).out);
};
const asked = async (number = PERSON): Promise<string[]> =>
  (await row([], number)).questions.flatMap(({ kind, text }: Record<string, string>) =>
    kind === 'body-objects' ? [text] : [],
  );
const flags = async () => (await heldBy(council.url, 'Flag')).map(({ status }) => status);

describe('a council answers to what it was told', () => {
  test('it takes it up: its number of the case stands beside its confirmation', async () => {
    const caseId = { type: { coding: [{ system: `${OURS}/CodeSystem/s117-task-output`, code: 'case-id' }] } };
    const output = [{ ...caseId, valueString: 'C-117' }];
    expect(await send('PUT', '/Task/council-7', task({ output }))).toBe('200');
    const { told, status } = await row();
    expect(told).toMatchObject([
      { state: 'confirmed', reply: { body: BIRMINGHAM, on: '2026-03-04', outcome: 'accepted', caseId: 'C-117' } },
    ]);
    expect([status, await asked()]).toEqual(['active', []]);
    const printed = await run(registerCommand, [PERSON], contextOf(database, { tables: () => service.tables }));
    expect(printed.out).toMatch(/confirmed .*\n.*answered 4 Mar 2026: has taken up .*; its case is C-117/);
    const { rows } = await database.pool.query('select person_key from entries where nhs_number = $1', [PERSON]);
    const page = await fetch(`http://127.0.0.1:${service.httpPort}/console/register/${rows[0].person_key}`);
    expect(await page.text()).toMatch(/answered 4 Mar 2026: has taken up what it was told; its case is C-117/);
  });

  test('then it rejects it: a question for people, and nothing else', async () => {
    const before = await row();
    const rejected = task({ status: 'rejected', statusReason: { text: 'not ours' } }, '2026-03-09T09:00:00Z');
    expect(await send('PUT', '/Task/council-7', rejected)).toBe('200');
    expect(await send('PUT', '/Task/council-7', rejected)).toBe('200');
    expect(await asked()).toEqual([expect.stringMatching(/^E08000025 rejected on 2026-03-09 .*: not ours\./)]);
    const after = await row();
    expect(after).toMatchObject({ status: 'active', council: before.council, episodes: before.episodes });
    expect(after.told).toMatchObject([{ recordVersion: 1, reply: { outcome: 'rejected', caseId: 'C-117' } }]);
    expect(await flags()).toEqual(['active', 'active']);
  });

  test('the older answer comes again, late: it is known, and says nothing new', async () => {
    expect(await send('PUT', '/Task/council-7', task())).toBe('200');
    expect(await asked()).toHaveLength(1);
  });

  test('it answers in a transaction, and in a message that answers: the newest counts', async () => {
    const withdrawn = task({ status: 'in-progress' }, '2026-03-11T09:00:00Z');
    const transaction = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [{ resource: withdrawn, request: { method: 'PUT', url: 'Task/council-7' } }],
    };
    expect(await send('POST', '', transaction)).toBe('200');
    expect(await asked()).toEqual([]);
    const header = {
      resourceType: 'MessageHeader',
      eventUri: `${OURS}/CodeSystem/s117-message-event#s117-response`,
      source: { endpoint: 'urn:nhs-uk:addressing:ods:406' },
      response: { identifier: 'm-1', code: 'ok' },
    };
    const disputed = task(
      {
        businessStatus: {
          coding: [{ system: `${OURS}/CodeSystem/s117-reply`, code: 'accepted-responsibility-disputed' }],
        },
        statusReason: { text: 'lived in Solihull' },
      },
      '2026-03-12T09:00:00Z',
    );
    const message = { resourceType: 'Bundle', type: 'message', entry: [{ resource: header }, { resource: disputed }] };
    expect(await send('POST', '/$process-message', message)).toBe('200');
    expect(await asked()).toEqual([expect.stringMatching(/^E08000025 accepted on 2026-03-12 .*: lived in Solihull\./)]);
  });

  test.each<[string, () => Partial<Task>, string]>([
    [
      'an episode that nobody was told',
      () => ({ focus: focusOn('00000000-0000-4000-8000-000000000001') }),
      '422 Task.focus.identifier',
    ],
    ['no identifier at all', () => ({ focus: focusOn('17') }), '422 Task.focus.identifier'],
    ['nothing that we sent', () => ({ focus: { reference: 'Encounter/17' } }), '422 Task.focus.identifier'],
    [
      'another person than the one of the episode',
      () => ({ for: { identifier: { system: NHS, value: OTHER } } }),
      '422 Task.focus.identifier',
    ],
    ['nobody', () => ({ for: undefined }), '422 Task.for'],
    ['another council than the one that was told', () => ({ owner: ownerOf('409') }), '422 Task.focus.identifier'],
    ['an organisation that is not known here', () => ({ owner: ownerOf('ZZZ') }), '403 Task.owner'],
    ['no reason', () => ({ status: 'rejected' }), '422 Task.statusReason'],
    ['before it was answered', () => ({ meta: { lastUpdated: '2099-03-04T09:00:00Z' } }), '422 Task.meta.lastUpdated'],
    ['no status', () => ({ status: undefined as unknown as Task['status'] }), '400 Task.status'],
  ])('an answer that names %s is refused, and changes nothing', async (_, over, refused) => {
    const before = await row();
    expect(await send('PUT', '/Task/council-7', task(over(), '2026-04-01T09:00:00Z'))).toBe(refused);
    expect(await row()).toEqual(before);
  });

  test('in a batch the entry that cannot be taken is answered in its place', async () => {
    const entry = [task({}, '2026-03-20T09:00:00Z'), task({ status: 'rejected' }, '2026-03-21T09:00:00Z')].map(
      (resource, at) => ({ resource, request: { method: 'PUT', url: `Task/council-7${at}` } }),
    );
    const batch = {
      resourceType: 'Bundle',
      type: 'batch',
      entry: entry.map((each, at) => ({ ...each, resource: { ...each.resource, id: `council-7${at}` } })),
    };
    const answer = await fetch(`http://127.0.0.1:${service.httpPort}/fhir`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(batch),
    });
    const { entry: answers = [] } = (await answer.json()) as Bundle;
    await untilSettled(database.pool);
    expect(answers.map(({ response }) => response?.status)).toEqual(['200 OK', '422 Unprocessable Entity']);
    expect(answers[1]?.response?.outcome).toMatchObject({
      issue: [{ expression: ['Bundle.entry[1].resource.statusReason'] }],
    });
  });

  test('what was known before it answered is without its answer', async () => {
    const { pool } = database;
    const ago = "- interval '3 days'";
    await pool.query(
      `update interpretations set interpreted_at = interpreted_at ${ago}
        where message_id in (select id from messages where message_code <> 'FHIR')`,
    );
    await pool.query(`update publications set published_at = published_at ${ago}`);
    const yesterday = addDays(londonDay(new Date().toISOString()), -1);
    const [before, now] = [await row(['--known-at', yesterday]), await row()];
    expect(before).toMatchObject({ status: 'active', told: [{ recordVersion: 1, reply: null }] });
    expect(before.questions.map(({ kind }: { kind: string }) => kind)).not.toContain('body-objects');
    expect(now.told).toMatchObject([{ reply: { outcome: 'accepted' } }]);
  });

  test('nothing of the answer is in the log', () => {
    expect(service.log.join('')).not.toMatch(/999\d{7}|C-117|not ours|Solihull/);
  });
});

test('a council answers to what its system for children was told, as the council', async () => {
  const child = { ...HOME, nhsNumber: '9990000050', mrn: 'L5', visit: 'V5', birthDate: '20150102' };
  await acknowledgementsFor(service.mllpPort, [{ ...child, periods: [{ ...SECTION_3, id: 'P5' }] }]);
  await untilSettled(database.pool);
  const [given] = await heldBy(childrens.url, 'EpisodeOfCare');
  const answer: Partial<Task> = {
    id: 'council-child',
    status: 'rejected',
    statusReason: { text: 'not ours' },
    focus: focusOn(given?.identifier?.[0]?.value ?? ''),
    for: { identifier: { system: NHS, value: child.nhsNumber } },
  };
  expect(await send('PUT', '/Task/council-child', task(answer))).toBe('200');
  const found = await row([], child.nhsNumber);
  expect(found.told).toMatchObject([{ to: CHILDREN, reply: { body: BIRMINGHAM, outcome: 'rejected' } }]);
  expect(await asked(child.nhsNumber)).toEqual([expect.stringMatching(/^E08000025 rejected /)]);
  expect(found.status).toBe('active');
});

describe('an answer about somebody whose record was merged', () => {
  const [KEPT, GONE] = ['9990000034', '9990000042'];
  const episodes: Record<string, string> = {};
  const answerTo = (number: string, over: Partial<Task>, at: string) =>
    task(
      {
        id: `council-${number}`,
        focus: focusOn(episodes[number] ?? ''),
        for: { identifier: { system: NHS, value: number } },
        ...over,
      },
      at,
    );
  const hear = async (...messages: Adt[]) => {
    expect(await acknowledgementsFor(service.mllpPort, messages)).toEqual(messages.map(() => 'AA'));
    await untilSettled(database.pool);
  };
  const objects = async (number: string) => (await asked(number)).map((text) => text.slice(0, 32));
  const MARKUP = `<img src=x onerror="alert('x')"> & more`;

  beforeAll(async () => {
    for (const [number, mrn] of [
      [KEPT, 'L3'],
      [GONE, 'L4'],
    ] as const) {
      const before = (await heldBy(council.url, 'EpisodeOfCare')).map(({ identifier }) => identifier?.[0]?.value);
      await hear({ ...HOME, nhsNumber: number, mrn, visit: `V-${mrn}`, periods: [{ ...SECTION_3, id: `P-${mrn}` }] });
      const given = (await heldBy(council.url, 'EpisodeOfCare')).map(({ identifier }) => identifier?.[0]?.value ?? '');
      episodes[number] = given.find((id) => !before.includes(id)) ?? '';
    }
  });

  test('is of the person who both are while they are one, and of its own again once they are separated', async () => {
    const rejected = { status: 'rejected', statusReason: { text: MARKUP } } as const;
    expect(await send('PUT', `/Task/council-${GONE}`, answerTo(GONE, rejected, '2026-03-04T09:00:00Z'))).toBe('200');
    expect([await objects(KEPT), await objects(GONE)]).toEqual([[], ['E08000025 rejected on 2026-03-04']]);
    const merged = { nhsNumber: KEPT, mrn: 'L3', visit: 'V-L3', periods: [] };
    const mergedAway = { nhsNumber: GONE, mrn: 'L4' };
    await hear({ ...HOME, ...merged, trigger: 'A40', sentAt: '20260702090000', mergedAway });
    expect(await objects(KEPT)).toEqual(['E08000025 rejected on 2026-03-04']);
    await stateFacts(database.pool, service.tables, [{ kind: 'identity-separated', nhsNumber: KEPT, from: GONE }]);
    await untilSettled(database.pool);
    expect([await objects(KEPT), await objects(GONE)]).toEqual([[], ['E08000025 rejected on 2026-03-04']]);
    expect([(await row([], KEPT)).status, (await row([], GONE)).status]).toEqual(['active', 'active']);
  });

  test('what it says is text wherever it is shown', async () => {
    const { rows } = await database.pool.query('select person_key from entries where nhs_number = $1', [GONE]);
    const page = await fetch(`http://127.0.0.1:${service.httpPort}/console/register/${rows[0].person_key}`);
    const evidence = await run(evidenceCommand, [GONE], contextOf(database, { tables: () => service.tables }));
    for (const html of [await page.text(), evidence.out]) {
      expect(html).toContain('&lt;img src=x onerror=');
      expect(html).not.toContain('<img src=x');
    }
  });
});

const focusOn = (value: string): Task['focus'] => ({ identifier: { system: `${OURS}/sid/episode`, value } });
const ownerOf = (value: string): Task['owner'] => ({
  identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value },
});
