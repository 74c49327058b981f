import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { chargeDrawing } from '../../src/console/charges-drawing.js';
import { nhsNumber } from '../../src/invented.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import { hear, work } from '../commands/service.js';
import { BIRMINGHAM, BSOL, SOLIHULL } from '../publish/entries.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { audit, bearer, type House, houseTables, openHouse, page } from './house.js';

const [CARE_HOME, MEALS, LATE, DIED, FREE] = [1, 2, 3, 4, 5].map(nhsNumber) as [string, string, string, string, string];

const home = (number: string, over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  nhsNumber: number,
  mrn: `L${number}`,
  visit: `V${number}`,
  periods: [{ ...SECTION_3, id: `P${number}` }],
  ...over,
});

let house: House;
const open = async () => {
  house = await openHouse({ now: () => new Date('2026-06-30T12:00:00Z') });
};

const statedBy = { organisation: 'E08000025', name: 'An Officer', role: 'finance officer' };

async function state(...facts: object[]): Promise<void> {
  if (facts.length > 5) return state(...facts.slice(0, 5)).then(() => state(...facts.slice(5)));
  const answer = await fetch(`${house.url}/api/facts`, {
    method: 'POST',
    headers: { ...bearer(), 'content-type': 'application/x-ndjson' },
    body: facts.map((fact) => JSON.stringify({ statedBy, ...fact })).join('\n'),
  });
  if (!answer.ok) throw new Error(await answer.text());
  await work(house.database, houseTables());
}

const charge = (number: string, over: object = {}) => ({
  kind: 'charge',
  nhsNumber: number,
  from: '2026-04-01',
  to: '2026-04-14',
  amountPerWeek: '70.00',
  for: 'Residential care',
  ...over,
});

const charges = async (query = '') => {
  const answer = await fetch(`${house.url}/api/charges${query}`, { headers: bearer() });
  return { status: answer.status, ...(await answer.json()) };
};
const numbers = ({ people }: { people: { nhsNumber: string }[] }) => people.map((person) => person.nhsNumber);

/** Three who are charged, one of them told late; one who has died; one whom nobody charges. */
async function someAreCharged(): Promise<void> {
  const messages = [
    home(CARE_HOME, { family: 'Fenwick' }),
    home(MEALS),
    home(LATE, { sentAt: '20260501100500' }),
    home(DIED),
    home(FREE),
  ];
  await hear(messages, house.database, houseTables());
  await state(
    charge(CARE_HOME, { to: null, amountPerWeek: '1120.55', recordedAs: 'care-act' }),
    charge(CARE_HOME, { from: '2026-03-02', to: '2026-03-08', for: 'Meals', amountPerWeek: '7' }),
    charge(MEALS, { for: 'Meals' }),
    charge(LATE, { to: '2026-04-21' }),
    { kind: 'died', nhsNumber: DIED, on: '2026-04-20', verified: true },
  );
}

