import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Bundle, OperationOutcome, Task } from 'fhir/r4.js';
import { rebuildCommand } from '../../src/commands/rebuild.js';
import { contextOf, run } from '../commands/terminal.js';
import { NHS } from '../fhir/samples.js';
import { homeOf, OTHER, PERSON } from '../scenarios/adt.js';
import { type FaultyCouncil, startFaultyCouncil } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
} from '../support/service.js';
import { until } from '../support/until.js';

const BIRMINGHAM = 'E08000025';
const THIRD = '9990000034';

let database: TestDatabase;
let service: RunningService;
let council: FaultyCouncil | null = null;

const begin = async (councils: Record<string, string>) => {
  const senders = [{ ods: '406', name: 'Birmingham City Council', feed: 'fhir-council' }];
  service = await startTestService({ databaseUrl: database.url, councils, senders });
};
beforeAll(async () => {
  database = await testDatabase();
  await begin({});
});
afterAll(async () => {
  await service.close();
  await council?.stop();
  await database.drop();
});

const hear = async (...messages: Parameters<typeof homeOf>[]) => {
  await acknowledgementsFor(
    service.mllpPort,
    messages.map((message) => homeOf(...message)),
  );
  await untilSettled(database.pool);
};

/** Its Task, as the body fetches it. */
const fetched = async (number: string): Promise<Task> => {
  const body = new URLSearchParams({ 'subject:identifier': `${NHS}|${number}` });
  const answer = await fetch(`http://127.0.0.1:${service.httpPort}/fhir/Task/_search`, { method: 'POST', body });
  const { entry: [first] = [] } = (await answer.json()) as Bundle<Task>;
  if (!first?.resource) throw new Error('nothing was told');
  return first.resource;
};

const unread = async (): Promise<number> =>
  (await database.pool.query("select from messages where state = 'received'")).rowCount ?? 0;

/** A system of its own rewrites what a server may: `meta` and `id` are no longer ours. */
const answer = async (task: Task, over: Partial<Task>): Promise<string> => {
  const own = { ...task, id: 'council-7', meta: { lastUpdated: new Date().toISOString(), versionId: '9' }, ...over };
  const answered = await fetch(`http://127.0.0.1:${service.httpPort}/fhir/Task/council-7`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(own),
  });
  await until(async () => (await unread()) === 0);
  const { issue = [] } = answered.status === 422 ? ((await answered.json()) as OperationOutcome) : {};
  return [answered.status, ...issue.flatMap(({ expression }) => expression ?? [])].join(' ');
};

/** How what was tried for any version ended. */
const attempts = async (): Promise<string[]> =>
  (await database.pool.query('select result from delivery_attempts order by id')).rows.map(({ result }) => result);

/** The versions that a body was told of somebody, with how each stands. */
const stands = async (number: string): Promise<string[]> => {
  const { rows } = await database.pool.query<{ stands: string }>(
    `select concat_ws(' ', p.record_version, d.state, d.last_fault, d.confirmed_at is not null) as stands
       from deliveries d
       join publications p on p.id = d.publication_id
       join person_keys k on k.key = p.person_key
      where k.anchor = $1 and p.body = $2
      order by p.record_version`,
    [`nhs:${number}`, BIRMINGHAM],
  );
  return rows.map((row) => row.stands);
};

/** The ids of what is asked about somebody. */
const asked = async (number: string): Promise<string[]> => {
  const { rows } = await database.pool.query<{ id: string }>(
    `select q ->> 'id' as id
       from entries, jsonb_array_elements(entry -> 'questions') as q
      where nhs_number = $1`,
    [number],
  );
  return rows.map(({ id }) => id);
};

const settle = (nhsNumber: string, question: string | undefined, option: string) =>
  stateFacts(database.pool, service.tables, [
    { kind: 'answer', nhsNumber, question, option, because: 'the papers were read' },
  ]);

const PARKED = 'parked destination-missing f';

test('a body that is sent nothing has the version that it answers, and not the next one', async () => {
  await hear([PERSON]);
  expect(await stands(PERSON)).toEqual([`1 ${PARKED}`]);
  const first = await fetched(PERSON);
  expect(await stands(PERSON)).toEqual([`1 ${PARKED}`]);
  expect(await answer(first, { status: 'received' })).toBe('200');
  expect(await stands(PERSON)).toEqual([`1 ${PARKED}`]);
  expect(await answer(first, { status: 'accepted' })).toBe('200');
  expect(await stands(PERSON)).toEqual(['1 confirmed t']);
  expect(await attempts()).toEqual(['answered']);

  await hear([PERSON, { controlId: 'M-2', sentAt: '20260305100500', left: '20260302100000' }]);
  expect(await stands(PERSON)).toEqual(['1 confirmed t', `2 ${PARKED}`]);
  expect(await answer(first, { status: 'completed' })).toBe('200');
  expect(await stands(PERSON)).toEqual(['1 confirmed t', `2 ${PARKED}`]);
  expect(await answer(await fetched(PERSON), { status: 'accepted' })).toBe('200');
  expect(await stands(PERSON)).toEqual(['1 confirmed t', '2 confirmed t']);
});

