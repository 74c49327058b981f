import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell, told } from '../scenarios/tell.js';
import { FOURTH, merged, separated, THIRD } from './people.js';
import { asked, id, row, TODAY } from './story.js';

type Record = [nhsNumber: string, mrn: string];
const ONE: Record = [PERSON, 'L1'];
const TWO: Record = [OTHER, 'L2'];
const THREE: Record = [THIRD, 'L3'];
const FOUR: Record = [FOURTH, 'L4'];

const MAY = '2026-05-01T12:00:00Z';
const JULY = '2026-07-01T12:00:00Z';
const LATER = '2026-09-01T12:00:00Z';

/** A stay with a detention, told on 1 June under this record. */
const detained = ([nhsNumber, mrn]: Record, over: Partial<Adt> = {}): Adt => ({
  ...HOME,
  sentAt: '20260601100500',
  nhsNumber,
  mrn,
  visit: `V-${mrn}`,
  periods: [{ ...SECTION_3, id: `P-${mrn}` }],
  ...over,
});
const inHospital = ([nhsNumber, mrn]: Record): Adt => ({
  trigger: 'A01',
  sentAt: '20260201090000',
  nhsNumber,
  mrn,
  visit: `W-${mrn}`,
  admitted: '20260201080000',
});
const merge = (day: string, kept: Record, gone: Record): Adt =>
  merged(`2026${day}090000`, kept, { nhsNumber: gone[0], mrn: gone[1] });
const idOf = (message: Adt): string | undefined =>
  told([message], []).messages.find(({ kind }) => kind === 'identity-merged')?.id;
const withdrawn = (message: Adt, recorded?: string): Stated => ({
  kind: 'withdrawn',
  fact: idOf(message),
  because: 'they are two',
  ...(recorded === undefined ? {} : { recorded }),
});

const register = (messages: readonly Adt[], stated: readonly Stated[], asOf = TODAY) =>
  tell(messages, asOf, stated).register;
/** The NHS numbers of those for whom another's detention counted. */
const mixedUp = (messages: readonly Adt[], stated: readonly Stated[]): (string | null)[] =>
  incidents(messages, stated).map(({ nhsNumber }) => nhsNumber);
const incidents = (messages: readonly Adt[], stated: readonly Stated[]) =>
  register(messages, stated).flatMap(({ nhsNumber, questions }) =>
    questions.filter(({ kind }) => kind === 'confidentiality-incident').map(({ facts }) => ({ nhsNumber, facts })),
  );

describe('a merge that was undone: what was told of the other counted', () => {
  const first = merge('0302', ONE, TWO);
  const story = [inHospital(ONE), detained(TWO), first];

  test.each([
    ['before it was undone', JULY, [PERSON]],
    ['in the moment in which it was', '2026-06-01T09:05:00Z', [PERSON]],
    ['only after that', MAY, []],
    ['at a time that nobody knows', undefined, [PERSON]],
  ])('%s', (_when, recorded, whom) => {
    expect(mixedUp(story, [separated(PERSON, OTHER, recorded)])).toEqual(whom);
  });

  test('not where the merge itself was told only after people had said that they are two', () => {
    const late = merge('0702', ONE, TWO);
    expect(mixedUp([inHospital(ONE), detained(TWO), late], [separated(PERSON, OTHER, JULY)])).toEqual([]);
  });

  test('as people stated it too, of whom nobody knows when they did', () => {
    const stated: Stated = {
      kind: 'detention',
      nhsNumber: OTHER,
      section: { system: 'MHACT-ENG', code: '03' },
      from: '2026-01-01',
      to: '2026-02-20',
      certainty: 'papers-seen',
    };
    const others = [inHospital(ONE), { ...detained(TWO), periods: [] }, first];
    expect(mixedUp(others, [separated(PERSON, OTHER, MAY), stated])).toEqual([PERSON]);
    expect(mixedUp(others, [separated(PERSON, OTHER, MAY), { ...stated, recorded: JULY }])).toEqual([]);
  });

  test.each([
    ['both known: the first of them', [MAY, JULY], []],
    ['the other way round', [JULY, MAY], []],
    ['both after it was told', [JULY, LATER], [PERSON]],
    ['one of them unknown', [MAY, undefined], [PERSON]],
    ['the other unknown', [undefined, MAY], [PERSON]],
  ])('until the first of two statements undid it: %s', (_which, [one, other], whom) => {
    const twice = [
      { ...separated(PERSON, OTHER, one), id: id(1) },
      { ...separated(OTHER, PERSON, other), id: id(2) },
    ];
    expect(mixedUp(story, twice)).toEqual(whom);
  });

  test('what is asked rests on the merge and on what undid it', () => {
    const apart = { ...separated(PERSON, OTHER, JULY), id: id(1) };
    expect(incidents(story, [apart])).toEqual([{ nhsNumber: PERSON, facts: [idOf(first), id(1)].sort() }]);
  });

  test('and on no other merge: of two records of the person, or of two other people', () => {
    const own = merge('0303', ONE, [PERSON, 'L5']);
    const others = merge('0304', THREE, FOUR);
    const messages = [...story, inHospital([PERSON, 'L5']), own, inHospital(THREE), detained(FOUR), others];
    const undone = [
      { ...separated(PERSON, OTHER, JULY), id: id(1) },
      { ...withdrawn(own, JULY), id: id(2) },
      { ...separated(THIRD, FOURTH, JULY), id: id(3) },
    ];
    expect(incidents(messages, undone)).toEqual([
      { nhsNumber: PERSON, facts: [idOf(first), id(1)].sort() },
      { nhsNumber: THIRD, facts: [idOf(others), id(3)].sort() },
    ]);
  });
});

