import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, tablesWith, tell } from './tell.js';

const TODAY = '2026-11-21';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';

const detained = (from: string, to: string): Adt => ({
  trigger: 'A03',
  sentAt: `${to.replaceAll('-', '')}120000`,
  visit: `V-${from}`,
  admitted: `${from.replaceAll('-', '')}080000`,
  left: `${to.replaceAll('-', '')}100000`,
  destination: '19',
  periods: [{ ...SECTION_3, id: `P-${from}`, from: from.replaceAll('-', ''), to: to.replaceAll('-', '') }],
});
const rulesOf = ({ because }: ReturnType<typeof onlyRow>): string[] => because.map(({ rule }) => rule);

describe('the residence test is that of the day of the detention', () => {
  test.each([
    ['2015-03-31', 'residence-before-2015'],
    ['2015-04-01', 'ordinary-residence'],
    ['2026-01-01', 'ordinary-residence'],
  ])('detained on %s: %s', (from, rule) => {
    const row = onlyRow(tell([detained(from, from.replace(/-\d\d$/, '-28').replace('03-28', '04-28'))], TODAY));
    expect(rulesOf(row)).toContain(rule);
  });

  test.each([
    ['2012-06-01', 'pct-residence'],
    ['2014-06-01', 'ccg-of-destination'],
    ['2016-06-01', 'ccg-of-residence'],
    ['2021-06-01', 'originating-ccg'],
    ['2022-07-01', 'responsible-icb'],
  ])('the NHS side of a person detained on %s: %s', (from, rule) => {
    const row = onlyRow(tell([detained(from, from.replace(/-01$/, '-20'))], TODAY));
    expect(rulesOf(row)).toContain(rule);
  });

  test('2: another council before the section 2 than before the section 3: both readings, and who was named for the section 3 meanwhile', () => {
    const section2 = { ...SECTION_3, id: 'P0', status: '02', from: '20251210', to: '20260101', council: SOLIHULL };
    const row = onlyRow(tell([{ ...HOME, periods: [section2, SECTION_3] }], TODAY));
    expect(row.council).toMatchObject({ code: BIRMINGHAM, standing: 'provisional' });
    expect(rulesOf(row)).toContain('assessment-then-treatment');
    const [question] = row.questions;
    expect(question).toMatchObject({ kind: 'which-council', options: [BIRMINGHAM, SOLIHULL] });
    expect(question?.text).toMatch(/before the section 2.*E08000029.*before the section 3.*E08000025.*OR 5\/2020/);
  });
});

describe('detained again', () => {
  const again = (from: string, council: string): Adt => ({
    ...detained(from, from.replace(/-01$/, '-20')),
    periods: [
      {
        ...SECTION_3,
        id: 'P2',
        from: from.replaceAll('-', ''),
        to: from.replace(/-01$/, '20').replaceAll('-', ''),
        council,
      },
    ],
  });

  test('10: from another area: the new council is proposed, and a person confirms it', () => {
    const row = onlyRow(tell([HOME, again('2026-06-01', SOLIHULL)], TODAY));
    expect(row.episodes.map(({ status, council }) => [status, council.code])).toEqual([
      ['superseded', BIRMINGHAM],
      ['active', SOLIHULL],
    ]);
    expect(row.council.standing).toBe('provisional');
    expect(row.questions).toMatchObject([{ kind: 'which-council', options: [BIRMINGHAM, SOLIHULL] }]);

    const answer: Stated = { kind: 'answer', question: row.questions[0]?.id, option: SOLIHULL, because: 'seen' };
    const confirmed = onlyRow(tell([HOME, again('2026-06-01', SOLIHULL)], TODAY, [answer]));
    expect(confirmed).toMatchObject({ council: { code: SOLIHULL, standing: 'agreed' }, questions: [] });
    const other: Stated = { ...answer, option: BIRMINGHAM };
    const kept = onlyRow(tell([HOME, again('2026-06-01', SOLIHULL)], TODAY, [other]));
    expect(kept).toMatchObject({ council: { code: BIRMINGHAM, standing: 'agreed' }, questions: [] });
  });

  test('from the same area nothing is asked', () => {
    expect(kindsOf(onlyRow(tell([HOME, again('2026-06-01', BIRMINGHAM)], TODAY)))).toEqual([]);
  });

  test('34: after the deeming of placements has begun: both readings, with their sources', () => {
    const begun = tablesWith({ rules: { 'placement-deeming': { from: '2026-05-01' } } });
    const messages = [HOME, again('2026-06-01', SOLIHULL)];
    const row = onlyRow(tell(messages, TODAY, [], begun));
    expect(rulesOf(row)).toContain('placement-deeming');
    expect(row.council).toMatchObject({ code: SOLIHULL, standing: 'provisional' });
    expect(row.questions[0]?.text).toMatch(
      /One reading:.*UKSC 31.*The other:.*Mental Health Act 2025 s46.*not settled/,
    );
    expect(rulesOf(onlyRow(tell(messages, TODAY)))).not.toContain('placement-deeming');
    const later = tablesWith({ rules: { 'placement-deeming': { from: '2026-06-02' } } });
    expect(rulesOf(onlyRow(tell(messages, TODAY, [], later)))).not.toContain('placement-deeming');
  });

  test('a determination of the years in which the courts changed their mind says so, and stands', () => {
    const first = detained('2019-01-01', '2019-01-20');
    const second = again('2021-06-01', SOLIHULL);
    const determined: Stated = {
      kind: 'council-determined',
      effectiveOn: '2021-06-05',
      council: BIRMINGHAM,
      standing: 'agreed',
      basis: 'placed-by-the-council',
    };
    const row = onlyRow(tell([first, second], TODAY, [determined]));
    expect(row.council).toMatchObject({ code: BIRMINGHAM, standing: 'agreed' });
    expect(rulesOf(row)).toContain('disputed-while-readings-changed');
  });
});

test('13: section 47 with restrictions, then back to prison: active, in custody, the plan waits, and residence before custody is asked', () => {
  const toPrison: Adt = { ...HOME, destination: '40', periods: [{ ...SECTION_3, status: '15' }] };
  const told = tell([toPrison], TODAY);
  const row = onlyRow(told);
  expect(row).toMatchObject({ status: 'active', concurrent: ['custody'], council: { standing: 'provisional' } });
  expect(row.questions.slice(-1)).toMatchObject([{ kind: 'which-council', options: [BIRMINGHAM] }]);
  expect(rulesOf(row)).toEqual(expect.arrayContaining(['custody', 'residence-before-custody']));
  const plan = told.publications[0]?.resources.find(({ resourceType }) => resourceType === 'CarePlan');
  expect(plan?.status).toBe('on-hold');
});
