import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { answerTo, asked, id, idsOf, inCommunity, row, rulesOf, statusesOf } from './story.js';

/** To a ward of a general hospital: the message cannot say whether that is leaving hospital. */
const TO_GENERAL_WARD: Adt = { ...HOME, destination: '51' };
const asStay = (adt: Adt, visit: string, left: string, sentAt: string): Adt => ({ ...adt, visit, left, sentAt });

describe('a stay of which it is unclear whether it ended outside hospital', () => {
  test('is asked about, with both answers', () => {
    const told = row([TO_GENERAL_WARD]);
    expect(told.status).toBe('prospective');
    expect(asked(told, 'leave-or-aftercare')).toMatchObject([
      { options: ['left-hospital', 'still-in-hospital'], facts: [expect.any(String)] },
    ]);
    expect(rulesOf(told)).not.toContain('transfer-is-not-leaving');
  });

  test.each([
    ['left-hospital', 'active'],
    ['still-in-hospital', 'prospective'],
  ])('answered %s: %s', (option, status) => {
    const [question] = asked(row([TO_GENERAL_WARD]), 'leave-or-aftercare');
    const told = row([TO_GENERAL_WARD], [answerTo(question, option)]);
    expect(told.status).toBe(status);
    expect(told.questions.map((q) => q.id)).not.toContain(question?.id);
  });

  test('the answer outlives a corrected day', () => {
    const [question] = asked(row([TO_GENERAL_WARD]), 'leave-or-aftercare');
    const corrected = asStay(TO_GENERAL_WARD, 'V1', '20260228100000', '20260302090000');
    const told = row([TO_GENERAL_WARD, corrected], [answerTo(question, 'left-hospital')]);
    expect(told).toMatchObject({ status: 'active', episodes: [{ from: '2026-02-28' }] });
  });

  test('two stays are two questions: with numbers on one day, without them on two', () => {
    const atOnce = [TO_GENERAL_WARD, asStay(TO_GENERAL_WARD, 'V2', '20260301150000', '20260301160000')];
    expect(idsOf(asked(row(atOnce), 'leave-or-aftercare')).size).toBe(2);
    const unnamed = [
      { ...asStay(TO_GENERAL_WARD, '', '20260301100000', '20260301100500') },
      { ...asStay(TO_GENERAL_WARD, '', '20260401100000', '20260401100500'), admitted: '20260315080000' },
    ];
    expect(idsOf(asked(row(unnamed), 'leave-or-aftercare')).size).toBe(2);
  });
});

describe('what is no departure', () => {
  test('a death on the ward is none, and no transfer either', () => {
    const told = row([{ ...HOME, destination: '79', method: '4' }]);
    expect(told.status).toBe('died');
    expect(rulesOf(told)).not.toContain('transfer-is-not-leaving');
  });

  test.each(['S17', 'AWOL'] as const)('%s is none', (community) => {
    const told = row([{ ...HOME, left: '', trigger: 'A01' }, inCommunity('20260202090000', community, '20260201')]);
    expect(told.status).toBe('prospective');
  });

  test('a move to other hospital care is none, and the reason rests on it', () => {
    const told = row([{ ...HOME, destination: '87' }]);
    expect(told.status).toBe('prospective');
    expect(told.because.filter(({ rule }) => rule === 'transfer-is-not-leaving')).toMatchObject([
      { facts: [expect.any(String)] },
    ]);
  });

  test('a leaving that is still to come', () => {
    const told = row([HOME], [], '2026-02-28');
    expect(told).toMatchObject({ status: 'prospective', nextChangeOn: '2026-03-01' });
  });
});

test('an order in the community is one, and the reason rests on it', () => {
  const order = inCommunity('20260202090000', 'CTO', '20260201');
  const told = row([{ ...HOME, left: '', trigger: 'A01' }, order]);
  expect(told).toMatchObject({ status: 'active', episodes: [{ from: '2026-02-01' }] });
  expect(told.because.filter(({ rule }) => rule === 'community-treatment-order')).toMatchObject([
    { facts: [expect.any(String)] },
  ]);
});

describe('several departures', () => {
  test('the first begins aftercare, whoever told of it', () => {
    const byPeople = { kind: 'left-hospital', on: '2026-02-10', id: id(1) };
    const told = row([HOME], [byPeople]);
    expect(told.episodes).toMatchObject([{ from: '2026-02-10' }]);
    expect(told.because.filter(({ rule }) => rule === 'leaving-hospital')).toMatchObject([{ facts: [id(1)] }]);
    expect(row([HOME], [{ ...byPeople, on: '2026-04-10' }]).episodes).toMatchObject([{ from: '2026-03-01' }]);
  });

  test('a section told by the day begins before a leaving of the same day', () => {
    const oneDay = { ...HOME, periods: [{ ...SECTION_3, from: '20260301', to: '20260301' }] };
    expect(statusesOf(row([oneDay]))).toEqual(['active']);
  });
});
