import { describe, expect, test } from '@jest/globals';
import {
  AREAS,
  area,
  CLOSED,
  DEVON,
  ESSEX,
  GLOSSOP,
  HAMPSHIRE,
  IN_ESSEX,
  IN_GLOSSOP,
  IN_SURREY,
  POSTCODES,
  PRACTICES,
  SURREY,
  TAMESIDE,
  THAMES_VALLEY,
  UNDECIDED,
} from '../support/divided.js';
import { knowing, type Row } from '../support/postcodes.js';
import { type Adt, HOME, type Period, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tables, tablesWith, tell } from './tell.js';

const TODAY = '2026-11-21';
const FRIMLEY = ['QRL', 'S0E4D', 'S9B9J'];

const imported = knowing(tables.directory, POSTCODES, { practices: PRACTICES, smallAreas: AREAS });
const nothing = tables.directory;

const told = (over: Period, practice?: string): Adt => ({
  ...HOME,
  ...(practice === undefined ? {} : { practice }),
  periods: [{ ...SECTION_3, commissioner: 'D4U1Y', ...over }],
});
const later = (practice: string, sentAt = '20261001090000'): Adt => ({ trigger: 'A31', sentAt, practice });
const longAgo = (over: Period, practice?: string): Adt => ({
  ...told(over, practice),
  sentAt: '20210901100500',
  admitted: '20210501080000',
  left: '20210901100000',
  periods: [{ ...SECTION_3, from: '20210501', to: '20210801', commissioner: '01Y', ...over }],
});
const row = (messages: Adt[], { asOf = TODAY, stated = [] as Stated[], directory = imported, by = tables } = {}) =>
  onlyRow(tell(messages, asOf, stated, { ...by, directory }));
const asked = (found: ReturnType<typeof row>) => found.questions.filter(({ kind }) => kind === 'body-split');
const rulesOf = (found: ReturnType<typeof row>) => found.because.map(({ rule }) => rule);

