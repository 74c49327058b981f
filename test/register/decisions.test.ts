import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { kindsOf, onlyRow, type Stated, tell } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { AGAIN, answerTo, asked, id, TODAY, textOf } from './story.js';

const row = (stated: readonly Stated[], messages: readonly Adt[] = [HOME]) => onlyRow(tell(messages, TODAY, stated));

const council = (decidedOn: string, over: object = {}) => decisionOf('council', decidedOn, over);
const icb = (decidedOn: string, over: object = {}) => decisionOf('icb', decidedOn, over);
const both = (first: string, second = first): Stated[] => [council(first), icb(second)];
const stillNeeded = { decision: 'still-needed', reasons: [] };
const reinstated = (from: string, reason = 'too early'): Stated => ({ kind: 'reinstated', from, reason });
const named = (organisation: string, name: string) => ({ statedBy: { organisation, name, role: 'decides' } });

describe('decisions of one body', () => {
  test('that aftercare is still needed ends nothing, and asks nothing', () => {
    expect(row([council('2026-05-01', stillNeeded)])).toMatchObject({ status: 'active', questions: [] });
    expect(
      row([council('2026-05-01', { ...stillNeeded, reasons: ['needs-reassessed-none-remaining'] })]),
    ).toMatchObject({ status: 'active', questions: [] });
  });

  test.each([
    ['later', '2026-05-10', 'active'],
    ['on the same day', '2026-05-01', 'active'],
    ['earlier', '2026-04-20', 'ended'],
  ])('that it is still needed, decided %s, takes back its own that it is not: %s, %s', (_when, decidedOn, status) => {
    expect(row([...both('2026-05-01', '2026-05-20'), council(decidedOn, stillNeeded)]).status).toBe(status);
  });

  test('the other body is asked, by name, for the decision that it has not made', () => {
    const asked = row([council('2026-05-01', { id: id(1) })]);
    expect(textOf(asked)).toMatch(/^The council decided on 2026-05-01 .* The ICB has not decided/);
    expect(asked.questions).toMatchObject([{ kind: 'ending-incomplete', options: [], facts: [id(1)] }]);
    expect(textOf(row([icb('2026-05-01')]))).toMatch(/^The ICB decided/);
  });

  test('two that contradict each other are both shown, and another decision is another question', () => {
    const asked = row([council('2026-05-01', { id: id(1) }), icb('2026-05-02', { ...stillNeeded, id: id(2) })]);
    expect(asked.questions).toMatchObject([{ kind: 'ending-incomplete', facts: [id(1), id(2)] }]);
    const other = row([council('2026-05-03', { id: id(3) })]);
    expect(other.questions[0]?.id).not.toBe(asked.questions[0]?.id);
  });
});

describe('the day of an ending', () => {
  test('is that of the later decision, whichever body made it', () => {
    expect(row([icb('2026-05-01'), council('2026-05-09')]).episodes).toMatchObject([{ to: '2026-05-09' }]);
  });

  test('is the earliest on which two people had decided', () => {
    const ada = (organisation: string) => named(organisation, 'Ada Example');
    const ended = row([
      council('2026-05-01', ada('E08000025')),
      icb('2026-05-03', ada('QHL')),
      council('2026-05-10', named('E08000025', 'Cy Example')),
      icb('2026-05-20', named('QHL', 'Bo Example')),
    ]);
    expect(ended.episodes).toMatchObject([{ status: 'ended', to: '2026-05-10' }]);
  });

  test('rests on the first decision of each body, of several that give the same day', () => {
    const ended = row([
      council('2026-05-01', { id: id(1) }),
      council('2026-05-02', { id: id(2) }),
      council('2026-05-03', { id: id(3) }),
      icb('2026-05-09', { id: id(4) }),
    ]);
    expect(ended.because.filter(({ rule }) => rule === 'joint-ending')).toMatchObject([{ facts: [id(1), id(4)] }]);
  });

  test('may be the day of leaving hospital, and no day before it', () => {
    expect(row(both('2026-03-01')).episodes).toMatchObject([{ status: 'ended', to: '2026-03-01' }]);
    const early = row(both('2026-02-20'));
    expect(early.status).toBe('active');
    expect(textOf(early)).toContain('it was decided before aftercare began');
  });

  test('two decisions in one name are one question, which rests on both', () => {
    const asked = row([
      council('2026-05-01', { id: id(1), ...named('E08000025', 'Ada') }),
      icb('2026-05-02', { id: id(2), ...named('QHL', 'Ada') }),
    ]);
    expect(asked.questions.filter(({ options }) => options.includes('two-people'))).toMatchObject([
      { kind: 'ending-proposed', facts: [id(1), id(2)] },
    ]);
  });
});

