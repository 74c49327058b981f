import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tablesWith, tell } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { answerTo, asked, BIRMINGHAM, id, idsOf, news, row, rulesOf, SOLIHULL, TODAY, textOf } from './story.js';

const detained = (from: string, left: string, ...periods: Partial<Period>[]): Adt => ({
  ...HOME,
  sentAt: `${left}235900`,
  visit: `V${from}`,
  admitted: `${from}080000`,
  left: `${left}100000`,
  periods: periods.map((period, index) => ({
    ...SECTION_3,
    id: `P${from}-${index}`,
    from,
    to: left,
    council: undefined,
    commissioner: undefined,
    ...period,
  })),
});
const again = (...periods: Partial<Period>[]): Adt => detained('20260701', '20260801', ...periods);
const determined = (council: string, effectiveOn: string, over: object = {}): Stated => ({
  kind: 'council-determined',
  effectiveOn,
  council,
  standing: 'agreed',
  ...over,
});
const icbDetermined = (icb: string, effectiveOn: string, over: object = {}): Stated => ({
  kind: 'icb-determined',
  effectiveOn,
  icb,
  standing: 'agreed',
  ...over,
});
const councilsOf = ({ episodes }: ReturnType<typeof row>) => episodes.map(({ council }) => council.code);

describe('which council: nobody has said', () => {
  test('where the person was ordinarily resident is asked; before April 2015, where the person was resident', () => {
    const [now] = asked(row([detained('20260101', '20260301', {})]), 'which-council');
    expect(now?.text).toContain(
      'Where was the person ordinarily resident immediately before the detention of 2026-01-01',
    );
    const [then] = asked(row([detained('20140101', '20140301', {})]), 'which-council');
    expect(then?.text).toContain('Where was the person resident immediately before');
  });

  test('of two duties it is asked twice', () => {
    const messages = [detained('20260101', '20260301', {}), again({})];
    expect(idsOf(asked(row(messages), 'which-council')).size).toBe(2);
  });
});

describe('which council: determined by people', () => {
  test('for the second duty, though only provisionally: nothing is asked of the residence before it', () => {
    const messages = [HOME, again({ council: BIRMINGHAM })];
    const told = row(messages, [determined(SOLIHULL, '2026-07-05', { standing: 'provisional' })]);
    expect(told).toMatchObject({ council: { code: SOLIHULL, standing: 'provisional' } });
    expect(asked(told, 'which-council')).toEqual([]);
  });

  test.each([
    ['from the day of the new detention: the second', '2026-07-01', [BIRMINGHAM, SOLIHULL]],
    ['from the day before it: the first', '2026-06-30', [SOLIHULL, BIRMINGHAM]],
  ])('each is about the duty in whose time it falls: %s', (_which, effectiveOn, councils) => {
    const messages = [HOME, again({ council: BIRMINGHAM })];
    expect(councilsOf(row(messages, [determined(SOLIHULL, effectiveOn)]))).toEqual(councils);
  });

  test.each([
    ['2020-06-23', false],
    ['2020-06-24', true],
    ['2023-08-09', true],
    ['2023-08-10', false],
  ])('of a new detention, for %s: while the readings changed: %s', (effectiveOn, isSaid) => {
    const messages = [
      detained('20190101', '20190201', { council: BIRMINGHAM }),
      detained('20200201', '20200301', { council: SOLIHULL }),
    ];
    const { because } = row(messages, [determined(BIRMINGHAM, effectiveOn, { id: id(1) })]);
    const said = because.filter(({ rule }) => rule === 'disputed-while-readings-changed');
    expect(said).toMatchObject(isSaid ? [{ facts: [id(1)] }] : []);
  });
});