describe('an ICB that was divided, and the GP practice', () => {
  test.each([
    [SURREY, 'S9B9J'],
    [THAMES_VALLEY, 'S0E4D'],
    [HAMPSHIRE, 'QRL'],
  ])('the practice of the detention decides, followed to the day that is asked about: %s, %s', (practice, icb) => {
    const found = row([told({}, practice)]);
    expect(found.icb).toMatchObject({ code: icb, asWritten: 'D4U1Y', standing: 'provisional' });
    expect(found.because).toContainEqual(
      expect.objectContaining({
        rule: 'nhs-successor-by-practice',
        text: `D4U1Y was divided between QRL and S0E4D and S9B9J; the GP practice ${practice}, told on 2026-03-01, belongs to ${icb}.`,
      }),
    );
    expect(kindsOf(found)).toEqual([]);
    expect(row([told({}, practice)], { asOf: '2026-03-31' }).icb).toMatchObject({ code: 'QNQ' });
  });

  test('which of them was decided is said once, however often the code was told, and on what', () => {
    const { periods = [] } = told({}, SURREY);
    const twice = { ...told({}, SURREY), periods: [...periods, ...periods.map((each) => ({ ...each, id: 'P2' }))] };
    const reasons = (message: Adt) =>
      row([message]).because.filter(
        ({ rule, text }) => rule === 'nhs-successor-by-practice' && text.includes('divided'),
      );
    expect(reasons(twice)).toHaveLength(1);
    expect(reasons(told({}, SURREY))).toMatchObject([{ facts: [expect.any(String), expect.any(String)] }]);
  });

  test('the ICB of Thames Valley is told once it answers, and the one of Frimley no longer', () => {
    const by = tablesWith({
      icbs: ['QNQ', 'S0E4D'].map((ods) => ({ ods, destination: { kind: 'fhir', url: 'http://127.0.0.1:9/fhir' } })),
    });
    expect(sent(tell([told({}, THAMES_VALLEY)], TODAY, [], { ...by, directory: imported }))).toEqual(
      expect.arrayContaining(['S0E4D: Flag active, CarePlan draft', 'QNQ: Flag inactive, CarePlan revoked']),
    );
  });

  test('where the code was the ICB of Suffolk and North East Essex, the place of the practice says which part', () => {
    expect(row([told({ commissioner: 'QJG' }, ESSEX)]).icb).toMatchObject({ code: 'D7T5G', asWritten: 'QJG' });
    expect(row([told({ commissioner: '06T' }, undefined)]).icb).toMatchObject({ code: 'D7T5G' });
  });

  test('of Tameside and Glossop, divided in 2022', () => {
    expect(row([longAgo({}, GLOSSOP)]).icb).toMatchObject({ code: 'QJ2', standing: 'provisional' });
    expect(row([longAgo({}, TAMESIDE)]).icb).toMatchObject({ code: 'QOP', standing: 'provisional' });
    expect(row([longAgo({}, GLOSSOP)], { asOf: '2022-06-30' }).icb).toMatchObject({ code: '01Y' });
  });

  test('a practice that was told only after the division decides where none was told before', () => {
    expect(row([told({}), later(SURREY)]).icb).toMatchObject({ code: 'S9B9J', standing: 'provisional' });
  });

  test('who is registered elsewhere after the division stays with the part, and it is asked which ICB has them', () => {
    const found = row([told({}, SURREY), later(DEVON)]);
    expect(found.icb).toMatchObject({ code: 'S9B9J', standing: 'provisional', candidates: ['QJK', 'S9B9J'] });
    expect(kindsOf(found)).toEqual(['which-icb']);
  });

  test('a practice of none of the parts: the person may be placed there, and it is asked', () => {
    const found = row([told({ postcode: IN_SURREY }, DEVON)]);
    expect(found.icb).toMatchObject({ code: null, candidates: FRIMLEY });
    expect(asked(found)).toMatchObject([
      { options: FRIMLEY, text: expect.stringMatching(/practice Y99914 belongs to QJK, which is none of them/) },
    ]);
    expect(asked(found)[0]?.text).toMatch(/address before the detention lies in S9B9J/);
  });

  test('registered elsewhere between the detention and the division: both practices are named', () => {
    const message = { ...told({}, SURREY), sentAt: '20260105100000', trigger: 'A01', left: undefined } as Adt;
    const found = row([message, told({}, HAMPSHIRE)]);
    expect(found.icb.code).toBeNull();
    expect(asked(found)[0]?.text).toMatch(/Y99911 belongs to S9B9J\. The GP practice Y99913 belongs to QRL/);
    expect(row([told({}, HAMPSHIRE), message])).toEqual(found);
  });

  test('a practice of before the detention does not count once another was told', () => {
    const earlier: Adt = { trigger: 'A31', sentAt: '20200101090000', practice: DEVON };
    const admitted: Adt = { trigger: 'A31', sentAt: '20251231090000', practice: SURREY };
    expect(row([earlier, admitted, told({})]).icb).toMatchObject({ code: 'S9B9J' });
    expect(row([admitted, told({})]).icb).toMatchObject({ code: 'S9B9J' });
    expect(row([earlier, admitted, told({}), later(SURREY, '20260310090000')]).icb).toMatchObject({ code: 'S9B9J' });
  });

  test('of two that were told on the day of the detention the last counts, whatever their codes', () => {
    const onTheDay = [later(HAMPSHIRE, '20260101080000'), later(SURREY, '20260101170000')];
    expect(row([...onTheDay, told({})]).icb).toMatchObject({ code: 'S9B9J', standing: 'provisional' });
    const otherWay = [later(SURREY, '20260101080000'), later(HAMPSHIRE, '20260101170000')];
    expect(row([...otherWay, told({})]).icb).toMatchObject({ code: 'QRL', standing: 'provisional' });
  });

  test('one that was told on the day of the division is no practice of before it', () => {
    const found = row([told({}, SURREY), later(HAMPSHIRE, '20260401090000')]);
    expect(found.icb).toMatchObject({ code: 'S9B9J' });
    expect(asked(found)).toEqual([]);
  });

  test('of several that were told only after the division the first decides', () => {
    expect(asked(row([told({}), later(SURREY), later(HAMPSHIRE, '20261101090000')]))).toEqual([]);
  });

  test('practice and address in different parts: asked, both named', () => {
    const found = row([told({ postcode: IN_SURREY }, HAMPSHIRE)]);
    expect(found.icb.code).toBeNull();
    expect(asked(found)[0]?.text).toMatch(/Y99913 belongs to QRL.*address before the detention lies in S9B9J/);
  });

  test('practice and address in the same part: the practice decides', () => {
    const found = row([told({ postcode: IN_SURREY }, SURREY)]);
    expect(found.icb).toMatchObject({ code: 'S9B9J' });
    expect(rulesOf(found)).toContain('nhs-successor-by-practice');
  });

  test.each([
    ['that no file has', 'Y99999', /Of the GP practice Y99999 no imported file says/],
    ['that closed before the division', CLOSED, /Of the GP practice Y99918 no imported file says/],
  ])('a practice %s decides nothing, and the address is no more than a hint', (_story, practice, says) => {
    const found = row([told({ postcode: IN_SURREY }, practice)]);
    expect(found.icb.code).toBeNull();
    expect(asked(found)[0]?.text).toMatch(says);
    expect(asked(found)[0]?.text).toMatch(/lies in S9B9J/);
  });
});

