import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { answerTo, asked, BIRMINGHAM, id, idsOf, news, row, SOLIHULL, TODAY } from './story.js';

const CUMBRIA = 'E10000006';
const SPLIT = ['E06000063', 'E06000064'];
const determined = (council: string, effectiveOn: string, over: object = {}): Stated => ({
  kind: 'council-determined',
  effectiveOn,
  council,
  standing: 'agreed',
  ...over,
});
const councilOf = (stated: readonly Stated[], messages: readonly Adt[] = [HOME]) => row(messages, stated).council;

describe('determined by people', () => {
  test('the reason rests on what they stated; what was determined last counts', () => {
    const told = row(
      [HOME],
      [determined(BIRMINGHAM, '2026-03-01', { id: id(1) }), determined(SOLIHULL, '2026-04-01', { id: id(2) })],
    );
    expect(told.council).toMatchObject({ code: SOLIHULL, standing: 'agreed' });
    expect(told.because.filter(({ text }) => text.includes('determined by people')).map(({ facts }) => facts)).toEqual([
      [id(2)],
    ]);
  });

  test('as a code that nobody knows: who was determined before, the last first; then who was stated', () => {
    const [first, second] = [determined(BIRMINGHAM, '2026-03-01'), determined(SOLIHULL, '2026-04-01')];
    expect(councilOf([first, second, determined('E08000999', '2026-05-01')])).toMatchObject({
      code: SOLIHULL,
      standing: 'provisional',
    });
    expect(councilOf([determined('E08000998', '2026-04-01'), determined('E08000999', '2026-05-01')])).toMatchObject({
      code: BIRMINGHAM,
      standing: 'provisional',
    });
  });

  test('as one that was split since: its successors are asked about, and nobody else is put in its place', () => {
    const told = row([HOME], [determined(CUMBRIA, '2022-03-01')]);
    expect(told.council).toMatchObject({ code: null, asWritten: CUMBRIA, candidates: SPLIT });
    expect(asked(told, 'body-split')).toMatchObject([{ options: SPLIT }]);
  });

  test.each([
    [BIRMINGHAM, '406'],
    [BIRMINGHAM, BIRMINGHAM.toLowerCase()],
    ['E10000023', 'E06000065'],
  ])('for one day under two codes of one council, or of it and its successor: agreed (%s, %s)', (one, other) => {
    const told = row([HOME], [determined(one, '2026-05-01'), determined(other, '2026-05-01')]);
    expect(told.council).toMatchObject({ standing: 'agreed', candidates: [] });
    expect(told.questions).toEqual([]);
  });

  test('for one day as two: disputed, whatever was determined before', () => {
    const stated = [
      determined(BIRMINGHAM, '2026-03-01'),
      determined(BIRMINGHAM, '2026-04-01'),
      determined(BIRMINGHAM, '2026-05-01', { id: id(1) }),
      determined(SOLIHULL, '2026-05-01', { id: id(2) }),
    ];
    const told = row([HOME], stated);
    expect(told.council).toMatchObject({ standing: 'disputed', candidates: [BIRMINGHAM, SOLIHULL] });
    const [question] = asked(told, 'council-disputed');
    expect(question?.facts).toEqual([id(1), id(2)]);
    expect(told.because.find(({ rule }) => rule === 'dispute-changes-nothing')?.facts).toEqual([id(1), id(2)]);
    expect(row([HOME], [...stated, answerTo(question, SOLIHULL)])).toMatchObject({
      council: { code: SOLIHULL, standing: 'agreed' },
      questions: [],
    });
  });
});

describe('disputed', () => {
  const disputed = (council: string, over: object = {}) =>
    determined(council, '2026-03-01', { standing: 'disputed', ...over });

  test('by the only one that anybody names: so it is said, and not between one', () => {
    const told = row([HOME], [disputed(BIRMINGHAM)]);
    expect(told.council).toMatchObject({ standing: 'disputed', candidates: [BIRMINGHAM] });
    expect(asked(told, 'council-disputed')).toMatchObject([
      { text: expect.stringMatching(/is disputed, and nobody but E08000025 is named\. /), options: [BIRMINGHAM] },
    ]);
  });

  test('with one that was split: between all who may answer for it', () => {
    const told = row([HOME], [determined(CUMBRIA, '2022-03-01', { standing: 'disputed' })]);
    expect(told.council).toMatchObject({ standing: 'disputed', candidates: [...SPLIT, BIRMINGHAM].sort() });
    expect(asked(told, 'body-split')).toHaveLength(1);
  });

  test('another dispute is another question', () => {
    const questions = [SOLIHULL, 'E08000026'].map((council) => row([HOME], [disputed(council)]));
    expect(idsOf(questions.flatMap((each) => asked(each, 'council-disputed'))).size).toBe(2);
  });

  test('on the NHS side it is asked which ICB', () => {
    const icb: Stated = { kind: 'icb-determined', effectiveOn: '2026-03-01', icb: 'QWO', standing: 'disputed' };
    const [question] = asked(row([HOME], [icb]), 'which-icb');
    expect(question?.options).toEqual(['QHL', 'QWO']);
    expect(row([HOME], [icb, answerTo(question, 'QWO')]).icb).toMatchObject({ code: 'QWO', standing: 'agreed' });
  });
});

