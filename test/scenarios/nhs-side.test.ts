import { describe, expect, test } from '@jest/globals';
import { publishAfter } from '../../src/publish/publish-after.js';
import { type Adt, HOME, type Period, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tablesWith, tell } from './tell.js';
import { decisionOf } from './thirty-four/decision.js';

const SOLIHULL = 'E08000029';
const destination = { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' };
const tables = tablesWith({
  icbs: [
    { ods: 'QHL', destination },
    { ods: 'QUA', destination },
  ],
});
const ENDED = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-02')];

/** Detained again in June, resident in another area. */
const again = (over: Partial<Period> = {}): Adt => ({
  ...HOME,
  sentAt: '20260701100500',
  visit: 'V2',
  admitted: '20260601080000',
  left: '20260701100000',
  periods: [
    { ...SECTION_3, id: 'P2', from: '20260601', to: '20260620', council: SOLIHULL, commissioner: 'QUA', ...over },
  ],
});
const told = (messages: Adt[], stated: Stated[] = []) => tell(messages, '2026-11-21', stated, tables);

describe('11: both bodies had ended aftercare, then a new detention', () => {
  test('the ICB of the ended duty is told of that one, the new ICB of the new one', () => {
    expect(sent(told([HOME, again()], ENDED))).toEqual([
      'E08000025: Flag inactive, CarePlan completed',
      'E08000029: Flag active, CarePlan draft',
      'QHL: Flag inactive, CarePlan completed',
      'QUA: Flag active, CarePlan draft',
    ]);
    expect(onlyRow(told([HOME, again()], ENDED)).icb.code).toBe('QUA');
  });

  test('each episode names its own two bodies', () => {
    const [entry] = told([HOME, again()], ENDED).register;
    expect(entry?.episodes.map(({ council, icb }) => [council.code, icb.code])).toEqual([
      ['E08000025', 'QHL'],
      ['E08000029', 'QUA'],
    ]);
  });

  test('what the ICB held of the ended duty is not taken back from it', () => {
    const { policies } = tables.site;
    const [before] = told([HOME], ENDED).register;
    const [after] = told([HOME, again()], ENDED).register;
    if (!before || !after) throw new Error('nobody was folded');
    const held = publishAfter(before, policies, []).filter(({ to }) => to.code === 'QHL');
    const now = publishAfter(after, policies, held).filter(({ to }) => to.code === 'QHL');
    expect(now).toEqual(held);
  });

  test('the new NHS side unknown: the old one stays with the ended duty, and only the new one is asked about', () => {
    const explanation = told([HOME, again({ commissioner: undefined })], ENDED);
    expect(onlyRow(explanation).icb.code).toBeNull();
    expect(kindsOf(onlyRow(explanation))).toEqual(['which-icb']);
    expect(sent(explanation).filter((said) => said.startsWith('Q'))).toEqual([
      'QHL: Flag inactive, CarePlan completed',
    ]);
  });

  test('a determination after the new detention is about the new duty', () => {
    const determined: Stated = { kind: 'icb-determined', effectiveOn: '2026-06-10', icb: 'QUA', standing: 'agreed' };
    const [entry] = told([HOME, again({ commissioner: undefined })], [...ENDED, determined]).register;
    expect(entry?.episodes.map(({ icb }) => [icb.code, icb.standing])).toEqual([
      ['QHL', 'provisional'],
      ['QUA', 'agreed'],
    ]);
  });
});

test('10: without an ending the NHS side stays what it was, for both duties', () => {
  const [entry] = told([HOME, again()]).register;
  expect(entry?.episodes.map(({ icb }) => icb.code)).toEqual(['QHL', 'QHL']);
  expect(entry?.icb.code).toBe('QHL');
});