describe('an ICB that was divided, and the address', () => {
  test('where no practice is known the address before the detention decides', () => {
    const found = row([told({ postcode: IN_SURREY })]);
    expect(found.icb).toMatchObject({ code: 'S9B9J', asWritten: 'D4U1Y', standing: 'provisional' });
    expect(rulesOf(found)).toContain('nhs-successor-by-residence');
    expect(row([longAgo({ postcode: IN_GLOSSOP })]).icb).toMatchObject({ code: 'QJ2' });
  });

  test.each(['V81997', 'V81998', 'v81999'])('%s is written where there is no practice, and is none', (none) => {
    expect(row([told({ postcode: IN_SURREY }, none)]).icb).toMatchObject({ code: 'S9B9J' });
  });

  test('the address of a placement never counts', () => {
    const placed: Adt = { trigger: 'A31', sentAt: '20260310090000', postcode: IN_SURREY };
    expect(asked(row([told({}), placed]))).toHaveLength(1);
  });

  test('a look-up from before the division decides nothing', () => {
    expect(asked(row([told({ postcode: UNDECIDED })]))).toMatchObject([{ options: FRIMLEY }]);
  });

  test('the file of postcodes itself may name the ICB; where its small area is in another, it is asked', () => {
    const file = (over: Partial<Row>) =>
      knowing(tables.directory, [{ ...(POSTCODES[0] as Row), ...over }], { smallAreas: AREAS });
    const by = (over: Partial<Row>) => row([told({ postcode: IN_SURREY })], { directory: file(over) });
    expect(by({ icb: 'E54000069', lsoa: 'E01039999' }).icb).toMatchObject({ code: 'S9B9J' });
    expect(by({ icb: 'E54000067' }).icb.code).toBeNull();
  });

  test('a postcode of which the file does not say since when it lies there, or that came with the detention, decides', () => {
    for (const introduced of ['', '202601']) {
      const directory = knowing(tables.directory, [{ ...(POSTCODES[0] as Row), introduced }], { smallAreas: AREAS });
      expect(row([told({ postcode: IN_SURREY })], { directory }).icb).toMatchObject({ code: 'S9B9J' });
    }
  });

  test.each([
    ['whose place no table has lies in the ICB that is told with it', area('2026-04-01', 'ZZZ', 'S9B9J'), 'S9B9J'],
    [
      'whose place no table has, told without an ICB, decides nothing',
      { ...area('2026-04-01', 'ZZZ', ''), icb: null },
      null,
    ],
    ['of an ICB that is none of the parts decides nothing', area('2026-04-01', '15N', 'QJK'), null],
  ])('a small area %s', (_story, told2026, code) => {
    const smallAreas = new Map([['E01030001', [told2026]]]);
    const directory = knowing(tables.directory, POSTCODES, { smallAreas });
    expect(row([told({ postcode: IN_SURREY })], { directory }).icb.code).toBe(code);
  });

  test('where the place decides and not the address, the address is a hint', () => {
    const found = row([told({ commissioner: 'QJG', postcode: IN_ESSEX })]);
    expect(found.icb.code).toBeNull();
    expect(asked(found)[0]?.text).toMatch(/sub-ICB location decides\. The address before the detention lies in D7T5G/);
  });

  test('from the day of the look-up on, and not before', () => {
    const ahead = new Map([['E01030001', [area('2026-12-01', '92A', 'S9B9J'), area('2024-04-01', 'D4U1Y', 'QNQ')]]]);
    const directory = knowing(tables.directory, POSTCODES, { smallAreas: ahead });
    const found = row([told({ postcode: IN_SURREY })], { directory });
    expect(found).toMatchObject({ icb: { code: null }, nextChangeOn: '2026-12-01' });
    expect(row([told({ postcode: IN_SURREY })], { directory, asOf: '2026-12-01' }).icb).toMatchObject({
      code: 'S9B9J',
    });
  });
});

