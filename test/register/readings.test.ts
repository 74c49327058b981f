import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { answerTo, asked, BIRMINGHAM, idsOf, inCommunity, news, row, rulesOf, SOLIHULL, textOf } from './story.js';

describe('a section 2 that ran into the section 3', () => {
  const section2 = (from: string, to: string | undefined): Adt => ({
    ...HOME,
    periods: [
      { ...SECTION_3, id: 'P0', status: '02', from, to, council: SOLIHULL, commissioner: undefined },
      SECTION_3,
    ],
  });

  test.each([
    ['to the day before', '20251210', '20251231', true],
    ['to the same day', '20251210', '20260101', true],
    ['still told to run', '20251210', undefined, true],
    ['from the same day', '20260101', '20260102', true],
    ['to two days before', '20251210', '20251230', false],
    ['from the day after', '20260102', '20260110', false],
  ])('%s', (_when, from, to, isAsked) => {
    expect(rulesOf(row([section2(from, to)])).includes('assessment-then-treatment')).toBe(isAsked);
  });

  test('from the council of the first of two sections 3: the difference is not that of the two days', () => {
    const [section2nd, section3rd] = section2('20251210', '20260101').periods ?? [];
    const second = { ...SECTION_3, id: 'P2', from: '20260115', council: SOLIHULL };
    const periods = [{ ...section2nd, council: BIRMINGHAM }, { ...section3rd }, second];
    const told = row([{ ...HOME, periods }]);
    expect(asked(told, 'which-council')).toHaveLength(1);
    expect(rulesOf(told)).not.toContain('assessment-then-treatment');
  });

  test('from the same council is no difference', () => {
    const same = {
      ...HOME,
      periods: [{ ...SECTION_3, id: 'P0', status: '02', from: '20251210', to: '20260101' }, SECTION_3],
    };
    expect(row([same]).questions).toEqual([]);
  });

  test('and a section 3 of which no council is told: that of the section 2, and no difference', () => {
    const only = section2('20251210', '20260101');
    const [first] = only.periods ?? [];
    const told = row([{ ...only, periods: [...(first ? [first] : []), { ...SECTION_3, council: undefined }] }]);
    expect(told.council).toMatchObject({ code: SOLIHULL, standing: 'provisional' });
    expect(rulesOf(told)).not.toContain('assessment-then-treatment');
  });
});

describe('a community treatment order stops an ending on each of its days', () => {
  const order = inCommunity('20260302090000', 'CTO', '20260310', { communityTo: '20260430' });
  const messages = [{ ...HOME, periods: [{ ...SECTION_3, to: undefined }] }, order];
  const both = (on: string): Stated[] =>
    ['council', 'icb'].map((body) => ({
      kind: 'aftercare-decision',
      body,
      decision: 'no-longer-needed',
      decidedOn: on,
      reasons: ['needs-reassessed-none-remaining'],
      personInvolved: true,
    }));

  test.each([
    ['2026-03-09', 'ended'],
    ['2026-03-10', 'active'],
    ['2026-04-30', 'active'],
    ['2026-05-01', 'ended'],
  ])('decided on %s: %s', (on, status) => {
    expect(row(messages, both(on)).status).toBe(status);
  });

  test('also where it is revoked on a later day, and the person has left again since', () => {
    const revoked = inCommunity('20260416090000', 'REVOKED', '20260415');
    const again = {
      ...HOME,
      sentAt: '20260601110000',
      visit: 'V2',
      admitted: '20260415',
      left: '20260601100000',
      periods: [],
    };
    expect(textOf(row([...messages, revoked, again], both('2026-04-01')))).toContain('on a community treatment order');
  });

  test('a revocation of an order before it does not take it away', () => {
    const revoked = inCommunity('20260202090000', 'REVOKED', '20260201', {
      id: 'P0',
      from: '20250101',
      to: '20260201',
    });
    expect(row([revoked, ...messages], both('2026-04-01')).status).toBe('active');
  });
});

describe('a body that was split', () => {
  const cumbria = news('20220401090000', { council: 'E10000006', from: '20220101', to: '20220301' });
  const home: Adt = {
    ...HOME,
    sentAt: '20220301100500',
    admitted: '20220101080000',
    left: '20220301100000',
    periods: [],
  };

  test('answers until its last day; then its successors are asked about', () => {
    expect(row([home, cumbria], [], '2023-03-31')).toMatchObject({
      council: { code: 'E10000006' },
      nextChangeOn: '2023-04-01',
    });
    const told = row([home, cumbria]);
    expect(told.council).toMatchObject({
      code: null,
      asWritten: 'E10000006',
      basis: 'ordinarily-resident-before-detention',
      candidates: ['E06000063', 'E06000064'],
    });
    const [question] = asked(told, 'body-split');
    expect(question?.facts).toHaveLength(1);
    const settled = row([home, cumbria], [answerTo(question, 'E06000064')]);
    expect(settled.council).toMatchObject({ code: 'E06000064', asWritten: 'E10000006', standing: 'agreed' });
    expect(textOf(settled)).not.toContain('was split');
  });

  test('told by two, it is asked about for each', () => {
    const [one, two] = ['P1', 'P2'].map((period) =>
      row([home, { ...cumbria, periods: cumbria.periods?.map((p) => ({ ...p, id: period })) ?? [] }]),
    );
    expect(idsOf([one, two].flatMap((each) => (each ? asked(each, 'body-split') : []))).size).toBe(2);
  });
});

test('a code that nobody knows says whose it is, and on what it rests', () => {
  const told = row([{ ...HOME, periods: [{ ...SECTION_3, council: 'X99' }] }]);
  expect(told.council).toMatchObject({ code: null, asWritten: 'X99', basis: 'ordinarily-resident-before-detention' });
  const [question] = asked(told, 'unmapped-code');
  expect(question).toMatchObject({ options: [], facts: [expect.any(String)] });
  expect(question?.text).toContain('The council code X99');
  expect(row([HOME]).council.code).toBe(BIRMINGHAM);
});