test('who rejects has read it; an earlier version is overtaken, and a rebuild changes nothing', async () => {
  await hear([OTHER]);
  await hear([OTHER, { controlId: 'M-3', sentAt: '20260305100500', left: '20260302100000' }]);
  const statusReason = { text: 'lives in Solihull' };
  expect(await answer(await fetched(OTHER), { status: 'rejected', statusReason })).toBe('200');
  const before = await stands(OTHER);
  expect(before).toEqual(['1 overtaken destination-missing f', '2 confirmed t']);
  await run(rebuildCommand, [], contextOf(database, { tables: () => service.tables }));
  expect(await stands(OTHER)).toEqual(before);
});

test.each([[0], ['2'], [1.5], [2_147_483_648], [null]])('a version %j is none, and refused', async (version) => {
  const extension = [{ url: (await fetched(PERSON)).extension?.[0]?.url, valuePositiveInt: version }];
  const task = { ...(await fetched(PERSON)), extension } as Task;
  expect(await answer(task, { status: 'accepted' })).toBe('422 Task.extension.valuePositiveInt');
});

test.each([[[]], [{}], [[{ valueString: 'x' }]], ['none']])(
  'what else a body keeps there, %j, is its own',
  async (extension) => {
    const task = { ...(await fetched(PERSON)), extension } as Task;
    expect(await answer(task, { status: 'accepted' })).toBe('200');
  },
);

test('an objection that people have settled is not asked again when the next version is answered alike', async () => {
  const number = '9990000042';
  const statusReason = { text: 'lives in Solihull' };
  await hear([number]);
  expect(await answer(await fetched(number), { status: 'rejected', statusReason })).toBe('200');
  await untilSettled(database.pool);
  const [question] = await asked(number);
  await settle(number, question, 'stays-responsible');
  expect(await asked(number)).toEqual([]);
  await hear([number, { controlId: 'M-4', sentAt: '20260305100500', left: '20260302100000' }]);
  expect(await answer(await fetched(number), { status: 'rejected', statusReason })).toBe('200');
  await untilSettled(database.pool);
  expect((await stands(number)).at(-1)).toMatch(/^\d confirmed t/);
  expect(await asked(number)).toEqual([]);
});

test('who answers after the next version was told has read the one before, and not the next', async () => {
  const number = '9990000050';
  await hear([number]);
  const first = await fetched(number);
  await hear([number, { controlId: 'M-5', sentAt: '20260305100500', left: '20260302100000' }]);
  expect(await stands(number)).toEqual(['1 overtaken destination-missing f', `2 ${PARKED}`]);
  expect(await answer(first, { status: 'accepted' })).toBe('200');
  expect(await stands(number)).toEqual(['1 overtaken t', `2 ${PARKED}`]);
});

test('what was parked for another reason is confirmed too; what only takes back is confirmed as it came', async () => {
  const number = '9990000069';
  await hear([number]);
  await database.pool.query("update deliveries set last_fault = 'council-refused' where state = 'parked'");
  expect(await answer(await fetched(number), { status: 'accepted' })).toBe('200');
  expect(await stands(number)).toEqual(['1 confirmed t']);
  const deleted = { id: `P${number}`, action: 'D' } as const;
  await hear([number, { controlId: 'M-6', trigger: 'A08', sentAt: '20260306100500', periods: [deleted] }]);
  await settle(number, (await asked(number))[0], 'never-detained');
  await untilSettled(database.pool);
  expect(await fetched(number)).toMatchObject({ status: 'entered-in-error' });
  expect(await answer(await fetched(number), {})).toBe('200');
  expect((await stands(number)).at(-1)).toBe('2 confirmed t');
});

test('an answer that comes while a rebuild reads everything again confirms all the same', async () => {
  const number = '9990000077';
  await hear([number]);
  const task = await fetched(number);
  await database.pool.query('update nodes set person_key = null');
  expect(await answer(task, { status: 'accepted' })).toBe('200');
  expect(await stands(number)).toEqual(['1 confirmed t']);
  await run(rebuildCommand, [], contextOf(database, { tables: () => service.tables }));
});

test('without a version, or with one that there is not, an answer is an answer and confirms nothing', async () => {
  await hear([THIRD]);
  const { extension: [version] = [], ...task } = await fetched(THIRD);
  expect(await answer(task as Task, { status: 'accepted' })).toBe('200');
  const later = { ...task, extension: [{ ...version, valuePositiveInt: 7 }] } as Task;
  expect(await answer(later, { status: 'accepted' })).toBe('200');
  expect(await stands(THIRD)).toEqual([`1 ${PARKED}`]);
});

test('where a body is sent what it is told, its own system confirms, and no answer does', async () => {
  const task = await fetched(THIRD);
  await service.close();
  council = await startFaultyCouncil('Birmingham');
  await council.refuseConnections();
  await begin({ [BIRMINGHAM]: council.url });
  expect(await answer(task, { status: 'accepted' })).toBe('200');
  expect((await stands(THIRD))[0]).toMatch(/^1 (?:due|sending) /);
});
