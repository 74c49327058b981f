import { describe, expect, test } from '@jest/globals';
import { type Adt, adt, HOME, OTHER, SECTION_3 } from '../scenarios/adt.js';
import { onlyRow, type Stated, tell } from '../scenarios/tell.js';
import {
  answerTo,
  asked,
  BIRMINGHAM,
  id,
  idsOf,
  inCommunity,
  news,
  row,
  rulesOf,
  SOLIHULL,
  TODAY,
  textOf,
} from './story.js';

const died = (on: string, verified = true, over: object = {}): Stated => ({ kind: 'died', on, verified, ...over });

describe('an answer', () => {
  const unclear: Adt = { ...HOME, periods: [{ ...SECTION_3, status: '36' }] };

  test('that was not among the options counts for nothing', () => {
    const [question] = asked(row([unclear]), 'legal-status-unclear');
    expect(row([unclear], [answerTo(question, 'perhaps')])).toMatchObject({ status: 'not-known' });
    const both = [answerTo(question, 'perhaps'), answerTo(question, 'qualifies')];
    expect(row([unclear], both)).toMatchObject({ status: 'active' });
  });

  test('given twice is one', () => {
    const [question] = asked(row([unclear]), 'legal-status-unclear');
    const both = ['one', 'another'].map((because) => answerTo(question, 'qualifies', { because }));
    expect(row([unclear], both)).toMatchObject({ status: 'active' });
  });

  test('to another question settles nothing', () => {
    expect(
      row([unclear], [answerTo(asked(row([HOME]), 'which-council')[0], 'qualifies', { question: 'which-council-0' })])
        .status,
    ).toBe('not-known');
  });
});

test('an entry names the first day on which it changes', () => {
  const reviews: Stated[] = ['2026-12-01', '2026-11-25'].map((heldOn) => ({
    kind: 'review',
    heldOn,
    attended: ['person'],
    outcome: 'continue',
  }));
  expect(row([HOME], reviews).nextChangeOn).toBe('2026-11-25');
  expect(row([HOME], reviews.toReversed()).nextChangeOn).toBe('2026-11-25');
});

describe('death', () => {
  test('on the first of several days that are certain', () => {
    const ward: Adt = { ...HOME, destination: '79', method: '4' };
    expect(row([ward], [died('2026-02-27', true, { id: id(1) })])).toMatchObject({ diedOn: '2026-02-27' });
    const told = row([HOME], [died('2026-06-02', true, { id: id(1) }), died('2026-06-01', true, { id: id(2) })]);
    expect(told.diedOn).toBe('2026-06-01');
    expect(told.because.find(({ rule }) => rule === 'death')?.facts).toEqual([id(2)]);
    const sameDay = [
      died('2026-06-01', true, { id: id(4) }),
      died('2026-06-01', true, { id: id(3), statedBy: { organisation: 'QHL', name: 'Another', role: 'clerk' } }),
    ];
    for (const stated of [sameDay, sameDay.toReversed()]) {
      expect(row([HOME], stated).because.find(({ rule }) => rule === 'death')?.facts).toEqual([id(3)]);
    }
  });

  test('that is still to come is not yet so', () => {
    expect(row([HOME], [died('2026-12-01')])).toMatchObject({ status: 'active', diedOn: null });
    expect(row([HOME], [died('2026-12-01', false)]).questions).toEqual([]);
  });

  test.each([
    ['confirmed', 'died', '2026-06-01'],
    ['not-confirmed', 'active', null],
  ])('of which there is only a notice, answered %s', (option, status, diedOn) => {
    const notice = died('2026-06-01', false, { id: id(1) });
    const [question] = asked(row([HOME], [notice]), 'death-unverified');
    expect(question).toMatchObject({ options: ['confirmed', 'not-confirmed'], facts: [id(1)] });
    const told = row([HOME], [notice, answerTo(question, option)]);
    expect(told).toMatchObject({ status, diedOn });
    expect(told.because.filter(({ rule }) => rule === 'death').map(({ facts }) => facts)).toEqual(
      diedOn ? [[id(1)]] : [],
    );
  });

  test('two notices are two questions', () => {
    const notices = [died('2026-06-01', false), died('2026-06-02', false)];
    expect(idsOf(asked(row([HOME], notices), 'death-unverified')).size).toBe(2);
  });
});

