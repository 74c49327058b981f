import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell, told as toldBy } from '../scenarios/tell.js';
import { FOURTH, THIRD } from './people.js';
import { TODAY } from './story.js';

type Record = [nhsNumber: string, mrn: string];
const [ONE, TWO, THREE, FOUR]: Record[] = [
  [PERSON, 'L1'],
  [OTHER, 'L2'],
  [THIRD, 'L3'],
  [FOURTH, 'L4'],
] as const satisfies Record[];

/** A stay with a detention, told under one record. */
const stayOf = ([nhsNumber, mrn]: Record, over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  controlId: `stay-${nhsNumber}`,
  nhsNumber,
  mrn,
  visit: `V-${mrn}`,
  periods: [{ ...SECTION_3, id: `P-${mrn}` }],
  ...over,
});
const move = (day: string, [nhsNumber, mrn]: Record, from: Record, visit: string): Adt => ({
  trigger: 'A45',
  sentAt: `2026${day}090000`,
  controlId: `${day}${visit}${mrn}`,
  nhsNumber,
  mrn,
  visit,
  mergedAway: { nhsNumber: from[0], mrn: from[1] },
});
const idsOf = (...moves: Adt[]): string[] =>
  toldBy(moves, [])
    .messages.filter(({ kind }) => kind === 'visit-moved')
    .map(({ id }) => id)
    .sort();
const WITHDRAWN = '00000000-0000-4000-8000-000000000117';
const withdrawn = (message: Adt, recorded?: string): Stated => ({
  id: WITHDRAWN,
  kind: 'withdrawn',
  fact: idsOf(message)[0],
  because: 'moved by mistake',
  ...(recorded === undefined ? {} : { recorded }),
});

/** What each person's entry says, and what is asked: `9990000018 active, confidentiality-incident`. */
const inWords = (messages: readonly Adt[], stated: readonly Stated[] = []): string[] =>
  tell(messages, TODAY, stated).register.map(({ nhsNumber, status, questions }) =>
    [`${nhsNumber} ${status}`, ...questions.map(({ kind }) => kind)].join(', '),
  );
/** The facts on which a question of that kind rests, by the number of whom it is asked. */
const restingOn = (kind: string, messages: readonly Adt[], stated: readonly Stated[] = []) =>
  Object.fromEntries(
    tell(messages, TODAY, stated).register.flatMap(({ nhsNumber, questions }) =>
      questions.filter((question) => question.kind === kind).map(({ facts }) => [nhsNumber, facts]),
    ),
  );

describe('a stay that was moved', () => {
  const stay = stayOf(ONE);
  const first = move('0402', TWO, ONE, 'V-L1');
  const on = move('0410', THREE, TWO, 'V-L1');

  test('and moved on only after people had withdrawn that: it never counted for the third', () => {
    const before = withdrawn(first, '2026-04-05T12:00:00Z');
    expect(inWords([stay, first, on], [before])).toEqual([
      `${PERSON} active`,
      `${OTHER} entered-in-error, confidentiality-incident, stay-moved`,
      `${THIRD} not-known, stay-moved`,
    ]);
    const after = withdrawn(first, '2026-04-15T12:00:00Z');
    expect(inWords([stay, first, on], [after])).toContainEqual(
      `${THIRD} entered-in-error, confidentiality-incident, stay-moved`,
    );
  });

  test('each for whom it counted is asked on the ground of the moves that brought it and took it away', () => {
    expect(restingOn('confidentiality-incident', [stay, first, on])).toStrictEqual({
      [PERSON]: idsOf(first),
      [OTHER]: idsOf(first, on),
    });
    expect(restingOn('confidentiality-incident', [stay, first], [withdrawn(first)])).toStrictEqual({
      [OTHER]: [...idsOf(first), WITHDRAWN].sort(),
    });
  });

  test('away and back is no ground of what is asked about another stay', () => {
    const before = { sentAt: '20250301100500', admitted: '20250101080000', left: '20250301100000', visit: 'V9' };
    const anothers = stayOf(ONE, {
      ...before,
      periods: [{ ...SECTION_3, id: 'P9', from: '20250101', to: '20250220' }],
    });
    const moved = move('0403', TWO, ONE, 'V9');
    const asked = restingOn('confidentiality-incident', [stay, anothers, first, moved], [withdrawn(first)]);
    expect(asked[PERSON]).toEqual(idsOf(moved));
  });

  test('between two records of one person says nothing', () => {
    const within = move('0401', [PERSON, 'L5'], ONE, 'V-L1');
    expect(inWords([stay, within])).toEqual([`${PERSON} active`]);
    const onward = move('0402', TWO, [PERSON, 'L5'], 'V-L1');
    expect(restingOn('confidentiality-incident', [stay, within, onward])).toStrictEqual({ [PERSON]: idsOf(onward) });
  });

  test('whose detention was told without it too: what is asked rests on the detention and on every move', () => {
    const office: Adt = { ...stay, trigger: 'A31', sentAt: '20260302090000', controlId: 'office', visit: '' };
    const asked = restingOn('stay-moved', [stay, office, first, on]);
    const detention = toldBy([office], []).messages.find(({ kind }) => kind === 'detention')?.id;
    const facts = [...idsOf(first, on), detention].sort();
    expect(asked).toStrictEqual({ [PERSON]: facts, [THIRD]: facts });
  });

  test('and another of somebody else, told in the same second: each takes its own detention with it', () => {
    const [mine, theirs] = [stay, stayOf(TWO)];
    const moves = [move('0402', THREE, ONE, 'V-L1'), move('0403', FOUR, TWO, 'V-L2')];
    expect(inWords([mine, theirs, ...moves])).toEqual([
      `${PERSON} entered-in-error, confidentiality-incident`,
      `${OTHER} entered-in-error, confidentiality-incident`,
      `${THIRD} active`,
      `${FOURTH} active`,
    ]);
  });
});