test('of a code that was corrected since, the day on which it means another is named too', () => {
  const admitted = { trigger: 'A01', sentAt: '20260901090000', admitted: '20260101080000' };
  const period = { ...SECTION_3, to: '' };
  const first = { ...admitted, periods: [{ ...period, commissioner: 'D4U1Y' }] };
  const corrected = { ...admitted, sentAt: '20260902090000', trigger: 'A08', periods: [period] };
  const found = row([first, corrected], { asOf: '2026-03-10' });
  expect(found).toMatchObject({ icb: { code: 'QHL' }, nextChangeOn: '2026-04-01' });
});

describe('what people said of a divided ICB', () => {
  const determined: Stated = { kind: 'icb-determined', effectiveOn: '2026-05-01', icb: 'QRL', standing: 'agreed' };

  test('an agreed determination is not touched', () => {
    const found = row([told({ postcode: IN_SURREY }, SURREY)], { stated: [determined] });
    expect(found.icb).toMatchObject({ code: 'QRL', standing: 'agreed' });
    expect(kindsOf(found)).toEqual([]);
  });

  test('what was determined of the whole ICB is provisional of the part that the practice gives', () => {
    const whole = { ...determined, effectiveOn: '2026-03-01', icb: 'QNQ' };
    expect(row([told({}, SURREY)], { stated: [whole] }).icb).toMatchObject({ code: 'S9B9J', standing: 'provisional' });
  });

  test('an answer counts, whatever the files say', () => {
    const [question] = asked(row([told({}, SURREY)], { directory: nothing }));
    const answer = { kind: 'answer', question: question?.id, option: 'QRL', because: 'both ICBs agree' };
    expect(row([told({}, SURREY)], { stated: [answer] }).icb).toMatchObject({ code: 'QRL', standing: 'agreed' });
  });
});

test('without an imported file the question is the one that it was, whatever is told', () => {
  const [bare] = asked(row([told({})], { directory: nothing }));
  expect(bare?.text).toBe(
    'D4U1Y was split between QRL, S0E4D, S9B9J; address or GP practice decides. Which answers for this person?',
  );
  const [withMore] = asked(row([told({ postcode: IN_SURREY }, SURREY)], { directory: nothing }));
  expect(withMore).toMatchObject({ id: bare?.id, text: bare?.text, options: bare?.options });
});

test('a council that was divided, and a file of postcodes from before: the small area says which part', () => {
  const old = [{ postcode: 'CA11 7QS', district: 'E07000030', county: 'E10000006', lsoa: 'E01019330' }];
  const areas = new Map([['E01019330', [{ ...area('2024-04-01', '01H', 'QHM'), council: 'E06000064' }]]]);
  const message = longAgo({ commissioner: '15E', council: 'E10000006', postcode: 'CA11 7QS' });
  const of = (smallAreas: typeof areas, asOf = TODAY) =>
    row([message], { directory: knowing(tables.directory, old, { smallAreas }), asOf });
  expect(of(areas).council).toMatchObject({ code: 'E06000064', standing: 'provisional' });
  expect(of(new Map()).council.code).toBeNull();
  const saying = (from: string, council: string) => ({ ...area(from, '01H', 'QHM'), council });
  const moved = new Map([['E01019330', [saying('2025-04-01', 'E06000063'), saying('2024-04-01', 'E06000064')]]]);
  expect(of(moved).council.code).toBe('E06000063');
  expect(of(moved, '2023-06-01').council.code).toBe('E06000064');
  expect(of(areas, '2023-06-01').council.code).toBe('E06000064');
  const divided = new Map([['E01019330', [saying('2022-04-01', 'E10000006')]]]);
  expect(of(divided).council.code).toBeNull();
});