describe('what is no decision says why', () => {
  test('every reason that does not suffice is named', () => {
    const asked = row([council('2026-05-01', { reasons: ['settled', 'time-passed'] })]);
    expect(textOf(asked)).toContain('"settled", "time passed" does not show');
  });

  test('a trust that speaks for the council proposes', () => {
    expect(textOf(row([council('2026-05-01', named('RXT', 'Cy Example'))]))).toContain('RXT is a trust and proposes');
  });

  test('each proposal is a question of its own', () => {
    const asked = row([
      decisionOf('trust', '2026-05-01', { id: id(1) }),
      decisionOf('trust', '2026-06-01', { id: id(2) }),
    ]);
    expect(asked.questions).toMatchObject([{ kind: 'ending-proposed' }, { kind: 'ending-proposed' }]);
    expect(asked.questions.flatMap(({ facts }) => facts).sort()).toEqual([id(1), id(2)]);
  });
});

describe('each duty has its own decisions', () => {
  test('what one body decided of the first is not asked about again in the second', () => {
    expect(row([council('2026-05-01')], [HOME, AGAIN])).toMatchObject({ status: 'active', questions: [] });
    expect(row([council('2026-05-01', { personInvolved: false })], [HOME, AGAIN])).toMatchObject({ questions: [] });
  });

  test('one decision for each of them ends neither', () => {
    const active = row([council('2026-05-01'), icb('2026-09-01')], [HOME, AGAIN]);
    expect(active).toMatchObject({ episodes: [{ status: 'superseded' }, { status: 'active' }] });
    expect(kindsOf(active)).toEqual(['ending-incomplete']);
  });

  test('a new detention comes first on its day: what is decided on it was decided in hospital', () => {
    const asked = row([council('2026-05-01'), icb('2026-07-01')], [HOME, AGAIN]);
    expect(asked.episodes).toMatchObject([{ status: 'superseded', to: '2026-07-01' }, { status: 'active' }]);
    expect(textOf(asked)).toContain('it was decided before aftercare began');
  });
});

