import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, tell } from './tell.js';

const BIRMINGHAM = 'E08000025';
const CUMBRIA = 'E10000006';
const NORTH_YORKSHIRE = 'E10000023';
const [CUMBERLAND, WESTMORLAND] = ['E06000063', 'E06000064'];

/** Two detentions before the person went home in September of a year. */
const twice = (year: string, first: Partial<Period>, second: Partial<Period>): Adt => ({
  ...HOME,
  sentAt: `${year}0901100500`,
  admitted: `${year}0501080000`,
  left: `${year}0901100000`,
  periods: [
    { ...SECTION_3, from: `${year}0501`, to: `${year}0601`, ...first },
    { ...SECTION_3, id: 'P2', from: `${year}0601`, to: `${year}0801`, ...second },
  ],
});
const row = (messages: Adt[], asOf: string, stated: Stated[] = []) => onlyRow(tell(messages, asOf, stated));
const asked = (messages: Adt[], asOf: string, kind: string, stated: Stated[] = []) =>
  row(messages, asOf, stated).questions.find((question) => question.kind === kind);
const answer = (question: { id: string } | undefined, option: string): Stated => ({
  kind: 'answer',
  question: question?.id,
  option,
  because: 'the papers say so',
});

describe('an answer that names a body goes on counting under its successor', () => {
  test('two councils stated, one answered, then a continuing body with a new code', () => {
    const messages = [twice('2021', {}, { council: NORTH_YORKSHIRE })];
    const before = asked(messages, '2022-01-01', 'which-council');
    expect(before?.options).toEqual([BIRMINGHAM, NORTH_YORKSHIRE]);
    expect(asked(messages, '2024-01-01', 'which-council')?.id).toBe(before?.id);
    const given = [answer(before, NORTH_YORKSHIRE)];
    expect(row(messages, '2022-01-01', given).council).toMatchObject({ code: NORTH_YORKSHIRE, standing: 'agreed' });
    const after = row(messages, '2024-01-01', given);
    expect(after.council).toMatchObject({ code: 'E06000065', asWritten: NORTH_YORKSHIRE, standing: 'agreed' });
    expect(after.questions).toEqual([]);
  });

  test('the day of the succession is one on which the entry changes', () => {
    const messages = [twice('2021', {}, { council: NORTH_YORKSHIRE })];
    const given = [answer(asked(messages, '2022-01-01', 'which-council'), NORTH_YORKSHIRE)];
    expect(row(messages, '2023-03-01', given).nextChangeOn).toBe('2023-04-01');
  });

  test('an answered council that is split: asked which part, and not again what was answered', () => {
    const messages = [twice('2021', { council: CUMBRIA }, {})];
    const given = [answer(asked(messages, '2022-01-01', 'which-council'), CUMBRIA)];
    const after = row(messages, '2024-01-01', given);
    expect(after.questions).toMatchObject([{ kind: 'body-split', options: [CUMBERLAND, WESTMORLAND] }]);
    const split = answer(after.questions[0], WESTMORLAND);
    expect(row(messages, '2024-01-01', [...given, split])).toMatchObject({
      council: { code: WESTMORLAND, standing: 'agreed' },
      questions: [],
    });
    expect(row(messages, '2022-01-01', [...given, split]).council).toMatchObject({ code: CUMBRIA, standing: 'agreed' });
  });

  test('two ICBs stated, one answered, then merged into another', () => {
    const messages = [twice('2024', {}, { commissioner: 'QMM' })];
    const before = asked(messages, '2025-01-01', 'which-icb');
    expect(before?.options).toEqual(['QHL', 'QMM']);
    const after = row(messages, '2026-06-01', [answer(before, 'QMM')]);
    expect(after.icb).toMatchObject({ code: 'T6Y0W', asWritten: 'QMM', standing: 'agreed' });
    expect(after.questions).toEqual([]);
  });

  test('an ICB that was split, and the statement that was chosen says which part', () => {
    const messages = [twice('2024', {}, { commissioner: '06T' })];
    const before = asked(messages, '2025-01-01', 'which-icb');
    expect(before?.options).toEqual(['QHL', 'QJG']);
    const after = row(messages, '2026-06-01', [answer(before, 'QJG')]);
    expect(after.icb).toMatchObject({ code: 'D7T5G', asWritten: '06T', standing: 'agreed' });
    expect(after.questions).toEqual([]);
  });

  test('a dispute that was decided before the succession stays decided', () => {
    const messages = [twice('2021', {}, {})];
    const disputed: Stated = {
      kind: 'council-determined',
      effectiveOn: '2021-10-01',
      council: NORTH_YORKSHIRE,
      standing: 'disputed',
      basis: 'sent-on-discharge',
    };
    const before = asked(messages, '2022-01-01', 'council-disputed', [disputed]);
    const after = row(messages, '2024-01-01', [disputed, answer(before, NORTH_YORKSHIRE)]);
    expect(after).toMatchObject({ council: { code: 'E06000065', standing: 'agreed' }, questions: [] });
  });

  test('answers under the old code and under the new one are one', () => {
    const messages = [twice('2021', {}, { council: NORTH_YORKSHIRE })];
    const question = asked(messages, '2022-01-01', 'which-council');
    const given = [answer(question, NORTH_YORKSHIRE), answer(question, 'E06000065')];
    expect(row(messages, '2024-01-01', given)).toMatchObject({ council: { code: 'E06000065' }, questions: [] });
  });
});

describe('detained again', () => {
  const again: Adt = {
    ...HOME,
    sentAt: '20220701100500',
    visit: 'V2',
    admitted: '20220501080000',
    left: '20220701100000',
    periods: [{ ...SECTION_3, id: 'P9', from: '20220501', to: '20220601', council: NORTH_YORKSHIRE }],
  };

  test.each([
    ['the council that is stated', NORTH_YORKSHIRE, 'E06000065'],
    ['the council before', BIRMINGHAM, BIRMINGHAM],
  ])('%s was answered, and is so after the succession', (_which, option, code) => {
    const messages = [twice('2021', {}, {}), again];
    const question = asked(messages, '2022-08-01', 'which-council');
    expect(question?.options).toEqual([BIRMINGHAM, NORTH_YORKSHIRE]);
    const after = row(messages, '2024-01-01', [answer(question, option)]);
    expect(after).toMatchObject({ council: { code, standing: 'agreed' }, questions: [] });
  });

  test('the council before was answered and has been split: its part is asked about, and nothing else', () => {
    const messages = [
      twice('2021', { council: CUMBRIA }, { council: undefined }),
      { ...again, periods: [{ ...SECTION_3, id: 'P9', from: '20220501', to: '20220601' }] },
    ];
    const given = [answer(asked(messages, '2022-08-01', 'which-council'), CUMBRIA)];
    const after = row(messages, '2024-01-01', given);
    expect(after.council).toMatchObject({ code: null, asWritten: CUMBRIA, candidates: [CUMBERLAND, WESTMORLAND] });
    expect(after.questions.map(({ kind }) => kind)).toEqual(['body-split']);
    const split = answer(after.questions[0], WESTMORLAND);
    const settled = row(messages, '2024-01-01', [...given, split]);
    expect(settled).toMatchObject({ council: { code: WESTMORLAND, standing: 'agreed' }, questions: [] });
  });
});
