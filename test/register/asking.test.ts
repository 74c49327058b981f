import { describe, expect, test } from '@jest/globals';
import { type Adt, adt, HOME, OTHER, SECTION_3 } from '../scenarios/adt.js';
import { onlyRow, type Stated, tell } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { answerTo, asked, id, idsOf, row, TODAY } from './story.js';

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
      expect(row([HOME], stated).because.find(({ rule }) => rule === 'death')?.facts).toEqual([id(3), id(4)]);
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
    const told = row([HOME], [notice, answerTo(question, option, { id: id(2) })]);
    expect(told).toMatchObject({ status, diedOn });
    expect(told.because.filter(({ rule }) => rule === 'death').map(({ facts }) => facts)).toEqual(
      diedOn ? [[id(1), id(2)]] : [],
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
    const [one, more, another] = [section2(), two, other].flatMap((each) => asked(row([each]), 'history-unchecked'));
    expect(more?.id).toBe(one?.id);
    expect(more?.facts).toHaveLength(2);
    expect(another?.id).not.toBe(one?.id);
  });

  test('informal stays, and detentions to come, are not asked about', () => {
    expect(row([section2({ periods: [{ ...SECTION_3, status: '01' }] })]).questions).toEqual([]);
    const [reason] = row([section2({ periods: [] })]).because;
    expect(reason).toMatchObject({ rule: 'silence-is-not-a-no', text: 'No qualifying detention is known.' });
    expect(reason?.facts).toEqual([]);
    const toCome = section2({ periods: [{ ...SECTION_3, status: '02', from: '20261201', to: undefined }] });
    expect(row([toCome]).questions).toEqual([]);
  });

  test.each([
    ['checked', {}, true],
    ['to be checked', { on: '2026-12-01' }, false],
    ['checked, and something was found', { found: 'qualifying-detention' }, false],
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
    expect(asked(row([HOME, moved('20260601090000', '1EH 1AA')]), 'moved-abroad')).toEqual([]);
  });
});

describe('a question', () => {
  test('has an id that tells its kind and nothing of the person', () => {
    const [question] = asked(row([{ ...HOME, periods: [{ ...SECTION_3, council: undefined }] }]), 'which-council');
    expect(question?.id).toMatch(/^which-council-[0-9a-f]{16}$/);
    expect(question?.text).not.toContain('contradict');
  });

  test('names the facts that it rests on in one order', () => {
    const [council, icb] = [
      decisionOf('council', '2026-05-01', { id: id(2) }),
      decisionOf('icb', '2026-05-02', { id: id(1) }),
    ];
    const by = (organisation: string) => ({ organisation, name: 'One', role: 'decides' });
    const told = row(
      [HOME],
      [
        { ...council, statedBy: by('A council') },
        { ...icb, statedBy: by('NHS') },
      ],
    );
    expect(asked(told, 'ending-proposed').map(({ facts }) => facts)).toEqual([[id(1), id(2)]]);
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

  test('nothing goes out while it is in doubt, and everything once it is not', () => {
    const isVerified = (...messages: (Adt | string)[]) =>
      tell(messages, TODAY).register.map(({ nhsNumberVerified }) => nhsNumberVerified);
    expect(isVerified(HOME)).toEqual([true]);
    expect(isVerified({ ...HOME, nhsNumber: null })).toEqual([false]);
    expect(isVerified({ ...HOME, numberStatus: '02' })).toEqual([false]);
    expect(isVerified(HOME, { trigger: 'A08', sentAt: '20260401090000', nhsNumber: OTHER })).toEqual([false, false]);
  });

  test('one period told of two people: neither is certain until it is said of each that the number was given twice', () => {
    const other: Adt = { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V2' };
    const told = tell([HOME, other], TODAY).register;
    expect(told.map(({ nhsNumberVerified }) => nhsNumberVerified)).toEqual([false, false]);
    const [question] = told[0]?.questions.filter(({ kind }) => kind === 'identity-conflict') ?? [];
    expect(question).toMatchObject({ options: ['number-given-twice'], facts: [expect.any(String)] });
    const answered = tell([HOME, other], TODAY, [answerTo(question, 'number-given-twice')]).register;
    expect(answered.map(({ nhsNumberVerified }) => nhsNumberVerified)).toEqual([true, false]);
    const another = tell(
      [HOME, other].map((message) => ({ ...message, periods: [{ ...SECTION_3, id: 'P7' }] })),
      TODAY,
    ).register[0]?.questions.find(({ kind }) => kind === 'identity-conflict');
    expect(another?.id).not.toBe(question?.id);
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