describe('a detention that was told with a stay that was moved', () => {
  const stay = stayOf(ONE);
  const first = move('0402', TWO, ONE, 'V-L1');
  const office = (periods: Adt['periods']): Adt => ({
    trigger: 'A31',
    sentAt: '20260302090000',
    controlId: 'office',
    visit: '',
    periods: periods ?? [],
  });

  test('and with another that went to somebody else: it stays, and who it is of is asked of all three', () => {
    const again = stayOf(ONE, { sentAt: '20260303090000', controlId: 'again', visit: 'V-B', periods: stay.periods });
    const messages = [stay, again, first, move('0403', THREE, ONE, 'V-B')];
    const asked = tell(messages, TODAY).register.map(({ questions }) =>
      questions.filter(({ kind }) => kind === 'stay-moved').map(({ options }) => options),
    );
    expect(asked).toEqual([[['stays']], [['stays']], [['stays']]]);
  });

  test('and without it: moved there and back, it was never the other’s', () => {
    const back = move('0410', ONE, TWO, 'V-L1');
    expect(inWords([stay, first, back])).toEqual([
      `${PERSON} active`,
      `${OTHER} entered-in-error, confidentiality-incident`,
    ]);
    expect(inWords([stay, office(stay.periods), first, back])).toEqual([`${PERSON} active`, `${OTHER} not-known`]);
  });

  test('each of two periods is asked about by itself', () => {
    const periods = [
      { ...SECTION_3, id: 'P8', to: '20260110' },
      { ...SECTION_3, id: 'P9', from: '20260111' },
    ];
    const messages = [{ ...stay, periods }, office(periods), first];
    const asked = tell(messages, TODAY).register.map(({ questions }) =>
      questions.filter(({ kind }) => kind === 'stay-moved').map(({ id }) => id),
    );
    expect(asked[0]).toHaveLength(2);
    expect(new Set(asked.flat()).size).toBe(2);
    expect(asked[1]).toEqual(asked[0]);
  });
});

