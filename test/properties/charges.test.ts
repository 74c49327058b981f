import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ChargedList, chargedList } from '../../src/flow/charged-list.js';
import { chargedPeople, openChargeSums, type PersonCharged } from '../../src/flow/charges.js';
import { rebuild } from '../../src/flow/rebuild.js';
import { recordFacts } from '../../src/flow/record.js';
import { CHARGE_KINDS, type Charge, type Charged, type ChargeKind, penceOf } from '../../src/register/charged.js';
import { addDays, type Day } from '../../src/register/day.js';
import { chargeStore } from '../../src/store/charges.js';
import { type Adt, HOME, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, told as toldFacts } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { PERSONS, type Story, story } from './histories.js';
import { houseOf } from './house.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);
const TODAY = '2026-11-21';

let database: TestDatabase;
let house: ReturnType<typeof houseOf>;
beforeAll(async () => {
  database = await testDatabase();
  house = houseOf(database, () => TODAY);
});
afterAll(() => database.drop());

const CHARGE: Stated = { kind: 'charge', from: '2026-04-01', to: null, amountPerWeek: '70.00', for: 'Meals' };
const days = ['2025-06-01', '2026-02-28', '2026-03-01', '2026-04-01', '2026-11-20', TODAY];
const charge: fc.Arbitrary<Stated> = fc
  .record({
    kind: fc.constant('charge'),
    nhsNumber: fc.constantFrom(...PERSONS.map(({ nhsNumber }) => nhsNumber)),
    from: fc.constantFrom(...days),
    to: fc.constantFrom(...days, '2027-03-01', null, null, null),
    amountPerWeek: fc.constantFrom('0.01', '7', '70.00', '99.99', '1120.55'),
    for: fc.constantFrom('Meals', 'Rent'),
    recordedAs: fc.constantFrom('care-act', 's117', 'other'),
    accommodation: fc.boolean(),
  })
  .map((stated) => (stated.to !== null && stated.to < stated.from ? { ...stated, to: null } : stated));

type Course = { number: number; isLate: boolean; isBackAgain: boolean; accommodation: boolean };
const course: fc.Arbitrary<Course> = fc.record({
  number: fc.nat(PERSONS.length - 1),
  isLate: fc.boolean(),
  isBackAgain: fc.boolean(),
  accommodation: fc.boolean(),
});

/** Home after a section 3, told late or not; then perhaps in hospital and at home again, with a plan for where to live. */
function lived({ number, isLate, isBackAgain, accommodation }: Course): Story {
  const { nhsNumber = '', mrn = '' } = PERSONS[number] ?? {};
  const [first, second] = [`V${mrn}`, `W${mrn}`];
  const of = { nhsNumber, mrn };
  const home: Adt = { ...HOME, ...of, visit: first, periods: [{ ...SECTION_3, id: first }] };
  const again: Adt = {
    ...{ ...home, sentAt: '20260801100500', visit: second, admitted: '20260601080000', left: '20260801100000' },
    periods: [{ ...SECTION_3, id: second, from: '20260601', to: '20260801' }],
  };
  const plan = { kind: 'plan', nhsNumber, agreedOn: '2026-08-02', needs: [] };
  return {
    messages: [{ ...home, ...(isLate && { sentAt: '20260410100500' }) }, ...(isBackAgain ? [again] : [])],
    stated: accommodation ? [{ ...plan, accommodation: { meetsNeed: true, because: 'as agreed' } }] : [],
  };
}

/** People who were at home, some charged for it; and now and then whatever else may happen. */
const charged: fc.Arbitrary<Story> = fc
  .tuple(
    fc.uniqueArray(course, { minLength: 1, maxLength: 3, selector: ({ number }) => number }),
    fc.oneof({ weight: 2, arbitrary: fc.constant({ messages: [], stated: [] }) }, story),
    fc.array(charge, { minLength: 1, maxLength: 8 }),
  )
  .map(([courses, other, charges]) => {
    const lives = courses.map(lived);
    return {
      messages: [...lives.flatMap(({ messages }) => messages), ...other.messages],
      stated: [...lives.flatMap(({ stated }) => stated), ...other.stated, ...charges],
    };
  });

type Asked = { body: string | null; kind: ChargeKind | null; today: Day };
const ask: fc.Arbitrary<Asked> = fc.record({
  body: fc.constantFrom(null, null, 'E08000025', 'QHL'),
  kind: fc.constantFrom(null, null, ...CHARGE_KINDS),
  today: fc.constantFrom(TODAY, TODAY, '2026-03-15', '2025-12-31', '2028-02-29'),
});

/** The list to its end, two people a page. */
async function listOf({ body, kind, today }: Asked): Promise<ChargedList> {
  const read = (after: ChargedList['next']) => chargedList({ body, kind }, { after, persons: 2 }, database.pool, today);
  let page = await read(null);
  const people = [...page.people];
  while (page.next) {
    page = await read(page.next);
    people.push(...page.people);
  }
  return { ...page, people };
}