describe('which council: detained again', () => {
  test('with nobody named, who had the duty before provides, and says so', () => {
    const [entry] = tell([HOME, again({})], TODAY).register;
    expect(entry?.council).toMatchObject({
      code: BIRMINGHAM,
      standing: 'provisional',
      basis: 'responsible-until-the-new-detention',
    });
  });

  test('with a code that nobody knows, that is what is asked, and nobody else is put in its place', () => {
    const told = row([HOME, again({ council: 'X99' })]);
    expect(told.council).toMatchObject({ code: null, asWritten: 'X99' });
    expect(told.questions.map(({ kind }) => kind)).toEqual(['unmapped-code']);
  });

  test('with two named, the answer which of them settles it', () => {
    const messages = [HOME, again({ council: SOLIHULL }, { council: BIRMINGHAM, from: '20260710' })];
    const [question] = asked(row(messages), 'which-council');
    const told = row(messages, [answerTo(question, SOLIHULL)]);
    expect(told).toMatchObject({ council: { code: SOLIHULL, standing: 'agreed' }, questions: [] });
  });

  test('the question says from where to where, and outlives a renewal of the section', () => {
    const messages = [HOME, again({ council: SOLIHULL })];
    const [question] = asked(row(messages), 'which-council');
    expect(question?.text).toMatch(
      /^Detained again on 2026-07-01\. E08000025 was responsible until then, and E08000029/,
    );
    const renewed = news('20260716090000', { id: 'P9', from: '20260715', to: '20260801', council: undefined });
    const renewedStay = [
      ...messages,
      { ...renewed, periods: renewed.periods?.map((p) => ({ ...p, commissioner: undefined })) },
    ];
    expect(asked(row(renewedStay), 'which-council').map((q) => q.id)).toEqual([question?.id]);
  });

  test('of each new detention it is a question of its own', () => {
    const third = detained('20260901', '20261001', { council: 'E08000026' });
    const told = row([HOME, again({ council: SOLIHULL }), third]);
    expect(idsOf(asked(told, 'which-council')).size).toBe(2);
  });

  test('who kept the duty, as people decided, has it from the new detention', () => {
    const messages = [HOME, again({ council: SOLIHULL })];
    const [question] = asked(row(messages), 'which-council');
    const [entry] = tell(messages, TODAY, [answerTo(question, BIRMINGHAM)]).register;
    expect(entry?.council).toMatchObject({ code: BIRMINGHAM, standing: 'agreed', since: '2026-07-01' });
  });

  test('on the day on which placements began to be deemed: the new rule', () => {
    const begun = tablesWith({ rules: { 'placement-deeming': { from: '2026-07-01' } } });
    const [entry] = tell([HOME, again({ council: SOLIHULL })], TODAY, [], begun).register;
    const reasons = entry?.because.filter(({ rule }) => rule === 'placement-deeming');
    expect(reasons).toMatchObject([{ facts: [expect.any(String)] }]);
  });
});

describe('which council: back in prison', () => {
  const toPrison = (status: string, destination: string): Adt => ({
    ...HOME,
    destination,
    periods: [{ ...SECTION_3, status }],
  });

  test.each([
    ['came from prison and went back', '15', '40', true],
    ['came from prison and went home', '15', '19', false],
    ['went to prison from a section 3', '03', '40', false],
  ])('who %s: residence before custody is asked: %s', (_who, status, destination, isAsked) => {
    const told = row([toPrison(status, destination)]);
    expect(asked(told, 'which-council')).toHaveLength(isAsked ? 1 : 0);
    const reasons = told.because.filter(({ rule }) => rule === 'residence-before-custody');
    expect(reasons).toMatchObject(isAsked ? [{ facts: [expect.any(String)] }] : []);
  });

  test('who had no council before: the one that is stated stays until it is confirmed', () => {
    const first = detained('20250101', '20250201', {});
    expect(row([first, toPrison('15', '40')])).toMatchObject({
      council: { code: BIRMINGHAM, standing: 'provisional' },
    });
  });
});

describe('what messages state of a body is taken back by a later one', () => {
  test.each([
    ['the council', { council: '""', postcode: undefined }, 'council'],
    ['the NHS commissioner', { commissioner: '""' }, 'icb'],
  ] as const)('%s', (_whose, deleted, side) => {
    const told = row([HOME, news('20260401090000', { council: undefined, commissioner: undefined, ...deleted })]);
    expect(told[side]).toMatchObject({ code: null, asWritten: null, standing: 'unknown' });
  });

  test('a postcode alone takes no council back', () => {
    const moved = news('20260401090000', { council: undefined, commissioner: undefined, postcode: 'B1 1AA' });
    expect(row([HOME, moved]).council.code).toBe(BIRMINGHAM);
  });
});

