import { describe, expect, test } from '@jest/globals';
import { compareRegister, type RegisterEntry } from '../../src/register/register-comparison.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tables, tell, told } from '../scenarios/tell.js';

const TODAY = '2026-11-21';

const rowsOf = (rows: readonly object[]): RegisterEntry[] =>
  told(
    [],
    rows.map(
      (row): Stated => ({
        kind: 'register-entry',
        body: 'council',
        on: TODAY,
        status: 'active',
        statedBy: { organisation: 'E08000025', name: 'An Officer', role: 'keeps the register' },
        ...row,
      }),
    ),
  ).facts.filter((fact): fact is RegisterEntry => fact.kind === 'register-entry');

/** What the council's rows of somebody come to: `kind: there, here`. */
function compared(rows: readonly object[], messages: readonly Adt[] = [HOME], tellsProspective = true): string[] {
  const entry = tell(messages, TODAY).register[0] ?? null;
  const { directory } = tables;
  const { differences, oldCodes } = compareRegister(rowsOf(rows), entry, { asOf: TODAY, directory, tellsProspective });
  return [
    ...differences.map(({ kind, there, here }) => `${kind}: ${there}, ${here}`),
    ...oldCodes.map(({ written, code }) => `${written} is ${code}`),
  ];
}

const INSIDE: Adt = { ...HOME, trigger: 'A01', sentAt: '20260110100000', left: '' };
const DEAD: Adt = { ...HOME, method: '4', destination: '79', deathIndicator: 'Y', diedOn: '20260301' };
const RECALLED: Adt = {
  ...HOME,
  sentAt: '20260901100500',
  periods: [
    { ...SECTION_3, to: '' },
    { ...SECTION_3, to: '', community: 'CTO', communityFrom: '20260301' },
    { ...SECTION_3, to: '', community: 'RECALL', communityFrom: '20260901' },
  ],
};

describe('a row of another register beside the entry', () => {
  test('that says the same comes to nothing; an old code of the same body is said', () => {
    expect(compared([{ from: '2026-03-01', council: 'E08000025', birthDate: '1980-01-02' }])).toEqual([]);
    expect(compared([{ council: '406', icb: '15E' }])).toEqual(['406 is E08000025', '15E is QHL']);
  });

  test.each([
    {
      story: 'somebody of whom nothing is known here',
      rows: [{}],
      messages: [],
      says: ['missing-here: active, nothing that qualifies'],
    },
    { story: 'nobody there', rows: [{ status: 'none' }], messages: [HOME], says: ['missing-there: none, active'] },
    {
      story: 'ended there',
      rows: [{ status: 'ended', to: '2026-06-01' }],
      messages: [HOME],
      says: ['status-differs: ended, active'],
    },
    {
      story: 'another first day',
      rows: [{ from: '2026-02-20' }],
      messages: [HOME],
      says: ['dates-differ: 2026-02-20, 2026-03-01'],
    },
    {
      story: 'another council',
      rows: [{ council: 'E08000029' }],
      messages: [HOME],
      says: ['body-differs: E08000029, E08000025'],
    },
    { story: 'another board', rows: [{ icb: 'QUA' }], messages: [HOME], says: ['body-differs: QUA, QHL'] },
    {
      story: 'another day of birth',
      rows: [{ birthDate: '1980-02-01' }],
      messages: [HOME],
      says: ['identity-conflict: 1980-02-01, 1980-01-02'],
    },
    {
      story: 'two open cases',
      rows: [{ caseId: 'C1' }, { caseId: 'C2' }],
      messages: [HOME],
      says: expect.arrayContaining(['twice: C1, one entry', 'twice: C2, one entry']),
    },
    {
      story: 'two cases of which one is over',
      rows: [{ caseId: 'C1' }, { caseId: 'C2', status: 'died' }],
      messages: [HOME],
      says: ['status-differs: died, active'],
    },
    {
      story: 'one case told twice',
      rows: [{ caseId: 'C1' }, { caseId: 'C1', from: '2026-03-01' }],
      messages: [HOME],
      says: [],
    },
    { story: 'died here, active there', rows: [{}], messages: [DEAD], says: ['status-differs: active, died'] },
    { story: 'died in both, or gone there', rows: [{ status: 'died' }], messages: [DEAD], says: [] },
    { story: 'in hospital still', rows: [{}], messages: [INSIDE], says: ['status-differs: active, prospective'] },
    {
      story: 'in hospital still, and nobody there',
      rows: [{ status: 'none' }],
      messages: [INSIDE],
      says: ['missing-there: none, prospective'],
    },
    { story: 'recalled to hospital: planned there', rows: [{ status: 'prospective' }], messages: [RECALLED], says: [] },
    {
      story: 'at home: planned there',
      rows: [{ status: 'prospective' }],
      messages: [HOME],
      says: ['status-differs: prospective, active'],
    },
  ])('$story', ({ rows, messages, says }) => {
    expect(compared(rows, messages)).toEqual(says);
  });

  test('nobody there, where the partnership tells nothing before the person leaves: no difference', () => {
    expect(compared([{ status: 'none' }], [INSIDE], false)).toEqual([]);
  });
});
