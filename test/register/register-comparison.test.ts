import { describe, expect, test } from '@jest/globals';
import { compareRegister, type RegisterEntry } from '../../src/register/register-comparison.js';
import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tables, tell, told } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';

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
function compared(
  rows: readonly object[],
  messages: readonly Adt[] = [HOME],
  { tellsProspective = true, stated = [] as Stated[] } = {},
): string[] {
  const entry = tell(messages, TODAY, stated).register[0] ?? null;
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
/** The sender takes the detention back, and people say that it never was. */
const WITHDRAWN: Adt = {
  trigger: 'A08',
  sentAt: '20260310090000',
  periods: [{ id: 'P1', action: 'D' }],
};
const withdrawal = tell([HOME, WITHDRAWN], TODAY).register[0]?.questions.find(
  ({ kind }) => kind === 'detention-withdrawn',
);
const NEVER_DETAINED: Stated = {
  kind: 'answer',
  question: withdrawal?.id,
  option: 'never-detained',
  because: 'the papers were read',
};
/** The stay was another's. */
const MOVED: Adt = {
  trigger: 'A44',
  sentAt: '20260402090000',
  nhsNumber: OTHER,
  mrn: 'L2',
  mergedAway: { nhsNumber: PERSON, mrn: 'L1' },
};
const BOARD = { body: 'icb', statedBy: { organisation: 'QHL', name: 'A Manager', role: 'keeps the register' } };

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
      story: 'two open cases, of which one is only planned',
      rows: [{ caseId: 'C1' }, { caseId: 'C2', status: 'prospective' }],
      messages: [RECALLED],
      says: expect.arrayContaining(['twice: C1, one entry', 'twice: C2, one entry']),
    },
    {
      story: 'two rows, of which one names no case',
      rows: [{ caseId: 'C1' }, {}],
      messages: [HOME],
      says: [],
    },
    {
      story: 'one case in each of two registers',
      rows: [{ caseId: 'C1' }, { caseId: 'K1', ...BOARD }],
      messages: [HOME],
      says: [],
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
    expect(compared([{ status: 'none' }], [INSIDE], { tellsProspective: false })).toEqual([]);
    expect(compared([{ status: 'prospective' }], [INSIDE], { tellsProspective: false })).toEqual([]);
  });
});

const on = (day: string, status: string, over: object = {}) => ({ on: day, status, ...over });

describe('a row is held against how the person stood on its day', () => {
  const ended = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-20')];
  const died: Stated = { kind: 'died', on: '2026-08-01', verified: true };

  test.each([
    { story: 'the day of the detention', row: on('2026-01-01', 'prospective'), stated: [], says: [] },
    { story: 'the day before it', row: on('2025-12-31', 'none'), stated: [], says: [] },
    { story: 'the day of leaving', row: on('2026-03-01', 'active'), stated: [], says: [] },
    {
      story: 'the day before leaving',
      row: on('2026-02-28', 'active'),
      stated: [],
      says: ['status-differs: active, prospective'],
    },
    { story: 'the day before both had ended it', row: on('2026-05-19', 'active'), stated: ended, says: [] },
    {
      story: 'the day on which both had ended it',
      row: on('2026-05-20', 'active'),
      stated: ended,
      says: ['status-differs: active, ended'],
    },
    { story: 'ended on its day', row: on('2026-05-20', 'ended', { to: '2026-05-20' }), stated: ended, says: [] },
    { story: 'ended, and out of the register', row: on('2026-06-01', 'none'), stated: ended, says: [] },
    {
      story: 'ended, and dead there',
      row: on('2026-06-01', 'died'),
      stated: ended,
      says: ['status-differs: died, ended'],
    },
    {
      story: 'ended, and planned there',
      row: on('2026-06-01', 'prospective'),
      stated: ended,
      says: ['status-differs: prospective, ended'],
    },
    { story: 'the day before the death', row: on('2026-07-31', 'active'), stated: [died], says: [] },
    {
      story: 'the day of the death',
      row: on('2026-08-01', 'active'),
      stated: [died],
      says: ['status-differs: active, died'],
    },
    { story: 'dead, and ended there', row: on('2026-08-01', 'ended'), stated: [died], says: [] },
    { story: 'dead, and out of the register', row: on('2026-08-01', 'none'), stated: [died], says: [] },
  ])('$story', ({ row, stated, says }) => {
    expect(compared([row], [HOME], { stated })).toEqual(says);
  });

  test('back in hospital by recall: owed there still, and not gone', () => {
    expect(compared([{}], [RECALLED])).toEqual([]);
    expect(compared([{ status: 'none' }], [RECALLED])).toEqual(['missing-there: none, active']);
  });

  test.each([
    ['that never was', [HOME, WITHDRAWN], [NEVER_DETAINED]],
    ['that was another’s', [HOME, MOVED], []],
  ])('a detention %s need be in no register', (_which, messages, stated) => {
    expect(compared([{ status: 'none' }], messages, { stated })).toEqual([]);
    expect(compared([{}], messages, { stated })).toEqual(['status-differs: active, entered-in-error']);
  });
});

