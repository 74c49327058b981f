import { describe, expect, test } from '@jest/globals';
import type { StatedFact } from '../../src/register/fact.js';
import { fold } from '../../src/register/fold.js';
import { personsOf } from '../../src/register/identity.js';
import { type Adt, HOME, type Period, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tables, told } from '../scenarios/tell.js';
import { answerTo, asked, id, idsOf, inCommunity, news, row, rulesOf, textOf } from './story.js';

const SECTION: Period = { ...SECTION_3, to: undefined };
const admitted = (at: string, visit = 'V1', over: Partial<Adt> = {}): Adt => ({
  trigger: 'A01',
  sentAt: at,
  visit,
  admitted: at,
  ...over,
});
const IN_HOSPITAL = admitted('20260101080000', 'V1', { periods: [SECTION] });
/** To another hospital. */
const moved = (left: string, visit = 'V1', over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  sentAt: left,
  visit,
  left,
  destination: '87',
  periods: [SECTION],
  ...over,
});
const absent = (from: string, to?: string) =>
  inCommunity(`${from}120000`, 'AWOL', from, { ...(to === undefined ? {} : { communityTo: to }) });
const factsOf = (told: ReturnType<typeof row>, rule: string) =>
  told.because.filter((reason) => reason.rule === rule).map(({ facts }) => facts);

describe('on leave', () => {
  const onLeave = [IN_HOSPITAL, inCommunity('20260201120000', 'S17', '20260201')];

  test('is asked about after the partnership’s nights, and no reason is given before', () => {
    const before = row(onLeave, [], '2026-02-01');
    expect([rulesOf(before).includes('section-17-leave'), asked(before, 'leave-or-aftercare').length]).toEqual([
      false,
      0,
    ]);
    const after = row(onLeave, [], '2026-02-02');
    const [question] = asked(after, 'leave-or-aftercare');
    expect(question?.facts).toHaveLength(1);
    expect(factsOf(after, 'section-17-leave')).toEqual([question?.facts]);
  });

  test('a later leave is another question, by the section or from the stay', () => {
    const later = [
      IN_HOSPITAL,
      inCommunity('20260201120000', 'S17', '20260201', { communityTo: '20260203' }),
      inCommunity('20260211120000', 'S17', '20260210'),
    ];
    const ids = [row(onLeave, [], '2026-02-02'), row(later)].flatMap((each) => asked(each, 'leave-or-aftercare'));
    expect(idsOf(ids).size).toBe(2);
    const out = (at: string): Adt => ({ trigger: 'A21', sentAt: at, eventAt: at });
    const fromStay = ['20260201090000', '20260210090000'].map((at) => row([IN_HOSPITAL, out(at)]));
    expect(idsOf(fromStay.flatMap((each) => asked(each, 'leave-or-aftercare'))).size).toBe(2);
  });

  test('ends with the stay', () => {
    const out: Adt = { trigger: 'A21', sentAt: '20260201090000', eventAt: '20260201090000' };
    expect(row([IN_HOSPITAL, out, { ...HOME, periods: [] }])).toMatchObject({ status: 'active', concurrent: [] });
  });
});

describe('absent without leave', () => {
  test('no reason is given before six months, and then it rests on the absence', () => {
    const messages = [IN_HOSPITAL, absent('20260115')];
    expect(rulesOf(row(messages, [], '2026-07-14'))).not.toContain('absence-without-leave');
    const after = row(messages, [], '2026-07-15');
    const [question] = asked(after, 'leave-or-aftercare');
    expect(question?.facts).toHaveLength(1);
    expect(factsOf(after, 'absence-without-leave')).toEqual([question?.facts]);
  });

  test('another absence is another question', () => {
    const first = row([IN_HOSPITAL, absent('20260115')]);
    const second = row([IN_HOSPITAL, absent('20260115', '20260120'), absent('20260201')]);
    expect(idsOf([first, second].flatMap((each) => asked(each, 'leave-or-aftercare'))).size).toBe(2);
  });

  test.each([
    ['section 3', ['03'], true],
    ['section 37', ['10'], true],
    ['section 47, to which section 18(4) does not apply so', ['15'], false],
    ['section 47 and then section 3', ['15', '03'], true],
  ])('from %s', (_what, statuses, isAsked) => {
    const periods = statuses.map((status, index) => ({
      ...SECTION,
      id: `P${index + 1}`,
      status,
      from: `2026010${index + 1}`,
    }));
    const away = inCommunity('20260115120000', 'AWOL', '20260115', { status: statuses[0] ?? '' });
    expect(asked(row([{ ...IN_HOSPITAL, periods }, away]), 'leave-or-aftercare')).toHaveLength(isAsked ? 1 : 0);
  });
});

