import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadDirectory } from '../../src/organisations/load.js';
import { knowing } from '../support/postcodes.js';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, tables, tell } from './tell.js';

const ORGANISATIONS = fileURLToPath(new URL('../../mappings/organisations/', import.meta.url));

/** The tables of organisations with two practices: one of Essex, as the CCG's successor is, and one of Norfolk and Suffolk. */
function withPractices() {
  const folder = mkdtempSync(join(tmpdir(), 'practices-'));
  const practice = (code: string, icb: string) => `${code},gp-practice,Practice ${code},${code},,2026-04-01,,${icb},s`;
  const bodies = readFileSync(join(ORGANISATIONS, 'bodies.csv'), 'utf8').trimEnd();
  const rows = [bodies, practice('Y99901', 'D7T5G'), practice('Y99902', 'T6Y0W')];
  writeFileSync(join(folder, 'bodies.csv'), `${rows.join('\n')}\n`);
  writeFileSync(join(folder, 'successions.csv'), readFileSync(join(ORGANISATIONS, 'successions.csv')));
  const directory = loadDirectory(folder);
  rmSync(folder, { recursive: true });
  return { ...tables, directory };
}

const told = withPractices();
const told2019 = (commissioner: string): Adt => ({
  ...HOME,
  sentAt: '20190901100500',
  admitted: '20190501080000',
  left: '20190901100000',
  periods: [{ ...SECTION_3, from: '20190501', to: '20190801', commissioner }],
});
const at = (practice: string): Adt => ({ trigger: 'A31', sentAt: '20261001090000', practice });
const row = (messages: Adt[], stated: Stated[] = []) => onlyRow(tell(messages, '2026-11-21', stated, told));

describe('a code that was succeeded, and the GP practice', () => {
  test('of the same ICB: nothing is asked', () => {
    const same = row([told2019('06T'), at('Y99901')]);
    expect(same).toMatchObject({ icb: { code: 'D7T5G', standing: 'provisional' }, questions: [] });
  });

  test('of another: asked, and the successor is provisional meanwhile', () => {
    const other = row([told2019('06T'), at('Y99902')]);
    expect(other.icb).toMatchObject({ code: 'D7T5G', standing: 'provisional', candidates: ['D7T5G', 'T6Y0W'] });
    expect(other.questions).toMatchObject([{ kind: 'which-icb', options: ['D7T5G', 'T6Y0W'] }]);
    expect(other.questions[0]?.text).toMatch(/06T.*D7T5G.*Y99902.*T6Y0W.*2022\/635.*not settled/);
  });

  test.each(['D7T5G', 'T6Y0W'])('answered with %s: agreed', (option) => {
    const messages = [told2019('06T'), at('Y99902')];
    const [question] = row(messages).questions;
    const answer: Stated = { kind: 'answer', question: question?.id, option, because: 'both ICBs agree' };
    expect(row(messages, [answer])).toMatchObject({ icb: { code: option, standing: 'agreed' }, questions: [] });
  });

  test('the question rests on what was stated and on the practice, and is one for each code', () => {
    const [first] = row([told2019('06T'), at('Y99902')]).questions;
    const [second] = row([told2019('07H'), at('Y99902')]).questions;
    expect(first?.facts.filter((id) => id !== undefined)).toHaveLength(2);
    expect(second).toMatchObject({ kind: 'which-icb', options: ['D7T5G', 'T6Y0W'] });
    expect(second?.id).not.toBe(first?.id);
    expect(row([told2019('07K'), at('Y99901')]).questions).toMatchObject([{ options: ['D7T5G', 'T6Y0W'] }]);
  });

  test('answered with the successor, the code stays as it was written', () => {
    const messages = [told2019('06T'), at('Y99902')];
    const [question] = row(messages).questions;
    const answer: Stated = { kind: 'answer', question: question?.id, option: 'D7T5G', because: 'both ICBs agree' };
    expect(row(messages, [answer]).icb).toMatchObject({ code: 'D7T5G', asWritten: '06T', standing: 'agreed' });
  });

  test('what people determined by the code that was stated is not asked about either', () => {
    const determined: Stated = { kind: 'icb-determined', effectiveOn: '2019-09-01', icb: '06T', standing: 'agreed' };
    const kept = row([told2019('06T'), at('Y99902')], [determined]);
    expect(kept).toMatchObject({ icb: { code: 'D7T5G', standing: 'agreed' }, questions: [] });
  });

  test('the day on which the practice moves to another ICB is one on which the entry changes', () => {
    const moves = [
      { commissioner: '06T', from: '2013-04-01', to: '2026-11-30' },
      { commissioner: '15N', from: '2026-12-01', to: null },
    ];
    const directory = knowing(told.directory, [], { practices: new Map([['Y99903', moves]]) });
    const found = tell([told2019('06T'), at('Y99903')], '2026-11-21', [], { ...told, directory });
    expect(onlyRow(found)).toMatchObject({ questions: [], nextChangeOn: '2026-12-01' });
  });

  test('what people determined stays agreed under the successor', () => {
    const determined: Stated = { kind: 'icb-determined', effectiveOn: '2023-01-01', icb: 'QJG', standing: 'agreed' };
    const kept = row([told2019('15E'), at('Y99901')], [{ ...determined, icb: 'QMM' }]);
    expect(kept).toMatchObject({ icb: { code: 'T6Y0W', standing: 'agreed' }, questions: [] });
  });

  test('a code that has not been succeeded, or a practice that no table has: nothing is asked', () => {
    expect(row([HOME, at('Y99902')]).questions).toEqual([]);
    expect(row([told2019('06T'), at('Y99909')]).questions).toEqual([]);
  });
});
