import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { startCouncilProcess } from '../support/council.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import {
  acknowledgementsFor,
  heldBy,
  type RunningService,
  startTestService,
  stateFacts,
  untilSettled,
} from '../support/service.js';

let database: TestDatabase;
let council: Awaited<ReturnType<typeof startCouncilProcess>>;
let service: RunningService;

beforeAll(async () => {
  [database, council] = await Promise.all([testDatabase(), startCouncilProcess('Birmingham')]);
  service = await startTestService({ databaseUrl: database.url, councils: { E08000025: council.url } });
});
afterAll(async () => {
  await service.close();
  await council.stop();
  await database.drop();
});

const owed: Adt = { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V9', periods: [{ ...SECTION_3, id: 'P9' }] };
const informal: Adt = { trigger: 'A01', sentAt: '20260701090000', visit: 'V3', admitted: '20260701' };
const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
const SEPARATION = 'c2f4a8de-0d0b-4f0e-9a61-5d2f9b7c0001';

async function send(...messages: Adt[]): Promise<void> {
  await acknowledgementsFor(service.mllpPort, messages);
  await untilSettled(database.pool);
}

async function state(...facts: Stated[]): Promise<void> {
  await stateFacts(database.pool, service.tables, facts);
  await untilSettled(database.pool);
}

const TYPES = ['Flag', 'EpisodeOfCare', 'CarePlan'];
/** Of each identifier that the council was ever given, the NHS numbers of its patients. */
const named = new Map<string, Set<string>>();

/** `Flag of 9990000018: active` for everything that the council holds; who each is of is remembered. */
async function held(): Promise<string[]> {
  const resources = await Promise.all(TYPES.map((type) => heldBy(council.url, type)));
  const patients = await heldBy(council.url, 'Patient');
  const numbers = new Map(patients.map(({ id, identifier }) => [`Patient/${id}`, identifier?.[0]?.value]));
  return resources
    .flat()
    .map(({ resourceType, identifier, subject, patient, status }) => {
      const of = numbers.get((subject ?? patient)?.reference ?? '') ?? 'nobody';
      const id = identifier?.[0]?.value ?? 'none';
      named.set(id, (named.get(id) ?? new Set()).add(of));
      return `${resourceType} of ${of}: ${status}`;
    })
    .sort();
}

const all = (of: string, ...[flag, episode, plan]: [string, string, string]): string[] => [
  `CarePlan of ${of}: ${plan}`,
  `EpisodeOfCare of ${of}: ${episode}`,
  `Flag of ${of}: ${flag}`,
];
const active = (of: string) => all(of, 'active', 'active', 'draft');
const inError = (of: string) => all(of, 'entered-in-error', 'entered-in-error', 'entered-in-error');
const together = (...held: string[][]) => held.flat().sort();

test('two records are merged, separated and merged again: the right one is active, the other in error, and no identifier ever names another patient', async () => {
  await send(owed);
  expect(await held()).toEqual(together(active(OTHER)));
  await send(informal, merge);
  expect(await held()).toEqual(together(active(PERSON), inError(OTHER)));
  await state({ kind: 'identity-separated', id: SEPARATION, nhsNumber: PERSON, from: OTHER });
  expect(await held()).toEqual(together(inError(PERSON), active(OTHER)));
  await state({ kind: 'withdrawn', nhsNumber: PERSON, fact: SEPARATION, because: 'they are one after all' });
  expect(await held()).toEqual(together(active(PERSON), inError(OTHER)));

  expect([...named.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await heldBy(council.url, 'Patient')).toHaveLength(2);
});

/** What the council holds of these people. */
const heldOf = async (...numbers: string[]) =>
  (await held()).filter((each) => numbers.some((number) => each.includes(number)));

/** The options and the id of what is asked about who these people are. */
async function askedOf(...numbers: string[]): Promise<{ id: string; options: string[] }[]> {
  const { rows } = await database.pool.query<{ id: string; options: string[] }>(
    `select q ->> 'id' as id, q -> 'options' as options
       from entries, jsonb_array_elements(entry -> 'questions') q
      where nhs_number = any ($1) and q ->> 'kind' = 'identity-conflict'`,
    [numbers],
  );
  return rows;
}

test('a merge that is told again after it was undone joins nobody, and sends nothing, until people say that the two are one', async () => {
  const [kept, gone] = ['9990000034', '9990000042'];
  const first: Adt = { ...informal, nhsNumber: kept, mrn: 'L3', visit: 'V5' };
  const second: Adt = { ...owed, nhsNumber: gone, mrn: 'L4', visit: 'V6', periods: [{ ...SECTION_3, id: 'P6' }] };
  const joined: Adt = { ...merge, nhsNumber: kept, mrn: 'L3', visit: 'V5', mergedAway: { nhsNumber: gone, mrn: 'L4' } };
  await send(second);
  await send(first, joined);
  await state({ kind: 'identity-separated', nhsNumber: kept, from: gone });
  const apart = together(inError(kept), active(gone));
  expect(await heldOf(kept, gone)).toEqual(apart);
  expect(await askedOf(kept, gone)).toEqual([]);

  const since = new Date(Date.now() + 60_000).toISOString().replace(/[-:T]|\..*/g, '');
  await send({ ...joined, sentAt: `${since}+0000`, controlId: 'AGAIN' });
  const asked = await askedOf(kept, gone);
  expect(asked.map(({ options }) => options)).toEqual([
    ['one-person', 'two-people'],
    ['one-person', 'two-people'],
  ]);
  expect(await heldOf(kept, gone)).toEqual(apart);

  const question = asked[0]?.id;
  await state({ kind: 'answer', nhsNumber: gone, question, option: 'one-person', because: 'both were asked' });
  expect(await askedOf(kept, gone)).toEqual([]);
  expect(await heldOf(kept, gone)).toEqual(together(active(kept), inError(gone)));
  expect([...named.values()].every(({ size }) => size === 1)).toBe(true);
});