describe('moved to other hospital care', () => {
  test('no reason is given before the interval, and then it rests on the move', () => {
    expect(rulesOf(row([moved('20260301100000')], [], '2026-05-23'))).not.toContain('no-news-since-transfer');
    const after = row([moved('20260301100000')], [], '2026-05-24');
    const [question] = asked(after, 'no-news-since-transfer');
    expect(question?.facts).toHaveLength(1);
    expect(factsOf(after, 'no-news-since-transfer')).toEqual([question?.facts]);
  });

  test('the last move is what is asked about, and is a question of its own', () => {
    const two = [
      moved('20260301100000', 'V1'),
      moved('20260201100000', 'V2', { admitted: '20260105080000', periods: [] }),
    ];
    expect(textOf(row(two))).toContain('Moved to other hospital care on 2026-03-01');
    expect(textOf(row(two.toReversed()))).toContain('Moved to other hospital care on 2026-03-01');
    const onward = [moved('20260301100000', 'V1'), moved('20260401100000', 'V3', { admitted: '20260310080000' })];
    const questions = [row(two), row(onward)].flatMap((each) => asked(each, 'no-news-since-transfer'));
    expect(idsOf(questions).size).toBe(2);
  });

  test('a stay elsewhere that began before the move says nothing of after it', () => {
    const elsewhere = admitted('20260110080000', 'X1', { sender: 'RXX', mrn: 'X1' });
    expect(textOf(row([moved('20260301100000'), elsewhere]))).toContain('Moved to other hospital care on 2026-03-01');
  });

  test.each([
    ['before the detention was no move of it', '20251231100000', /nothing has been heard since 2026-01-01/],
    ['on its first day was', '20260101230000', /Moved to other hospital care on 2026-01-01/],
  ])('a move %s', (_when, left, text) => {
    const stay = moved(left, 'V0', { admitted: '20251101080000', periods: [] });
    expect(textOf(row([stay, news('20260102090000', SECTION)]))).toMatch(text);
  });
});

describe('detained, and nothing is told of a stay', () => {
  const papers = (...periods: Partial<Period>[]): Adt =>
    news('20260102090000', ...periods.map((period, index) => ({ ...SECTION, id: `P${index + 1}`, ...period })));

  test('while one of the detentions goes on: after the interval, whether the person is still there', () => {
    const one = papers({ to: '20260220' }, { from: '20260215' });
    expect(row([one], [], '2026-05-14').questions).toEqual([]);
    expect(rulesOf(row([one], [], '2026-05-14'))).not.toContain('no-news-since-transfer');
    const after = row([one], [], '2026-05-15');
    expect(textOf(after)).toContain('nothing has been heard since 2026-02-20');
    expect(asked(after, 'no-news-since-transfer')).toMatchObject([{ options: ['still-in-hospital'] }]);
    expect(asked(after, 'no-news-since-transfer')[0]?.facts).toHaveLength(2);
    expect(row([one]).concurrent).toEqual(['inpatient']);
  });

  test('once all are over: whether the person has left, since the last of their days', () => {
    const told = row([papers({ to: '20260301' }, { from: '20260110', to: '20260201' })]);
    expect(textOf(told)).toContain('The detention ended on 2026-03-01');
    expect(asked(told, 'leave-or-aftercare')[0]?.facts).toHaveLength(2);
    expect(told.concurrent).toEqual([]);
  });

  test('another detention is another question', () => {
    const over = [papers({ to: '20260201' }), papers({ id: 'P7', to: '20260201' })];
    expect(idsOf(over.flatMap((each) => asked(row([each]), 'leave-or-aftercare'))).size).toBe(2);
    const open = [papers({}), papers({ id: 'P7' })];
    expect(idsOf(open.flatMap((each) => asked(row([each]), 'no-news-since-transfer'))).size).toBe(2);
  });

  test('an admission that was cancelled is no stay', () => {
    const cancelled = [
      admitted('20260301080000', 'V9'),
      { ...admitted('20260301120000', 'V9'), trigger: 'A11', admitted: '' },
    ];
    expect(row([papers({ to: '20260201' }), ...cancelled]).concurrent).toEqual([]);
  });
});

describe('in hospital after the detention ended', () => {
  const over = { ...SECTION_3, to: '20260220' };

  test('nothing has been heard since the later of the two', () => {
    const stayed = admitted('20260101080000', 'V1', { periods: [over] });
    expect(textOf(row([stayed]))).toContain('nothing has been heard since 2026-02-20');
    const readmitted = admitted('20260401080000', 'V2', { periods: [over] });
    expect(textOf(row([readmitted]))).toContain('nothing has been heard since 2026-04-01');
  });
});