describe('a detention that was told without a stay, and a stay that was moved', () => {
  const admitted = (day: string | undefined, over: Partial<Adt> = {}): Adt => ({
    trigger: 'A01',
    sentAt: '20260102090000',
    mrn: 'L1',
    visit: 'V-L1',
    admitted: day,
    ...over,
  });
  const left = (day: string, over: Partial<Adt> = {}): Adt => ({
    ...admitted(undefined, { trigger: 'A03', sentAt: '20260401090000', left: day, method: '1', destination: '19' }),
    ...over,
  });
  const period = (from: string, to: string): Adt => ({
    trigger: 'A08',
    sentAt: '20260210090000',
    mrn: 'L1',
    visit: '',
    periods: [{ ...SECTION_3, id: 'P-L1', from, to }],
  });
  const moved = move('0402', TWO, ONE, 'V-L1');
  const asked = (...messages: Adt[]) => restingOn('stay-moved', [...messages, moved])[PERSON];
  const isAsked = (...messages: Adt[]): boolean => asked(...messages) !== undefined;
  const stay = [admitted('20260110'), left('20260301')];

  test.each([
    ['that ended before the person was admitted', '20260101', '20260109', false],
    ['that ended on the day of the admission', '20260101', '20260110', true],
    ['that began on the day of leaving', '20260301', '20260310', true],
    ['that began after it', '20260302', '20260310', false],
    ['that goes on', '20260101', '', true],
  ])('one %s', (_which, from, to, isPerhapsOfIt) => {
    expect(isAsked(...stay, period(from, to))).toBe(isPerhapsOfIt);
  });

  test('of a stay whose admission was never told it may be any before the leaving', () => {
    expect(isAsked(left('20260301'), period('20250101', '20250110'))).toBe(true);
    expect(isAsked(left('20260301'), period('20260302', '20260310'))).toBe(false);
  });

  test('of a stay that is not known to have ended it may be any after the admission', () => {
    expect(isAsked(admitted('20260110'), period('20260601', '20260610'))).toBe(true);
    expect(isAsked(admitted('20260110'), period('20260101', '20260109'))).toBe(false);
  });

  test('the longest that was ever told of the stay counts', () => {
    const early = period('20260101', '20260106');
    const again = { sentAt: '20260103090000', controlId: 'again' };
    const twice = (one: string, other: string) => [admitted(one), admitted(other, again), left('20260301')];
    expect(isAsked(...twice('20260105', '20260110'), early)).toBe(true);
    expect(isAsked(...twice('20260110', '20260105'), early)).toBe(true);
    expect(isAsked(...twice('20260110', '20260111'), early)).toBe(false);
    const late = period('20260305', '20260310');
    const corrected = { sentAt: '20260401100000', controlId: 'again' };
    const leftTwice = (one: string, other: string) => [admitted('20260110'), left(one), left(other, corrected)];
    expect(isAsked(...leftTwice('20260301', '20260306'), late)).toBe(true);
    expect(isAsked(...leftTwice('20260306', '20260301'), late)).toBe(true);
    expect(isAsked(...leftTwice('20260301', '20260302'), late)).toBe(false);
  });

  test('of two stays that were moved each has its own time', () => {
    const earlier = [
      admitted('20250110', { visit: 'V-B', sentAt: '20250111090000' }),
      left('20250301', { visit: 'V-B', sentAt: '20250302090000' }),
      move('0403', THREE, ONE, 'V-B'),
    ];
    const resting = (from: string, to: string) => asked(...stay, ...earlier, period(from, to)) ?? [];
    expect(resting('20260201', '20260210')).toEqual(expect.arrayContaining(idsOf(moved)));
    expect(resting('20260201', '20260210')).toHaveLength(2);
    expect(resting('20250201', '20250210')).toEqual(expect.arrayContaining(idsOf(move('0403', THREE, ONE, 'V-B'))));
    expect(resting('20250201', '20250210')).toHaveLength(2);
    expect(asked(...stay, ...earlier, period('20250601', '20250610'))).toBeUndefined();
    expect(resting('20250201', '20260210')).toHaveLength(3);
  });

  test('leave in such a stay is no end of it', () => {
    const leave: Adt = { trigger: 'A21', sentAt: '20260201090000', mrn: 'L1', visit: 'V-L1' };
    expect(isAsked(admitted('20260110'), leave, period('20260601', '20260610'))).toBe(true);
    expect(isAsked(...stay, leave, period('20260220', '20260310'))).toBe(true);
    const late = { ...leave, sentAt: '20260501090000' };
    expect(isAsked(...stay, late, period('20260302', '20260310'))).toBe(false);
  });

  test('of whom the stay was meanwhile, told then: it is asked of that person, and of whose it is now', () => {
    const on = move('0410', THREE, TWO, 'V-L1');
    const meanwhile = { ...period('20260201', '20260210'), nhsNumber: OTHER, mrn: 'L2', sentAt: '20260405090000' };
    const facts = [...idsOf(on), toldBy([meanwhile], []).messages.find(({ kind }) => kind === 'detention')?.id].sort();
    expect(restingOn('stay-moved', [...stay, moved, on, meanwhile])).toStrictEqual({ [OTHER]: facts, [THIRD]: facts });
    const before = { ...meanwhile, periods: [{ ...SECTION_3, id: 'P-L1', from: '20250201', to: '20250210' }] };
    expect(restingOn('stay-moved', [...stay, moved, on, before])).toStrictEqual({});
  });

  test('a stay of which nothing is known but its moves is the time of none', () => {
    const moves = [move('0402', TWO, ONE, 'V9'), move('0410', THREE, TWO, 'V9')];
    const meanwhile = { ...period('20260201', '20260210'), nhsNumber: OTHER, mrn: 'L2', sentAt: '20260405090000' };
    const detention = toldBy([meanwhile], []).messages.find(({ kind }) => kind === 'detention')?.id;
    expect(Object.values(restingOn('stay-moved', [...moves, meanwhile])).flat()).not.toContain(detention);
  });

  test('a stay that came back is no ground of what is asked', () => {
    const other = [
      admitted('20260110', { visit: 'V-B', controlId: 'other' }),
      move('0403', TWO, ONE, 'V-B'),
      move('0404', ONE, TWO, 'V-B'),
    ];
    expect(asked(...stay, ...other, period('20260201', '20260210'))).toHaveLength(2);
  });
});