describe('determined in two records that were merged', () => {
  const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
  const messages = [
    HOME,
    { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V9', periods: [{ ...SECTION_3, id: 'P9' }] },
    merge,
  ];
  const ofEach = [
    determined(BIRMINGHAM, '2026-03-01', { nhsNumber: PERSON }),
    determined(SOLIHULL, '2026-03-05', { nhsNumber: OTHER }),
  ];

  test('differently: the latest does not win', () => {
    expect(councilOf(ofEach, messages)).toMatchObject({ standing: 'disputed', candidates: [BIRMINGHAM, SOLIHULL] });
  });

  test('alike: agreed', () => {
    const alike = ofEach.map((fact) => ({ ...fact, council: SOLIHULL }));
    expect(councilOf(alike, messages)).toMatchObject({ code: SOLIHULL, standing: 'agreed' });
  });

  test('as one council under two codes: agreed', () => {
    const alike = ofEach.map((fact, at) => ({ ...fact, council: at === 0 ? '406' : BIRMINGHAM }));
    expect(councilOf(alike, messages)).toMatchObject({ code: BIRMINGHAM, standing: 'agreed' });
  });

  test.each([
    ['on the day of the merge', '2026-07-02', 'agreed'],
    ['later', '2026-08-01', 'agreed'],
    ['before it', '2026-07-01', 'disputed'],
  ])('and settled %s', (_when, effectiveOn, standing) => {
    expect(councilOf([...ofEach, determined(BIRMINGHAM, effectiveOn)], messages).standing).toBe(standing);
  });

  test('the last of two merges counts', () => {
    const again: Adt = { trigger: 'A40', sentAt: '20260902090000', mergedAway: { mrn: 'L3' } };
    const stated = [...ofEach, determined(BIRMINGHAM, '2026-08-01')];
    expect(councilOf(stated, [...messages, again]).standing).toBe('disputed');
    expect(councilOf(stated, [again, ...messages]).standing).toBe('disputed');
  });
});

describe('stated by messages', () => {
  const two = (...councils: string[]): Adt => ({
    ...HOME,
    periods: councils.map((council, index) => ({
      ...SECTION_3,
      id: `P${index + 1}`,
      from: `202601${index + 10}`,
      council,
    })),
  });

  test('the reason says on what ground, in words', () => {
    const texts = row([HOME]).because.map(({ text }) => text);
    expect(texts).toContain(
      'E08000025 was stated as the council where the person was ordinarily resident immediately before the detention of 2026-01-01.',
    );
  });

  test('differently: asked between those that are known, about what was stated', () => {
    const told = row([two(BIRMINGHAM, SOLIHULL)]);
    expect(told.council).toMatchObject({
      code: BIRMINGHAM,
      standing: 'provisional',
      candidates: [BIRMINGHAM, SOLIHULL],
    });
    const [question] = asked(told, 'which-council');
    expect(question?.facts).toHaveLength(2);
    expect(asked(row([two(BIRMINGHAM, 'X99')]), 'which-council')).toMatchObject([{ options: [BIRMINGHAM] }]);
    const other = asked(row([two(BIRMINGHAM, 'E08000026')]), 'which-council');
    expect(idsOf([...other, ...(question ? [question] : [])]).size).toBe(2);
  });

  test('differently before section 2 and before section 3: the reason rests on both', () => {
    const section2 = { ...SECTION_3, id: 'P0', status: '02', from: '20251210', to: '20260101', council: SOLIHULL };
    const told = row([{ ...HOME, periods: [section2, SECTION_3] }]);
    expect(told.because.find(({ rule }) => rule === 'assessment-then-treatment')?.facts).toHaveLength(2);
  });
});

describe('who was responsible once and is no more', () => {
  const commissioned = (sentAt: string, commissioner: string): Adt =>
    news(sentAt, { from: '20160101', to: '20160301', council: BIRMINGHAM, commissioner });
  const formerOn = (asOf: string, message: Adt) => tell([message], asOf).register[0]?.episodes[0]?.formerIcbs;

  test('every body that a code came through since it was written', () => {
    const early = commissioned('20160301090000', '04X');
    expect(formerOn('2017-06-01', early)).toEqual([]);
    expect(formerOn('2019-06-01', early)).toEqual(['04X']);
    expect(formerOn(TODAY, early)).toEqual(['04X', '15E']);
    expect(formerOn(TODAY, commissioned('20190301090000', '15E'))).toEqual(['15E']);
    expect(formerOn(TODAY, commissioned('20200301090000', '06K'))).toEqual(['06K', 'QM7']);
    expect(formerOn(TODAY, commissioned('20230301090000', '15E'))).toEqual([]);
  });

  test('and every one that was named before another, in one order', () => {
    const [entry] = tell([HOME], TODAY, [
      determined(SOLIHULL, '2026-03-05'),
      determined('E08000026', '2026-04-01'),
    ]).register;
    expect(entry?.episodes[0]?.formerCouncils).toEqual([BIRMINGHAM, SOLIHULL]);
    const [back] = tell([HOME], TODAY, [
      determined(SOLIHULL, '2026-03-05'),
      determined(BIRMINGHAM, '2026-04-01'),
    ]).register;
    expect(back?.episodes[0]?.formerCouncils).toEqual([SOLIHULL]);
  });

  test('not those whose code had ended before it was written', () => {
    expect(formerOn(TODAY, commissioned('20180331090000', '04X'))).toEqual(['04X', '15E']);
    expect(formerOn(TODAY, commissioned('20180401090000', '04X'))).toEqual(['15E']);
    expect(formerOn(TODAY, commissioned('20200301090000', '04X'))).toEqual(['15E']);
  });

  test('in one order, whoever was named first', () => {
    const [entry] = tell([{ ...HOME, periods: [{ ...SECTION_3, council: SOLIHULL }] }], TODAY, [
      determined(BIRMINGHAM, '2026-03-05'),
      determined('E08000026', '2026-04-01'),
    ]).register;
    expect(entry?.episodes[0]?.formerCouncils).toEqual([BIRMINGHAM, SOLIHULL]);
  });
});

describe('answers that name a body that was not asked about', () => {
  const two: Adt = {
    ...HOME,
    periods: [SECTION_3, { ...SECTION_3, id: 'P2', from: '20260110', council: SOLIHULL }],
  };
  const [question] = asked(row([two]), 'which-council');

  test.each(['E08000026', 'E08000999'])(
    'another council, or a code that no table has, counts for nobody: %s',
    (code) => {
      const after = row([two], [answerTo(question, code)]);
      expect(after.council).toMatchObject({ code: BIRMINGHAM, standing: 'provisional' });
      expect(asked(after, 'which-council').map((each) => each.id)).toEqual([question?.id]);
    },
  );

  const years = (council: string): Adt => ({
    ...HOME,
    sentAt: '20200301100500',
    admitted: '20200101080000',
    left: '20200301100000',
    periods: [{ ...SECTION_3, from: '20200101', to: '20200220', council }],
  });

  test('a council that was divided says of itself nothing about its parts', () => {
    const cumbria = [years(CUMBRIA)];
    const [which] = asked(row(cumbria), 'body-split');
    const after = row(cumbria, [answerTo(which, CUMBRIA)]);
    expect(after.council).toMatchObject({ code: null, candidates: SPLIT });
    expect(asked(after, 'body-split').map((each) => each.id)).toEqual([which?.id]);
  });

  test('whose parts are asked about is told apart, where one of two was answered and both were divided since', () => {
    const NORTHAMPTONSHIRE = 'E10000021';
    const NORTHAMPTONSHIRES = ['E06000061', 'E06000062'];
    const home = years(CUMBRIA);
    const other = { ...SECTION_3, id: 'P2', from: '20200110', to: '20200220', council: NORTHAMPTONSHIRE };
    const both = [{ ...home, periods: [...(home.periods ?? []), other] }];
    const [which] = asked(row(both, [], '2020-06-01'), 'which-council');
    expect(which?.options).toEqual([CUMBRIA, NORTHAMPTONSHIRE]);
    const all = [...NORTHAMPTONSHIRES, ...SPLIT];
    expect(row(both).council).toMatchObject({ code: null, candidates: all });
    const [open] = asked(row(both), 'which-council');
    expect(open).toMatchObject({ id: which?.id, options: all });
    expect(open?.text).toMatch(/Which is responsible\?$/);
    const after = row(both, [answerTo(which, NORTHAMPTONSHIRE)]);
    expect(after.council).toMatchObject({ code: null, candidates: NORTHAMPTONSHIRES });
    expect(asked(after, 'which-council')).toEqual([]);
    const parts = asked(after, 'body-split').filter(({ options }) => options.includes('E06000062'));
    const answers = [which, ...parts].map((each, at) => answerTo(each, at === 0 ? NORTHAMPTONSHIRE : 'E06000062'));
    expect(row(both, answers).council).toMatchObject({ code: 'E06000062', standing: 'agreed' });
    const divided = asked(row(both), 'body-split').map((each) =>
      answerTo(each, each.options.includes('E06000062') ? 'E06000062' : 'E06000063'),
    );
    expect(asked(row(both, divided), 'which-council')).toMatchObject([{ options: ['E06000062', 'E06000063'] }]);
  });
});

describe('the reasons say how a code came to who answers', () => {
  const since = (sentAt: string, over: object): Adt => ({
    ...HOME,
    sentAt,
    periods: [{ ...SECTION_3, ...over }],
  });
  const statedIn = (message: Adt): string[] =>
    row([message])
      .because.map(({ text }) => text)
      .filter((text) => text.includes('was stated as'))
      .map((text) => text.replace(/ was stated as .*? the detention of [\d-]+( began)?\./, ' stated.'));

  test.each([
    ['as it was written', '20260301100500', {}, 'E08000025 stated.'],
    ['another code of the same', '20260301100500', { council: '406' }, '406 stated. It stands for E08000025.'],
    [
      'a council with another code since',
      '20220301100500',
      { council: 'E10000023' },
      'E10000023 stated. E06000065 came after E10000023 on 2023-04-01.',
    ],
    [
      'a council that was divided, and nobody knows which part',
      '20220301100500',
      { council: CUMBRIA },
      `${CUMBRIA} stated.`,
    ],
    [
      'a CCG, and the one that it became',
      '20180301100500',
      { commissioner: '04X' },
      '04X stated. 15E came after 04X on 2018-04-01; QHL came after 15E on 2022-07-01.',
    ],
    [
      'a CCG by a code that it had no more',
      '20190301100500',
      { commissioner: '04X' },
      '04X stated. QHL came after 15E on 2022-07-01.',
    ],
  ])('%s', (_which, sentAt, over, says) => {
    expect(statedIn(since(sentAt, over))).toContain(says);
  });

  test('and a code that nobody knows to nobody, though another that was stated answers', () => {
    const two = [
      { ...SECTION_3, council: 'X99' },
      { ...SECTION_3, id: 'P2', from: '20260110' },
    ];
    expect(statedIn({ ...HOME, periods: two })).toContain('X99 stated.');
  });

  test('on what ground people determined it, where they said so', () => {
    const texts = (over: object) =>
      row([HOME], [determined(SOLIHULL, '2026-03-05', over)]).because.map(({ text }) => text);
    const plain = `${SOLIHULL} is determined by people to be responsible, from 2026-03-05`;
    expect(texts({})).toContain(`${plain}.`);
    expect(texts({ basis: 'sent-on-discharge' })).toContain(`${plain}: sent on discharge.`);
  });

  test('who names which, in a dispute', () => {
    const stated = [SOLIHULL, BIRMINGHAM].map((council, at) =>
      determined(council, '2026-03-05', { ...(at === 0 ? {} : { basis: 'sent-on-discharge' }), id: id(at + 1) }),
    );
    const [question] = asked(row([HOME], stated), 'council-disputed');
    expect(question?.text).toContain(
      `E08000025 names ${SOLIHULL}, on no stated ground; E08000025 names ${BIRMINGHAM}, sent on discharge.`,
    );
  });
});

describe('several that were stated', () => {
  const stating = (...codes: string[]): Adt => ({
    ...HOME,
    periods: codes.map((council, at) => ({ ...SECTION_3, id: `P${at}`, from: `202601${at + 10}`, council })),
  });

  test('codes that nobody knows before one that was divided: its parts may have the duty', () => {
    const told = row([stating('X91', 'X92', CUMBRIA)]);
    expect(told.council).toMatchObject({ code: null, asWritten: CUMBRIA, candidates: SPLIT });
    expect(asked(told, 'which-council')).toEqual([]);
  });

  test('the one that people chose is kept by the code that they chose', () => {
    const [question] = asked(row([stating('406', SOLIHULL)]), 'which-council');
    const after = row([stating('406', SOLIHULL)], [answerTo(question, BIRMINGHAM)]);
    expect(after.council).toMatchObject({ code: BIRMINGHAM, asWritten: BIRMINGHAM, standing: 'agreed' });
  });
});
