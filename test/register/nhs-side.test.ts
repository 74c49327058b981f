import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell, told } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { answerTo, asked, row, TODAY } from './story.js';

const stay = (from: string, left: string, ...periods: Partial<Period>[]): Adt => ({
  ...HOME,
  sentAt: `${left}235900`,
  visit: `V${from}`,
  admitted: `${from}080000`,
  left: `${left}100000`,
  periods: periods.map((period, index) => ({ ...SECTION_3, id: `P${from}-${index}`, from, to: left, ...period })),
});
const again = stay('20260701', '20260801', { commissioner: 'QUA' });
const determined = (icb: string, effectiveOn: string, standing = 'agreed'): Stated => ({
  kind: 'icb-determined',
  effectiveOn,
  icb,
  standing,
});
const OF_ANOTHER = { statedBy: { organisation: 'QWO', name: 'A Manager', role: 'aftercare lead' } };
const decided = (year = '2026', over: object = {}) => [
  decisionOf('council', `${year}-05-01`),
  decisionOf('icb', `${year}-05-20`, over),
];
const icbsOf = (messages: readonly Adt[], stated: readonly Stated[]) =>
  tell(messages, TODAY, stated).register.flatMap(({ episodes }) => episodes.map(({ icb }) => icb.code));
const detentionIn = (message: Adt) => told([message], []).messages.find(({ kind }) => kind === 'detention')?.id;

describe('a determination of who commissions', () => {
  test.each([
    ['in the time of the first duty', '2026-04-01', ['QWO', 'QUA']],
    ['after it was ended, and before the next detention', '2026-06-30', ['QWO', 'QUA']],
    ['from the day of the next detention', '2026-07-01', ['QHL', 'QWO']],
  ])('%s is of that duty', (_when, effectiveOn, codes) => {
    expect(icbsOf([HOME, again], [...decided(), determined('QWO', effectiveOn)])).toEqual(codes);
  });
});

describe('an ICB that decides to end aftercare', () => {
  const ending = decided('2026', OF_ANOTHER);
  const statuses = (messages: readonly Adt[], ...stated: Stated[]) =>
    row(messages, [...ending, ...stated]).episodes.map(({ status }) => status);

  test('and was never named proposes', () => {
    expect(statuses([HOME])).toEqual(['active']);
  });

  test.each([
    ['before the next detention', '2026-06-30', ['ended', 'active']],
    ['with the next detention', '2026-07-01', ['superseded', 'active']],
  ])('and was determined %s', (_when, effectiveOn, expected) => {
    expect(statuses([HOME, again], determined('QWO', effectiveOn))).toEqual(expected);
  });

  test('and is in dispute proposes, until people have answered that it is the one', () => {
    const disputed = determined('QWO', '2026-04-01', 'disputed');
    expect(statuses([HOME], disputed)).toEqual(['active']);
    const [question] = asked(row([HOME], [disputed]), 'which-icb');
    expect(statuses([HOME], disputed, answerTo(question, 'QWO'))).toEqual(['ended']);
    expect(statuses([HOME], disputed, answerTo(question, 'QHL'))).toEqual(['active']);
  });
});

describe('a later detention while the NHS side has the duty', () => {
  const staying = (messages: readonly Adt[], stated: readonly Stated[] = []) =>
    row(messages, stated).because.filter(({ text }) => text.includes('does not move the NHS side'));

  test('leaves it where it was: the reason rests on that detention', () => {
    expect(staying([HOME, again])).toMatchObject([{ rule: 'responsible-icb', facts: [detentionIn(again)] }]);
  });

  test('says nothing once people have determined who it is', () => {
    expect(staying([HOME, again], [determined('QWO', '2026-03-01')])).toEqual([]);
  });

  test('says nothing of the law of before July 2022', () => {
    const before = [stay('20210101', '20210301', {}), stay('20220501', '20220601', {})];
    expect(staying(before)).toEqual([]);
    expect(staying([...before, again])).toHaveLength(1);
  });
});

test('the reason says for which detention the commissioner was stated', () => {
  expect(row([HOME]).because.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(/^15E was stated as the NHS commissioner when the detention of 2026-01-01 began\./),
  );
});

describe('after aftercare had ended', () => {
  test('two that are stated are asked about once', () => {
    const two = stay('20260701', '20260801', { commissioner: '15E' }, { commissioner: 'QUA', from: '20260710' });
    expect(asked(row([HOME, two], decided()), 'which-icb')).toMatchObject([{ options: ['QHL', 'QUA'] }]);
  });

  test('the one that people confirmed is agreed under its successor', () => {
    const messages = [stay('20230101', '20230301', {}), stay('20240701', '20240801', { commissioner: 'QMM' })];
    const ended = decided('2023');
    const [question] = asked(row(messages, ended, '2025-01-01'), 'which-icb');
    expect(question?.options).toEqual(['QMM']);
    const stated = [...ended, answerTo(question, 'QMM')];
    expect(row(messages, stated)).toMatchObject({ icb: { code: 'T6Y0W', standing: 'agreed' }, questions: [] });
  });

  test('an answer by an older code of the one that is asked about counts for it, and that of another for nobody', () => {
    const messages = [HOME, stay('20260701', '20260801', { commissioner: '15E' })];
    const [question] = asked(row(messages, decided()), 'which-icb');
    const standing = (option: string) => row(messages, [...decided(), answerTo(question, option)]).icb.standing;
    expect(['QHL', '15E', 'QUA', 'X9X'].map(standing)).toEqual(['agreed', 'agreed', 'provisional', 'provisional']);
  });
});
