import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, tell, told } from './tell.js';
import { decisionOf } from './thirty-four/decision.js';

const TODAY = '2026-11-21';
const DIED: Stated = { kind: 'died', on: '2026-07-30', verified: true };
const charge = (from: string, to: string | null = null): Stated => ({
  kind: 'charge',
  from,
  to,
  amountPerWeek: '120.50',
  for: 'residential care',
});
/** The section 3 is told on this day; the leaving was told without it. */
const toldOn = (day: string): Adt[] => [
  { ...HOME, periods: [] },
  { trigger: 'A08', sentAt: `${day.replaceAll('-', '')}090000`, periods: [SECTION_3] },
];
const questions = (messages: Adt[], stated: Stated[] = [], asOf = TODAY) =>
  onlyRow(tell(messages, asOf, stated)).questions.filter(({ kind }) => kind === 'charges-unchecked');

describe('what section 117 owes is free', () => {
  test('23: died after leaving hospital: was anything charged that must be given back?', () => {
    const [question, ...others] = questions([HOME], [DIED]);
    expect(others).toEqual([]);
    expect(question).toMatchObject({ options: ['nothing-charged', 'given-back'] });
    expect(question?.text).toMatch(/2026-03-01.*2026-07-30.*UKHL 34/);
    const answer: Stated = { kind: 'answer', question: question?.id, option: 'nothing-charged', because: 'looked' };
    expect(questions([HOME], [DIED, answer])).toEqual([]);
  });

  test('it is not asked of somebody who never left hospital, nor of whom nothing is known', () => {
    const admitted: Adt = { ...HOME, trigger: 'A01', periods: [{ ...SECTION_3, to: undefined }], left: undefined };
    expect(questions([admitted], [DIED, charge('2026-02-01')])).toEqual([]);
    expect(questions([{ ...HOME, periods: [{ ...SECTION_3, status: '02' }] }], [DIED])).toEqual([]);
  });

  test('17: told a week late or more: was anything charged meanwhile?', () => {
    expect(questions(toldOn('2026-03-07'))).toEqual([]);
    expect(questions(toldOn('2026-03-08'))).toMatchObject([{ options: ['nothing-charged', 'given-back'] }]);
    expect(questions(toldOn('2026-03-08'))[0]?.text).toMatch(/since 2026-03-01.*before 2026-03-08/);
  });

  test('what was answered when it was told late is asked anew at the death', () => {
    const [late] = questions(toldOn('2026-03-20'));
    const answer: Stated = { kind: 'answer', question: late?.id, option: 'nothing-charged', because: 'looked' };
    expect(questions(toldOn('2026-03-20'), [answer])).toEqual([]);
    expect(questions(toldOn('2026-03-20'), [answer, DIED])).toHaveLength(1);
  });

  test('a charge that is recorded while aftercare is owed is asked about', () => {
    expect(questions([HOME], [charge('2026-02-01', '2026-02-20')])).toEqual([]);
    expect(questions([HOME], [charge('2026-04-01')], '2026-03-31')).toEqual([]);
    const [question] = questions([HOME], [charge('2026-04-01')]);
    expect(question).toMatchObject({ options: ['given-back', 'for-other-needs'] });
    expect(question?.text).toContain('120.50');
    const answer: Stated = { kind: 'answer', question: question?.id, option: 'for-other-needs', because: 'a hip' };
    expect(questions([HOME], [charge('2026-04-01'), answer])).toEqual([]);
  });

  test.each([
    ['that ended on the day of leaving', '2026-02-01', '2026-03-01', 1],
    ['that ended the day before', '2026-02-01', '2026-02-28', 0],
    ['from the day before both had ended it', '2026-05-19', null, 1],
    ['from the day on which both had', '2026-05-20', null, 0],
  ])('a charge %s', (_which, from, to, count) => {
    const ended = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-20')];
    expect(questions([HOME], [...ended, charge(from, to)])).toHaveLength(count);
  });

  const idsIn = (messages: Adt[], kind: string) =>
    told(messages, []).messages.flatMap((fact) => (fact.kind === kind ? [fact.id] : []));

  test('what is asked rests on the detention, and at the death on the leaving too; of a charge on the charge', () => {
    const [detention] = idsIn([HOME], 'detention');
    const [leaving] = idsIn([HOME], 'left-hospital');
    expect(questions([HOME], [DIED])).toMatchObject([{ facts: [detention, leaving].sort() }]);
    expect(questions(toldOn('2026-03-20'))).toMatchObject([{ facts: idsIn(toldOn('2026-03-20'), 'detention') }]);
    const id = '00000000-0000-4000-8000-000000000117';
    const row = onlyRow(tell([HOME], TODAY, [{ ...charge('2026-04-01'), id }]));
    expect(row.questions).toMatchObject([{ kind: 'charges-unchecked', facts: [id] }]);
    expect(row.because.filter(({ rule }) => rule === 'free-of-charge').map(({ facts }) => facts)).toEqual([[id]]);
  });

  test('what was answered counts when a renewal of the section is told after it', () => {
    const [question] = questions(toldOn('2026-03-20'));
    const renewal: Adt = {
      trigger: 'A08',
      sentAt: '20260325090000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260201' }],
    };
    expect(questions([...toldOn('2026-03-20'), renewal]).map(({ id }) => id)).toEqual([question?.id]);
  });

  test('of two times that aftercare was owed each is asked about by itself', () => {
    const again: Adt[] = [
      {
        ...HOME,
        sentAt: '20260801100500',
        visit: 'V2',
        admitted: '20260701080000',
        left: '20260801100000',
        periods: [],
      },
      {
        trigger: 'A08',
        sentAt: '20260901090000',
        periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: '20260801' }],
      },
    ];
    expect(new Set(questions([...toldOn('2026-03-20'), ...again]).map(({ id }) => id)).size).toBe(2);
  });
});