describe('which NHS body', () => {
  const ENDED = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-20')];

  test('that nobody named is asked of the first detention, whatever is told of others', () => {
    const first = detained('20260101', '20260301', { council: BIRMINGHAM });
    const [question] = asked(row([first]), 'which-icb');
    expect(question).toMatchObject({ options: [], facts: [expect.any(String)] });
    expect(question?.text).toContain('Which ICB was responsible when the detention of 2026-01-01 began?');
    const renewed = news('20260202090000', { id: 'P9', from: '20260201', commissioner: undefined });
    expect(asked(row([first, renewed]), 'which-icb').map((q) => q.id)).toEqual([question?.id]);
    const other = row([detained('20260110', '20260301', { council: BIRMINGHAM })]);
    expect(asked(other, 'which-icb').map((q) => q.id)).not.toEqual([question?.id]);
  });

  test('a code that nobody knows is named as the ICB’s', () => {
    expect(textOf(row([detained('20260101', '20260301', { council: BIRMINGHAM, commissioner: 'X9X' })]))).toContain(
      'The icb code X9X',
    );
  });

  test('is the one stated for the first detention; only where none was, for a later one', () => {
    const of = (first: Partial<Period>, second: Partial<Period>) =>
      row([
        detained('20260101', '20260301', { council: BIRMINGHAM, ...first }),
        again({ council: BIRMINGHAM, ...second }),
      ]).icb;
    expect(of({ commissioner: '15E' }, { commissioner: 'QWO' })).toMatchObject({
      code: 'QHL',
      basis: 'commissioner-when-detention-began',
    });
    expect(of({}, { commissioner: 'QWO' })).toMatchObject({ code: 'QWO', standing: 'provisional' });
    expect(of({}, {})).toMatchObject({ code: null });
  });

  describe('after aftercare had ended', () => {
    const messages = [HOME, again({ council: BIRMINGHAM, commissioner: '15E' })];

    test('is stated anew, and a person says that it is the one', () => {
      const [question] = asked(row(messages, ENDED), 'which-icb');
      expect(question).toMatchObject({ options: ['QHL'], facts: [expect.any(String)] });
      expect(row(messages, ENDED).icb).toMatchObject({ code: 'QHL', standing: 'provisional' });
      const told = row(messages, [...ENDED, answerTo(question, 'QHL')]);
      expect(told.icb).toMatchObject({ code: 'QHL', asWritten: '15E', standing: 'agreed' });
      expect(asked(told, 'which-icb')).toEqual([]);
    });

    test('the question outlives a renewal of the section, and is another for another detention', () => {
      const [question] = asked(row(messages, ENDED), 'which-icb');
      const renewed = news('20260716090000', { id: 'P9', from: '20260715', to: '20260801', commissioner: undefined });
      expect(asked(row([...messages, renewed], ENDED), 'which-icb').map((q) => q.id)).toEqual([question?.id]);
      const other = [HOME, detained('20260702', '20260801', { council: BIRMINGHAM, commissioner: '15E' })];
      expect(asked(row(other, ENDED), 'which-icb').map((q) => q.id)).not.toEqual([question?.id]);
    });

    test.each([
      ['before the new detention says nothing of it', '2026-06-30', 'QHL', 1],
      ['from its day settles it', '2026-07-01', 'QWO', 0],
    ])('a determination %s', (_when, effectiveOn, code, questions) => {
      const told = row(messages, [...ENDED, icbDetermined('QWO', effectiveOn, { standing: 'provisional' })]);
      expect(told.icb.code).toBe(code);
      expect(asked(told, 'which-icb')).toHaveLength(questions);
    });

    test('unknown, or agreed between two that were stated, is not asked about once more', () => {
      const unknown = row([HOME, again({ council: BIRMINGHAM, commissioner: 'X9X' })], ENDED);
      expect(unknown.questions.map(({ kind }) => kind)).toEqual(['unmapped-code']);
      const two = [
        HOME,
        again({ council: BIRMINGHAM, commissioner: '15E' }, { from: '20260710', commissioner: 'QWO' }),
      ];
      const question = asked(row(two, ENDED), 'which-icb').find(({ options }) => options.length > 1);
      const told = row(two, [...ENDED, answerTo(question, 'QWO')]);
      expect(told).toMatchObject({ icb: { code: 'QWO', standing: 'agreed' } });
      expect(asked(told, 'which-icb')).toEqual([]);
    });
  });

  test('a body is told of in the reasons by the rule of the day of its detention', () => {
    expect(rulesOf(row([HOME]))).toEqual(expect.arrayContaining(['ordinary-residence', 'responsible-icb']));
  });
});
