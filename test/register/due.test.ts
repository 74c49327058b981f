import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME } from '../scenarios/adt.js';
import type { Stated } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { AGAIN, id, row, TODAY } from './story.js';

type Due = { kind: string; dueOn: string | null; doneOn: string | null; state: string };
const inWords = ({ kind, dueOn, doneOn, state }: Due): string =>
  `${kind} ${dueOn ?? 'on leaving'} ${state}${doneOn ? ` ${doneOn}` : ''}`;

/** `review 2026-04-12 overdue`; what was done has its day: `review 2026-04-12 done 2026-04-10`. */
const due = (messages: readonly Adt[], asOf: string, stated: readonly Stated[] = []): string[] =>
  row(messages, stated, asOf).clocks.map(inWords);

const review = (heldOn: string, over: object = {}): Stated => ({
  kind: 'review',
  heldOn,
  attended: ['person', 'council'],
  outcome: 'continue',
  ...over,
});
const planDue = (reviewDue: string): Stated => ({ kind: 'plan', agreedOn: '2026-02-25', reviewDue });
const stay = (visit: string, admitted: string, left?: string): Adt => ({
  trigger: left === undefined ? 'A01' : 'A03',
  sentAt: `${(left ?? admitted).slice(0, 8)}235900`,
  visit,
  admitted,
  left,
  destination: left === undefined ? undefined : '19',
});

describe('what is due is told in the order of its days', () => {
  test('what began earlier first, whatever it is', () => {
    expect(due([HOME, stay('V2', '20260320080000')], '2026-04-11', [review('2026-04-10')])).toEqual([
      'plan 2026-03-01 escalated',
      'follow-up 2026-03-04 done 2026-04-10',
      'review 2026-04-12 done 2026-04-10',
      'review-after-readmission on leaving done 2026-04-10',
      'review 2027-04-10 running',
    ]);
  });

  test('of what began together, what is due first; what has no day yet, last', () => {
    expect(due([HOME], '2026-03-01', [planDue('2026-03-02')])).toEqual([
      'plan 2026-03-01 running',
      'review 2026-03-02 running',
      'follow-up 2026-03-04 running',
    ]);
    const [, , , ...last] = due([HOME, stay('V2', '20260501080000')], '2026-05-02', [
      review('2026-05-01', { attended: ['council'], nextDue: '2026-05-20' }),
      decisionOf('council', '2026-05-01'),
    ]);
    expect(last).toEqual([
      'review 2026-05-20 running',
      'other-decision 2026-05-29 running',
      'review-after-readmission on leaving done 2026-05-01',
    ]);
  });
});

test('each rests on the facts that say so', () => {
  const [held, byCouncil] = [review('2026-04-10', { id: id(1) }), decisionOf('council', '2026-05-01', { id: id(2) })];
  const { clocks, because } = row([HOME, stay('V2', '20260601080000')], [held, byCouncil]);
  const factsOf = (kind: string) => clocks.filter((clock) => clock.kind === kind).map(({ facts }) => facts);
  const leaving = because.find(({ rule }) => rule === 'leaving-hospital')?.facts ?? [];
  const detention = because.find(({ rule }) => rule === 'qualifying-detention')?.facts ?? [];
  expect(leaving).toHaveLength(1);
  expect(factsOf('plan')).toEqual([detention]);
  expect(factsOf('follow-up')).toEqual([[...leaving, id(1)]]);
  expect(factsOf('review')).toEqual([leaving, [id(1)]]);
  expect(factsOf('review-after-readmission')).toEqual([[expect.any(String)]]);
  expect(factsOf('other-decision')).toEqual([[id(2)]]);
  expect(row([HOME]).clocks.find(({ kind }) => kind === 'follow-up')?.facts).toEqual(leaving);
  const ended = row([HOME], [byCouncil, decisionOf('icb', '2026-05-02', { id: id(3) })]);
  expect(ended.clocks.find(({ kind }) => kind === 'notice')?.facts).toEqual([id(2), id(3)]);
});