describe('a row of whoever has not the duty', () => {
  const from = (organisation: string, over: object = {}) => ({
    status: 'none',
    statedBy: { organisation, name: 'An Officer', role: 'keeps the register' },
    ...over,
  });

  test.each([
    { story: 'another council has ended it, or never had it', row: from('E08000029', { status: 'ended' }), says: [] },
    {
      story: 'another council has the person as dead',
      row: from('E08000029', { status: 'died' }),
      says: ['status-differs: died, active'],
    },
    { story: 'another board', row: from('QUA', { body: 'icb' }), says: [] },
    { story: 'the board that has it', row: from('QHL', { body: 'icb' }), says: ['missing-there: none, active'] },
    {
      story: 'another board that has the person as its own',
      row: from('QUA', { body: 'icb', status: 'active' }),
      says: ['body-differs: QUA, QHL'],
    },
    { story: 'a council that no table has', row: from('Some council'), says: ['missing-there: none, active'] },
    {
      story: 'one that no table has, and ended',
      row: from('Some council', { status: 'ended' }),
      says: ['status-differs: ended, active'],
    },
    { story: 'a trust', row: from('RXT', { body: 'trust' }), says: ['missing-there: none, active'] },
  ])('$story', ({ row, says }) => {
    expect(compared([row])).toEqual(says);
  });

  test('another council that has the person as its own differs, and whoever has the duty does not', () => {
    const theirs = from('E08000029', { status: 'active' });
    expect(compared([{}, theirs])).toEqual(['body-differs: E08000029, E08000025']);
    expect(compared([from('E08000029', { status: 'prospective' })], [INSIDE])).toEqual([
      'body-differs: E08000029, E08000025',
    ]);
  });

  test('while nobody knows who has it, nobody is another', () => {
    const unknown = [{ ...HOME, periods: [{ ...SECTION_3, council: undefined }] }];
    expect(compared([from('E08000029')], unknown)).toEqual(['missing-there: none, active']);
    expect(compared([{ council: 'E08000029' }], unknown)).toEqual(['body-differs: E08000029, nobody yet']);
  });
});

describe('where either part of a divided council may have the duty', () => {
  const divided = [{ ...HOME, sentAt: '20220301100500', admitted: '20220101080000', left: '20220301100000' }].map(
    (home) => ({ ...home, periods: [{ ...SECTION_3, from: '20220101', to: '20220220', council: 'E10000006' }] }),
  );
  const ofPart = (organisation: string) => ({ statedBy: { organisation, name: 'An Officer', role: 'keeps it' } });

  test('one of them that has the person agrees, whatever others leave open', () => {
    expect(compared([ofPart('E06000063')], divided)).toEqual([]);
    expect(compared([ofPart('E06000063'), BOARD], divided)).toEqual([]);
  });

  test('the council that was divided is either of them', () => {
    expect(compared([ofPart('E06000063'), { ...BOARD, council: 'E10000006' }], divided)).toEqual([]);
  });

  test('both of them differ', () => {
    expect(compared([ofPart('E06000063'), ofPart('E06000064')], divided)).toEqual([
      'body-differs: E06000063, E06000063 or E06000064',
      'body-differs: E06000064, E06000063 or E06000064',
    ]);
  });

  test('a council that is none of them differs', () => {
    expect(compared([{}], divided)).toEqual(['body-differs: E08000025, E06000063 or E06000064']);
  });
});