describe('two merges one after the other, each undone', () => {
  const messages = [
    inHospital(ONE),
    inHospital(TWO),
    detained(THREE),
    merge('0302', TWO, THREE),
    merge('0303', ONE, TWO),
  ];

  test.each([
    ['both after it was told', JULY, JULY, [PERSON, OTHER]],
    ['that with the first person before it was told', MAY, JULY, [OTHER]],
    ['that of the other two before it was told', JULY, MAY, []],
    ['that with the first person before, the other nobody knows when', MAY, undefined, [OTHER]],
    ['that with the first person nobody knows when, the other before', undefined, MAY, []],
    ['nobody knows when', undefined, undefined, [PERSON, OTHER]],
  ])('%s', (_which, ofFirst, ofOthers, whom) => {
    expect(mixedUp(messages, [separated(PERSON, OTHER, ofFirst), separated(OTHER, THIRD, ofOthers)])).toEqual(whom);
  });
});

test('two ways by which one came to another: what counted by the longer counted, however far it led', () => {
  const messages = [
    ...[ONE, TWO, FOUR].map(inHospital),
    detained(THREE),
    merge('0302', TWO, THREE),
    merge('0303', ONE, TWO),
    merge('0304', FOUR, TWO),
    merge('0305', ONE, FOUR),
  ];
  const apart = (first: string, recorded: string) => [
    separated(PERSON, OTHER, first),
    ...[separated(OTHER, THIRD, JULY), separated(FOURTH, OTHER, JULY), separated(PERSON, FOURTH, recorded)],
  ];
  expect(mixedUp(messages, apart(MAY, JULY))).toEqual([PERSON, OTHER, FOURTH]);
  expect(mixedUp(messages, apart(JULY, MAY))).toEqual([PERSON, OTHER, FOURTH]);
  expect(mixedUp(messages, apart(MAY, MAY))).toEqual([OTHER, FOURTH]);
});

describe('one merge told twice, and each telling withdrawn', () => {
  const [one, other] = [merge('0302', ONE, TWO), merge('0303', ONE, TWO)];
  const messages = [inHospital(ONE), detained(TWO), one, other];

  test.each([
    ['the first last', JULY, MAY, [PERSON]],
    ['the second last', MAY, JULY, [PERSON]],
    ['both before it was told', MAY, MAY, []],
    ['the first nobody knows when', undefined, MAY, [PERSON]],
    ['the second nobody knows when', MAY, undefined, [PERSON]],
  ])('it counted until the last: %s', (_which, first, second, whom) => {
    expect(mixedUp(messages, [withdrawn(one, first), withdrawn(other, second)])).toEqual(whom);
  });
});

describe('the detention of another that counted', () => {
  const story = (over: Partial<Adt>) => [inHospital(ONE), detained(TWO, over), merge('0302', ONE, TWO)];
  const apart = separated(PERSON, OTHER, JULY);

  test('does not where people had answered that it does not qualify', () => {
    const unclear = story({ periods: [{ ...SECTION_3, id: 'P-L2', status: '36' }] });
    const [question] = asked(row(unclear), 'legal-status-unclear');
    const answer = (option: string): Stated => ({
      kind: 'answer',
      question: question?.id,
      option,
      because: 'the papers were read',
    });
    expect(mixedUp(unclear, [apart, answer('qualifies')])).toEqual([PERSON]);
    expect(mixedUp(unclear, [apart, answer('does-not-qualify')])).toEqual([]);
    expect(mixedUp(unclear, [apart])).toEqual([]);
  });

  test('of a day still to come does from that day', () => {
    const ahead = story({
      left: undefined,
      trigger: 'A01',
      periods: [{ ...SECTION_3, id: 'P-L2', from: '20261201', to: undefined }],
    });
    const [entry] = register(ahead, [apart]);
    expect(entry).toMatchObject({ nhsNumber: PERSON, status: 'not-known', nextChangeOn: '2026-12-01' });
    expect(register(ahead, [apart], '2026-12-01')[0]).toMatchObject({ status: 'entered-in-error' });
  });

  test('is not shown, beside one of the person’s own that never was', () => {
    const own = detained(ONE, { sentAt: '20260301100500' });
    const gone: Adt = {
      trigger: 'A08',
      sentAt: '20260310090000',
      visit: 'V-L1',
      periods: [{ id: 'P-L1', action: 'D' }],
    };
    const [question] = asked(row([own, gone]), 'detention-withdrawn');
    const never: Stated = {
      kind: 'answer',
      question: question?.id,
      option: 'never-detained',
      because: 'the papers were read',
    };
    const [entry] = register([own, gone, ...story({})], [apart, never]);
    expect(entry?.status).toBe('entered-in-error');
    expect(entry?.episodes.map(({ qualifying }) => qualifying.map(({ key }) => key))).toEqual([['RXT|P-L1']]);
  });
});