describe('the list of who is charged', () => {
  beforeAll(async () => {
    await open();
    await someAreCharged();
  });
  afterAll(() => house.close());

  test('has the largest sum first, since when and by which question, and who is asked about without a charge last', async () => {
    const list = await charges();
    expect(numbers(list)).toEqual([CARE_HOME, LATE, MEALS, DIED]);
    expect(list.people[0]).toMatchObject({
      since: '2026-03-02',
      pence: 1_457_415,
      council: BIRMINGHAM,
      charged: [
        {
          for: 'Residential care',
          to: null,
          amountPerWeek: '1120.55',
          recordedAs: 'care-act',
          kinds: ['charged-while-owed', 'recorded-as-care-act'],
          while: [{ from: '2026-04-01', to: null }],
          pence: 1_456_715,
        },
        { for: 'Meals', recordedAs: null, pence: 700 },
      ],
      unchecked: [],
    });
    expect(list.people[3]).toMatchObject({ pence: 0, since: null, charged: [] });
    expect(list.people[3].unchecked[0].text).toContain('until the death');
    const asked = await (
      await fetch(`${house.url}/api/questions?kind=charges-unchecked`, { headers: bearer() })
    ).json();
    const questions = asked.asked.map(({ id }: { id: string }) => id);
    for (const { charged, unchecked } of list.people)
      for (const { question } of [...charged, ...unchecked]) expect(questions).toContain(question);
  });

  test('sums up what was charged, why it is looked at and for what, month by month to the penny', async () => {
    const { sums, goesOn, months } = await charges();
    expect(sums).toMatchObject({ people: 4, charges: 4, pence: 1_457_415 + 21_000 + 14_000 });
    expect(sums.kinds).toEqual({
      'charged-while-owed': { charges: 4, pence: sums.pence },
      'recorded-as-care-act': { charges: 1, pence: 1_456_715 },
      'found-late': { charges: 1, pence: 21_000 },
      'accommodation-in-plan': { charges: 0, pence: 0 },
    });
    expect(sums.services).toEqual([
      { for: 'Residential care', charges: 2, pence: 1_477_715 },
      { for: 'Meals', charges: 2, pence: 14_700 },
    ]);
    expect(goesOn).toEqual({ charges: 1, pencePerWeek: 112_055 });
    expect(months.map(({ month, pence }: { month: string; pence: number }) => [month, pence])).toEqual([
      ['2026-03', 700],
      ['2026-04', 480_236 + 21_000 + 14_000],
      ['2026-05', 496_243],
      ['2026-06', 480_236],
    ]);
    expect(months[1].kinds).toMatchObject({ 'recorded-as-care-act': 480_236, 'found-late': 21_000 });
  });

  test('is of one kind or one body; the sums stay those of the body', async () => {
    expect(numbers(await charges('?kind=recorded-as-care-act'))).toEqual([CARE_HOME]);
    expect(await charges('?kind=found-late')).toMatchObject({ people: [{ nhsNumber: LATE }], sums: { people: 4 } });
    expect(await charges(`?body=${SOLIHULL}`)).toMatchObject({ people: [], sums: { people: 0, pence: 0 } });
    expect(numbers(await charges(`?body=${BSOL}`))).toHaveLength(4);
    expect((await charges('?body=E09999999')).status).toBe(400);
    expect((await charges('?kind=lunch')).status).toBe(400);
  });

  test('whoever is on it was looked at, and that is recorded; nobody else was', async () => {
    const looks = async () => (await audit(house)).filter(({ action }) => action === 'person-listed').length;
    const before = await looks();
    await charges('?kind=found-late');
    expect(await looks()).toBe(before + 1);
    await page(house, '/console/charges');
    expect(await looks()).toBe(before + 5);
  });

  test('as a page: each amount in pounds and pence, each charge with the way to its question, and what it is not', async () => {
    const html = await page(house, '/console/charges');
    const [{ personKey, charged }] = (await charges()).people;
    expect(html).toContain('what was charged, never what was owed');
    expect(html).toContain('£14,924.15');
    expect(html).toContain('£1,120.55 a week for Residential care');
    expect(html).toMatch(/onwards; <span class="app-money">£14,567.15<\/span> while aftercare was owed/);
    expect(html).toContain(`/console/register/${personKey}?question=${charged[0].question}#question-`);
    expect(html).toContain('FENWICK');
    expect(html).toContain('Recorded as Care Act, of somebody with a qualifying detention, by the month');
    expect(html).toContain('<title>Apr 2026: £210.00</title>');
    expect(html).not.toMatch(/999\d{7}/);
  });

  test('is one click from a body', async () => {
    expect(await page(house, `/console/bodies/${BIRMINGHAM}`)).toContain(`/console/charges?body=${BIRMINGHAM}`);
  });

  test('what somebody has answered is on it no more', async () => {
    const [{ charged }] = (await charges()).people;
    await state({
      kind: 'answer',
      nhsNumber: CARE_HOME,
      question: charged[0].question,
      option: 'given-back',
      because: 'credited in June',
    });
    const list = await charges();
    expect(numbers(list)).toEqual([LATE, MEALS, CARE_HOME, DIED]);
    expect(list).toMatchObject({ sums: { charges: 3 }, goesOn: { charges: 0, pencePerWeek: 0 } });
  });

  test('while a rebuild has dropped people nothing is said of what is left', async () => {
    await inTransaction(house.database.pool, (db) => rebuildStore(db).dropDerived());
    expect(await charges()).toMatchObject({ status: 503, title: expect.stringContaining('rebuild') });
    expect((await fetch(`${house.url}/console/charges`, { headers: bearer() })).status).toBe(503);
  });
});