describe('reviews', () => {
  test.each([
    [
      'before leaving is none of the time after it',
      '2026-02-28',
      ['follow-up 2026-03-04 escalated', 'review 2026-04-12 escalated'],
    ],
    [
      'on the day of leaving counts',
      '2026-03-01',
      ['follow-up 2026-03-04 done 2026-03-01', 'review 2026-04-12 done 2026-03-01', 'review 2027-03-01 running'],
    ],
  ])('held %s', (_when, heldOn, expected) => {
    expect(due([HOME], TODAY, [review(heldOn)]).slice(1)).toEqual(expected);
  });

  test.each([
    ['earlier than the policy’s', '2026-04-01', '2026-04-01'],
    ['the day of leaving', '2026-03-01', '2026-03-01'],
    ['a day before leaving says nothing', '2026-02-27', '2026-04-12'],
    ['later than the policy’s', '2026-05-01', '2026-04-12'],
  ])('the day that the plan names: %s', (_what, reviewDue, dueOn) => {
    expect(due([HOME], '2026-03-01', [planDue(reviewDue)])).toContain(`review ${dueOn} running`);
  });

  test('what is not done is chased a week, and escalated four weeks, after its day', () => {
    expect(due([HOME], '2026-04-19')).toContain('review 2026-04-12 overdue');
    expect(due([HOME], '2026-04-20')).toContain('review 2026-04-12 chased');
    expect(due([HOME], '2026-05-10')).toContain('review 2026-04-12 chased');
    expect(due([HOME], '2026-05-11')).toContain('review 2026-04-12 escalated');
  });

  test('each duty has its own, and one on the day of the new detention is still the first’s', () => {
    expect(due([HOME, AGAIN], '2026-08-02', [review('2026-07-01'), review('2026-08-01')])).toEqual([
      'follow-up 2026-03-04 done 2026-07-01',
      'review 2026-04-12 done 2026-07-01',
      'plan 2026-08-01 overdue',
      'follow-up 2026-08-04 done 2026-08-01',
      'review 2026-09-12 done 2026-08-01',
      'review 2027-08-01 running',
    ]);
  });
});

describe('back in hospital without a new detention', () => {
  const back = stay('V2', '20260601080000', '20260610080000');
  const isAfter = (clock: string): boolean => clock.startsWith('review-after-readmission');
  const after = (messages: readonly Adt[], asOf: string, stated: readonly Stated[] = []) =>
    due(messages, asOf, stated).filter(isAfter);

  test('a review on the day of admission is one, and one before it, or a first contact, is none', () => {
    expect(after([HOME, back], TODAY, [review('2026-06-01')])).toEqual([
      'review-after-readmission 2026-06-10 done 2026-06-01',
    ]);
    const none = ['review-after-readmission 2026-06-10 escalated'];
    expect(after([HOME, back], TODAY, [review('2026-05-31')])).toEqual(none);
    expect(after([HOME, back], TODAY, [review('2026-06-05', { outcome: 'follow-up' })])).toEqual(none);
  });

  test('an admission on the day of leaving, or one to come, asks for none', () => {
    expect(after([HOME, stay('V2', '20260301150000')], TODAY)).toEqual([]);
    const told = row([HOME, back], [], '2026-05-20');
    expect(told.clocks.map(inWords).filter(isAfter)).toEqual([]);
    expect(told.clocks).toHaveLength(3);
  });

  test('of a duty that is over, what was reviewed remains; the admission that ended it is none', () => {
    expect(after([HOME, stay('V3', '20260401080000', '20260410080000'), AGAIN], TODAY, [review('2026-04-05')])).toEqual(
      ['review-after-readmission 2026-04-10 done 2026-04-05'],
    );
    expect(after([HOME, AGAIN], TODAY, [review('2026-07-01')])).toEqual([]);
  });
});

describe('the written notice', () => {
  const both = [decisionOf('council', '2026-10-01'), decisionOf('icb', '2026-10-02')];
  const notice = (stated: Stated[]) =>
    due([HOME], TODAY, [...both, ...stated]).filter((clock) => clock.startsWith('notice'));

  test.each([
    ['on the day of the ending', '2026-10-02', ['notice 2026-10-16 done 2026-10-02']],
    ['before it: no notice of it', '2026-10-01', ['notice 2026-10-16 escalated']],
  ])('given %s', (_when, on, expected) => {
    expect(notice([{ kind: 'notice-given', on }])).toEqual(expected);
  });

  test('is no other thing that people state of a later day', () => {
    const checked = {
      kind: 'history-checked',
      on: '2026-10-05',
      found: 'qualifying-detention',
      sources: ['archive'],
    };
    expect(notice([checked])).toEqual(['notice 2026-10-16 escalated']);
  });
});