describe('a history in which nothing qualifying is known', () => {
  const section2 = (over: Partial<Adt> = {}): Adt => ({ ...HOME, periods: [{ ...SECTION_3, status: '02' }], ...over });
  const checked = (over: object = {}): Stated => ({
    kind: 'history-checked',
    on: '2026-05-01',
    found: 'no-qualifying-detention',
    sources: ['the archive'],
    id: id(1),
    ...over,
  });

  test('after a section 2 it is asked about, once the person has left', () => {
    const told = row([section2()]);
    const [question] = asked(told, 'history-unchecked');
    expect(question).toMatchObject({ options: ['no-qualifying-detention'], facts: [expect.any(String)] });
    expect(told.because.find(({ rule }) => rule === 'silence-is-not-a-no')?.facts).toEqual(question?.facts);
    expect(row([section2()], [answerTo(question, 'no-qualifying-detention')]).questions).toEqual([]);
    expect(asked(row([section2({ left: '', trigger: 'A01' })]), 'history-unchecked')).toEqual([]);
    expect(asked(row([section2({ destination: '87' })]), 'history-unchecked')).toEqual([]);
  });

  test('the question is about the first detention, and another person’s is another', () => {
    const two = section2({
      periods: [
        { ...SECTION_3, status: '02' },
        { ...SECTION_3, id: 'P2', status: '04', from: '20260110' },
      ],
    });
    const other = section2({ periods: [{ ...SECTION_3, id: 'P7', status: '02' }] });
    const [[one], [more], [another]] = [section2(), two, other].map((each) => asked(row([each]), 'history-unchecked'));
    expect(more?.id).toBe(one?.id);
    expect(more?.facts).toHaveLength(2);
    expect(another?.id).not.toBe(one?.id);
  });

  test('informal stays, and detentions to come, are not asked about', () => {
    expect(row([section2({ periods: [{ ...SECTION_3, status: '01' }] })]).questions).toEqual([]);
    const [reason] = row([section2({ periods: [] })]).because;
    expect(reason).toMatchObject({ rule: 'silence-is-not-a-no', text: 'No qualifying detention is known.' });
    expect(reason?.facts).toHaveLength(1);
    const toCome = section2({ periods: [{ ...SECTION_3, status: '02', from: '20261201', to: undefined }] });
    expect(row([toCome]).questions).toEqual([]);
  });

  test.each([
    ['checked', {}, true],
    ['to be checked', { on: '2026-12-01' }, false],
    ['checked, and something was found', { found: 'a qualifying detention' }, false],
  ])('%s', (_what, over, isSettled) => {
    const told = row([section2()], [checked(over)]);
    expect(asked(told, 'history-unchecked')).toHaveLength(isSettled ? 0 : 1);
    expect(told.because.some(({ facts }) => facts.includes(id(1)))).toBe(isSettled);
  });
});

describe('an address outside England and Wales', () => {
  const moved = (sentAt: string, postcode: string): Adt => ({ trigger: 'A31', sentAt, postcode });

  test.each([
    ['EH1 1AA', 'Scotland'],
    [' bt1 1aa', 'Northern Ireland'],
    ['JE2 3AB', 'the Channel Islands'],
    ['IM1 1AA', 'the Isle of Man'],
  ])('%s is in %s', (postcode, where) => {
    const told = row([HOME, moved('20260601090000', postcode)]);
    const [question] = asked(told, 'moved-abroad');
    expect(question?.text).toContain(`An address in ${where} was told on 2026-06-01`);
    expect(told.because.find(({ rule }) => rule === 'moved-abroad')?.facts).toEqual(question?.facts);
    expect(question?.facts).toHaveLength(1);
    expect(row([HOME, moved('20260601090000', postcode)], [answerTo(question, 'duty-goes-on')]).questions).toEqual([]);
  });

  test.each([
    ['before leaving', '20260301095900', 0],
    ['at the moment of leaving', '20260301100000', 1],
  ])('told %s', (_when, sentAt, questions) => {
    expect(asked(row([HOME, moved(sentAt, 'EH1 1AA')]), 'moved-abroad')).toHaveLength(questions);
  });

  test('while the person is in hospital nothing is asked; another address is another question', () => {
    expect(
      asked(row([{ ...HOME, left: '', trigger: 'A01' }, moved('20260601090000', 'EH1 1AA')]), 'moved-abroad'),
    ).toEqual([]);
    const told = ['EH1 1AA', 'EH2 2BB'].map((postcode) => row([HOME, moved('20260601090000', postcode)]));
    expect(idsOf(told.flatMap((each) => asked(each, 'moved-abroad'))).size).toBe(2);
  });

  test('what is no postcode says nothing', () => {
    expect(asked(row([HOME, moved('20260601090000', '123')]), 'moved-abroad')).toEqual([]);
  });
});

describe('whose the number is', () => {
  const several = adt(HOME).replace('9990000018^^^NHS^NH', `9990000018^^^NHS^NH~${OTHER}^^^NHS^NH`);

  test.each<[string, Adt | string, RegExp]>([
    ['no number', { ...HOME, nhsNumber: null }, /^No NHS number was sent\./],
    ['one that fails its check', { ...HOME, nhsNumber: '9990000019' }, /fails its check digit/],
    ['one that is not traced', { ...HOME, numberStatus: '02' }, /reports the NHS number as not verified/],
    ['several', several, /One message gave several NHS numbers/],
  ])('%s: what is wrong is said, and the question and the reason rest on what was told', (_what, message, text) => {
    const told = onlyRow(tell([message], TODAY));
    const [question] = asked(told, 'identity-unverified');
    expect(question?.text).toMatch(text);
    expect(question?.facts).toHaveLength(1);
    expect(told.because.find(({ rule }) => rule === 'verified-identity')?.facts).toEqual(question?.facts);
  });

  test('a number that failed its check says nothing once the right one has come', () => {
    const wrong: Adt = { trigger: 'A08', sentAt: '20260401090000', nhsNumber: '9990000019' };
    const told = tell([HOME, wrong], TODAY);
    expect(told.register[0]?.questions.map(({ kind }) => kind)).toEqual([]);
  });

  test('two people without a number are two questions', () => {
    const told = tell(
      [
        { ...HOME, nhsNumber: null },
        { ...HOME, nhsNumber: null, mrn: 'L9', visit: 'V9', periods: [] },
      ],
      TODAY,
    );
    expect(
      idsOf(told.register.flatMap(({ questions }) => questions.filter(({ kind }) => kind === 'identity-unverified')))
        .size,
    ).toBe(2);
  });
});

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
      nextChangeOn: expect.stringMatching(/^202[23]-/),
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