describe('a move of a stay that nobody is known to have had', () => {
  const known = stayOf(ONE);
  const unknown = (day: string, visit: string) => move(day, TWO, THREE, visit);
  const asked = (...messages: Adt[]) => restingOn('stay-moved', [known, ...messages]);
  const questions = (messages: readonly Adt[], stated: readonly Stated[] = []) =>
    tell([known, ...messages], TODAY, stated).register.flatMap((entry) =>
      entry.questions.filter(({ kind }) => kind === 'stay-moved'),
    );

  test('is asked about once, on the ground of every stay that was moved in that moment', () => {
    const together = [unknown('0402', 'V8'), unknown('0402', 'V9')];
    expect(asked(...together)).toStrictEqual({ [OTHER]: idsOf(...together) });
    expect(questions(together)).toHaveLength(1);
  });

  test('another day is another question, and the answer to the one is none to the other', () => {
    const apart = [unknown('0402', 'V8'), unknown('0403', 'V9')];
    const [first, second] = questions(apart);
    expect(first?.id).not.toBe(second?.id);
    const answer = { kind: 'answer', nhsNumber: OTHER, option: 'nothing-to-move', because: 'older than the feed' };
    expect(questions(apart, [{ ...answer, question: first?.id }]).map(({ id }) => id)).toEqual([second?.id]);
  });

  test('beside one that is known: the record was the right one, and nothing is asked', () => {
    const theirs = stayOf(THREE);
    expect(asked(theirs, unknown('0402', 'V8'), unknown('0402', 'V-L3'))).toStrictEqual({});
  });

  test('though it had another stay, that was moved there: what is known of one says nothing of the other', () => {
    const [other, moved] = [move('0401', THREE, ONE, 'V7'), unknown('0402', 'V-L1')];
    expect(questions([other, moved]).some(({ facts }) => facts.join() === idsOf(moved).join())).toBe(true);
  });

  test('that people have withdrawn, or from one record of a person to another of theirs: nothing is asked', () => {
    const moved = unknown('0402', 'V8');
    expect(questions([moved], [{ ...withdrawn(moved), nhsNumber: OTHER }])).toEqual([]);
    expect(questions([move('0402', ONE, [PERSON, 'L5'], 'V8')])).toEqual([]);
  });

  test('of two people moved to one in the same moment: each is asked about', () => {
    const both = [unknown('0402', 'V8'), move('0402', TWO, FOUR, 'V9')];
    const news = [stayOf(THREE), stayOf(FOUR)];
    const facts = questions([...both, ...news]).map((question) => question.facts.join());
    expect(new Set(facts)).toEqual(new Set(both.map((message) => idsOf(message).join())));
  });
});