/** Everybody, as the entries say it. */
async function everybody({ body, today }: Asked): Promise<PersonCharged[]> {
  const people: PersonCharged[] = [];
  for await (const page of chargedPeople(database.pool, today, body ?? undefined)) people.push(...page);
  return people;
}

const sumOf = ({ charged }: PersonCharged) => charged.reduce((sum, { pence }) => sum + pence, 0);
const largestFirst = (a: PersonCharged, b: PersonCharged) =>
  sumOf(b) - sumOf(a) || (a.personKey < b.personKey ? -1 : 1);

/** Day by day: of each the whole pence that came with it. */
function byMonth(charges: readonly Charged[], today: Day): Map<string, number> {
  const months = new Map<string, number>();
  for (const each of charges) {
    let [counted, told] = [0, 0];
    for (let day = each.charge.from; day <= today; day = addDays(day, 1)) {
      if (!isCharged(each, day)) continue;
      counted += 1;
      const pence = Math.round((penceOf(each.charge.amountPerWeek) * counted) / 7);
      months.set(day.slice(0, 7), (months.get(day.slice(0, 7)) ?? 0) + pence - told);
      told = pence;
    }
  }
  return months;
}

const isCharged = ({ while: times }: Charged, day: Day): boolean =>
  times.some(({ from, to }) => from <= day && (to === null || to >= day));

async function expectSame(asked: Asked): Promise<void> {
  const [list, people] = [await listOf(asked), await everybody(asked)];
  const charges = people.flatMap(({ charged }) => charged);
  const sums = openChargeSums();
  for (const person of people) sums.add(person);
  expect(list.sums).toEqual(sums.sums());
  expect(new Map([...list.months].map(([month, { pence }]) => [month, pence]))).toEqual(byMonth(charges, asked.today));
  const goOn = charges.filter((each) => isCharged(each, asked.today));
  expect(list.goesOn).toEqual({
    charges: goOn.length,
    pencePerWeek: goOn.reduce((sum, { charge }) => sum + penceOf(charge.amountPerWeek), 0),
  });
  const isOf = ({ kinds }: Charged) => asked.kind !== null && kinds.includes(asked.kind);
  const shown = people.filter(({ charged }) => asked.kind === null || charged.some(isOf)).sort(largestFirst);
  expect(list.people.map(({ personKey }) => personKey)).toEqual(shown.map(({ personKey }) => personKey));
}

const kept = async () => {
  const { rows } = await database.pool.query(
    'select * from open_charges order by person_key, pence_per_week, fact, stretch',
  );
  return rows;
};

/** What folding has kept is what the migration makes of entries that are there. */
async function expectFilledTheSame(): Promise<void> {
  const folded = await kept();
  await database.pool.query('drop table open_charges');
  await database.pool.query(
    await readFile(new URL('../../src/store/migrations/0025_open_charges.sql', import.meta.url), 'utf8'),
  );
  expect(await kept()).toEqual(folded);
}

test('for all histories: the page of charges says what the entries say, on any day', async () => {
  await fc.assert(
    fc.asyncProperty(charged, fc.array(ask, { minLength: 3, maxLength: 3 }), async (told, all) => {
      await house.forget();
      await house.live(told);
      for (const asked of all) await expectSame(asked);
      const news = await chargeStore(database.pool).newSince(new Date(0));
      expect(news.reduce((sum, { count }) => sum + count, 0)).toBe(
        new Set((await kept()).map(({ fact }) => fact)).size,
      );
    }),
    { numRuns: RUNS },
  );
}, 600_000);

test('so it does of a charge that ends before it begins, or of a number of something else, recorded before these were refused', async () => {
  await house.forget();
  await house.live({ messages: [HOME], stated: [] });
  const [told] = toldFacts([], [{ ...CHARGE, nhsNumber: PERSON }]).facts;
  const backwards = { ...told, from: '2026-05-01', to: '2026-04-01', recordedAs: 'care-act' } as Charge;
  const large = { ...told, id: randomUUID(), from: '2026-04-01', amountPerWeek: '9990000018' } as Charge;
  await recordFacts([backwards, large], 'test', house.deps);
  await expectSame({ body: null, kind: 'recorded-as-care-act', today: TODAY });
  expect(await kept()).toEqual([expect.objectContaining({ first_on: null }), expect.anything()]);
  await expectFilledTheSame();
});

test('for all histories: an older database is given what folding keeps, and a rebuild keeps the same', async () => {
  await fc.assert(
    fc.asyncProperty(charged, async (told) => {
      await house.forget();
      await house.live(told);
      const before = await kept();
      await expectFilledTheSame();
      await rebuild(house.deps);
      expect(await kept()).toEqual(before);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