describe('the list', () => {
  beforeEach(open);
  afterEach(() => house.close());

  test('page by page, nobody twice and nobody left out, also of those who are charged the same', async () => {
    const all = Array.from({ length: 23 }, (_, nth) => nhsNumber(nth + 10));
    await hear(
      all.map((number) => home(number)),
      house.database,
      houseTables(),
    );
    await state(
      ...all.map((number, nth) => charge(number, { amountPerWeek: nth % 2 === 0 ? '70' : '14', for: `S${nth}` })),
    );
    const found: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const list = await charges(`?limit=2&after=${after}`);
      expect(list.sums).toMatchObject({ people: 23, otherServices: { services: 3, charges: 3, pence: 3 * 2_800 } });
      expect(list.sums.services).toHaveLength(20);
      found.push(...numbers(list));
      after = list.nextAfter;
    }
    expect(new Set(found)).toEqual(new Set(all));
    expect(found).toHaveLength(23);
    expect(found.slice(0, 12).every((number) => all.indexOf(number) % 2 === 0)).toBe(true);
  });

  test('where it is only asked whether anything was charged it says that no charge is known, and not that it was nothing', async () => {
    await hear([home(DIED)], house.database, houseTables());
    await state({ kind: 'died', nhsNumber: DIED, on: '2026-04-20', verified: true });
    const html = await page(house, '/console/charges');
    expect(html).toContain('That does not mean that nothing was charged');
    expect(html).toContain('Was anything charged?');
    expect(html).not.toContain('£0.00');
  });

  test('where nobody is charged it says what that means, and what to do next', async () => {
    await hear([home(FREE)], house.database, houseTables());
    const html = await page(house, '/console/charges');
    expect(html).toContain('That does not mean that nobody is charged');
    expect(html).toContain('aftercare charges --from FILE --with MAPPING');
    expect(await charges()).toMatchObject({ people: [], months: [], nextAfter: null, sums: { people: 0 } });
  });
});

describe('the drawing', () => {
  const kinds = { 'charged-while-owed': 0, 'recorded-as-care-act': 0, 'found-late': 0, 'accommodation-in-plan': 0 };
  const month = (name: string, pence: number, late = 0) => ({
    month: name,
    pence,
    kinds: { ...kinds, 'charged-while-owed': pence, 'found-late': late },
  });

  test('goes on to the month of today, so that one sees that it stopped, and has a row for each kind there is', () => {
    const drawing = chargeDrawing([month('2026-01', 80_000), month('2026-02', 40_000, 40_000)], '2026-06-30');
    expect(drawing).toMatchObject({
      width: 120,
      most: '£1,000',
      every: 'Month',
      ticks: ['Jul 2025', 'Jun 2026'],
      columns: [
        'Month',
        { text: 'Charged while aftercare is owed' },
        { text: expect.stringContaining('told after the charge began') },
      ],
    });
    expect(drawing?.lanes).toMatchObject([
      { kind: 'charged-while-owed', pence: 120_000, bars: [{ x: 60, y: 12, height: 48 }, { x: 70 }] },
      { kind: 'found-late', pence: 40_000, bars: [{ x: 70, height: 24, title: 'Feb 2026: £400.00' }] },
    ]);
    expect(drawing?.rows.map(({ says }) => says)).toEqual(['Feb 2026', 'Jan 2026']);
  });

  test('of many years is by the quarter, and of a life by the year; nothing is left out', () => {
    const quarters = chargeDrawing([month('2016-02', 100), month('2016-03', 200)], '2026-06-30');
    expect(quarters).toMatchObject({ every: 'Quarter', rows: [{ says: 'Jan to Mar 2016', pence: 300 }] });
    const years = chargeDrawing([month('1984-09', 100), month('2026-06', 1)], '2026-06-30');
    expect(years).toMatchObject({ every: 'Year', ticks: ['1984', '2005', '2026'], width: 430 });
    expect(years?.lanes[0]?.bars.map(({ title }) => title)).toEqual(['1984: £1.00', '2026: £0.01']);
  });

  test('of nothing is none', () => {
    expect(chargeDrawing([], '2026-06-30')).toBeNull();
  });
});