describe('an answer is good for the interval from the day on which it was given', () => {
  const messages = [moved('20260301100000')];
  /** Each statement was recorded on its day, as the store has it. */
  const questionsOn = (asOf: string, ...stated: [day: string, fact: Stated][]) => {
    const { messages: read, facts } = told(
      messages,
      stated.map(([, fact]) => fact),
    );
    const recorded = facts.map((fact, index): StatedFact => {
      const statedAt = `${stated[index]?.[0]}T12:00:00Z`;
      return { ...fact, source: { by: 'person', statedBy: fact.source.statedBy, statedAt } };
    });
    const [person] = personsOf([...read, ...recorded]);
    if (!person) throw new Error('the story has a person');
    return fold(person, tables.directory, tables.site, asOf).questions;
  };
  const answer = (question: Parameters<typeof answerTo>[0], n: number): Stated =>
    answerTo(question, 'still-in-hospital', { id: id(n), because: `rang the ward, ${n}` });

  test('each round is a question of its own, which rests on the answers before', () => {
    const [first] = questionsOn('2026-05-24');
    const once = ['2026-05-24', answer(first, 1)] as [string, Stated];
    expect(questionsOn('2026-08-15', once)).toEqual([]);
    const [second] = questionsOn('2026-08-16', once);
    const twice = ['2026-08-16', answer(second, 2)] as [string, Stated];
    const [third] = questionsOn('2026-11-08', once, twice);
    const thrice = ['2026-11-08', answer(third, 3)] as [string, Stated];
    const [fourth] = questionsOn('2027-01-31', once, twice, thrice);
    expect(new Set([first?.id, second?.id, third?.id, fourth?.id]).size).toBe(4);
    expect(second?.facts).toEqual(expect.arrayContaining([...(first?.facts ?? []), id(1)]));
    expect(third?.facts).toEqual(expect.arrayContaining([...(first?.facts ?? []), id(1), id(2)]));
  });

  test('of two that answer, from the later', () => {
    const [first] = questionsOn('2026-05-24');
    const [early, late] = [answer(first, 2), answer(first, 1)];
    const given = [
      ['2026-06-10', late],
      ['2026-06-01', early],
    ] as [string, Stated][];
    for (const stated of [given, given.toReversed()]) {
      expect(questionsOn('2026-09-01', ...stated)).toEqual([]);
      expect(questionsOn('2026-09-02', ...stated)).toHaveLength(1);
    }
  });
});

describe('what else is so', () => {
  test('guardianship, by the list of England only', () => {
    const under = (system: string) => news('20260401090000', { id: 'P9', status: '35', system, from: '20260301' });
    expect(row([HOME, under('MHACT-ENG')]).concurrent).toContain('guardianship');
    expect(row([HOME, under('MHACT-WAL')]).concurrent).not.toContain('guardianship');
  });

  test('an order has its last day, and the entry changes on the next', () => {
    const order = inCommunity('20260302090000', 'CTO', '20260301', { communityTo: '20260430' });
    const messages = [{ ...HOME, periods: [SECTION] }, order];
    expect(row(messages, [], '2026-04-30').concurrent).toEqual(['cto']);
    expect(row(messages, [], '2026-04-30').nextChangeOn).toBe('2026-05-01');
    expect(row(messages, [], '2026-05-01').concurrent).toEqual([]);
  });

  test('whoever comes into hospital from prison is in custody no more', () => {
    const toPrison: Adt = { ...HOME, destination: '40', periods: [{ ...SECTION_3, status: '15' }] };
    expect(row([toPrison, admitted('20260601080000', 'V2')]).concurrent).toEqual(['inpatient']);
    const earlier = admitted('20250601080000', 'V0');
    const left: Adt = {
      ...HOME,
      visit: 'V0',
      sentAt: '20250701100000',
      admitted: '20250601080000',
      left: '20250701100000',
      periods: [],
    };
    expect(row([earlier, left, toPrison]).concurrent).toEqual(['custody']);
  });

  test('whoever was transferred from prison, and detained under section 3 as well, came from there', () => {
    const periods = [
      { ...SECTION_3, status: '15' },
      { ...SECTION_3, id: 'P2', from: '20260201' },
    ];
    expect(asked(row([{ ...HOME, destination: '40', periods }]), 'which-council')).toHaveLength(1);
  });
});