describe('endings that are taken back', () => {
  const first = both('2026-05-01', '2026-05-20');
  const second = both('2026-09-01', '2026-09-05');

  test('the reason rests on what was stated', () => {
    const back = row([...first, { ...reinstated('2026-06-01'), id: id(1) }]);
    expect(back.because.filter(({ rule }) => rule === 'reinstatement')).toMatchObject([{ facts: [id(1)] }]);
  });

  test('what a body had decided before aftercare came back is no half of a later ending', () => {
    const back = row([
      ...first,
      icb('2026-05-25', { reasons: first[1]?.reasons }),
      reinstated('2026-06-01'),
      council('2026-09-01'),
    ]);
    expect(back).toMatchObject({ status: 'active' });
    expect(kindsOf(back)).toEqual(['ending-incomplete']);
  });

  test('each of two endings by a reinstatement of its own', () => {
    const back = row([...first, reinstated('2026-06-01'), ...second, reinstated('2026-10-01')]);
    expect(back).toMatchObject({ status: 'active', questions: [] });
    expect(back.because.filter(({ rule }) => rule === 'reinstatement')).toHaveLength(2);
  });

  test('the second by one that counts from the day of its first decision', () => {
    expect(row([...first, reinstated('2026-06-01'), ...second, reinstated('2026-09-01')]).status).toBe('active');
  });

  test('two officers who take the same ending back on one day leave a later ending as it is', () => {
    const twice = [reinstated('2026-06-01'), reinstated('2026-06-01', 'a need was left out')];
    expect(row([...first, ...twice, ...second])).toMatchObject({ status: 'ended', episodes: [{ to: '2026-09-05' }] });
  });

  test('two officers who take it back on two days, before anybody decides anew: the later ending stands too', () => {
    const twice = [reinstated('2026-06-01'), reinstated('2026-07-01')];
    expect(row([...first, ...twice, ...second])).toMatchObject({ status: 'ended', episodes: [{ to: '2026-09-05' }] });
  });

  test('of which one takes it back from its own day: so too', () => {
    const twice = [reinstated('2026-05-20'), reinstated('2026-06-01')];
    expect(row([...first, ...twice, ...second])).toMatchObject({ status: 'ended', episodes: [{ to: '2026-09-05' }] });
  });

  test('one that says it should never have ended may be about a later ending as well: active, the safe reading', () => {
    const twice = [reinstated('2026-03-01'), reinstated('2026-06-01')];
    expect(row([...first, ...twice, ...second])).toMatchObject({ status: 'active' });
  });

  test('a reinstatement is about the duty in whose time it falls', () => {
    const ofTheSecond = row([...first, ...second, reinstated('2026-10-01')], [HOME, AGAIN]);
    expect(ofTheSecond.episodes).toMatchObject([{ status: 'ended', to: '2026-05-20' }, { status: 'active' }]);
    const onItsFirstDay = row([...first, reinstated('2026-07-01')], [HOME, AGAIN]);
    expect(onItsFirstDay.episodes).toMatchObject([{ status: 'ended', to: '2026-05-20' }, { status: 'active' }]);
    const ofTheFirst = row([...first, reinstated('2026-06-01'), ...second], [HOME, AGAIN]);
    expect(ofTheFirst.episodes).toMatchObject([{ status: 'superseded' }, { status: 'ended', to: '2026-09-05' }]);
  });

  describe('stated from a day in hospital, after a new detention', () => {
    const inHospital = { ...reinstated('2026-07-15'), id: id(9) };
    const lives = (...more: Stated[]) => row([...first, inHospital, ...more], [HOME, AGAIN]);
    const answer = (option: string): Stated => answerTo(asked(lives(), 'ending-incomplete')[0], option);

    test('it is asked whether the ending before that detention was taken back; until then it stands', () => {
      const told = lives();
      expect(told.episodes).toMatchObject([{ status: 'ended', to: '2026-05-20' }, { status: 'active' }]);
      const [question] = asked(told, 'ending-incomplete');
      expect(question).toMatchObject({ options: ['ending-stands', 'ending-taken-back'] });
      expect(question?.facts).toContain(id(9));
      expect(textOf(told)).toContain('ended on 2026-05-20, the person was detained again on 2026-07-01');
      expect(kindsOf(row([...first, inHospital], [HOME, { ...AGAIN, left: undefined }]))).toContain(
        'ending-incomplete',
      );
    });

    test('taken back: the duty went on until the detention', () => {
      const told = lives(answer('ending-taken-back'));
      expect(told).toMatchObject({ questions: [], episodes: [{ status: 'superseded', to: '2026-07-01' }, {}] });
      expect(told.because.filter(({ rule }) => rule === 'reinstatement')).toMatchObject([{ facts: [id(9)] }]);
    });

    test('not taken back: the ending stands, and the NHS side is found anew', () => {
      const told = lives(answer('ending-stands'));
      expect(told.episodes).toMatchObject([{ status: 'ended' }, { status: 'active' }]);
      expect(kindsOf(told)).toEqual(['which-icb']);
    });

    test('a second officer who states it after the answer is asked about again', () => {
      expect(kindsOf(lives(answer('ending-stands'), reinstated('2026-07-20')))).toContain('ending-incomplete');
    });

    test('an ending that was taken back before is not asked about', () => {
      expect(lives(reinstated('2026-06-01'))).toMatchObject({
        questions: [],
        episodes: [{ status: 'superseded' }, {}],
      });
    });
  });

  test('a charge takes nothing back', () => {
    const charge = { kind: 'charge', from: '2026-06-01', amountPerWeek: '20.00', for: 'a day centre' };
    expect(row([...first, charge]).status).toBe('ended');
  });
});

describe('decisions while back in hospital by recall of a conditional discharge', () => {
  const restricted = { ...SECTION_3, status: '09', to: undefined };
  const community = (sentAt: string, what: 'CD' | 'RECALL', from: string, to?: string): Adt => ({
    trigger: 'A08',
    sentAt,
    periods: [{ ...restricted, community: what, communityFrom: from, communityTo: to }],
  });
  const home: Adt = { ...HOME, periods: [restricted] };
  const back: Adt[] = [
    home,
    community('20260302090000', 'CD', '20260301', '20260501'),
    community('20260502090000', 'RECALL', '20260501'),
    { ...home, sentAt: '20261001110000', visit: 'V2', admitted: '20260501', left: '20261001100000' },
  ];

  test.each([
    ['before the recall', '2026-04-02', 'ended'],
    ['on the day of the recall', '2026-05-01', 'active'],
    ['meanwhile', '2026-06-01', 'active'],
    ['on the day of leaving again', '2026-10-01', 'ended'],
  ])('%s, on %s: %s', (_when, decidedOn, status) => {
    const told = row(both(decidedOn), back);
    expect(told.status).toBe(status);
    if (status === 'active') expect(textOf(told)).toContain('back in hospital');
  });
});
