import { describe, expect, test } from '@jest/globals';
import type { Adt } from '../scenarios/adt.js';
import { HOME, SECTION_3 } from '../scenarios/adt.js';
import { asked, inCommunity, row, rulesOf } from './story.js';

const SECTION = { ...SECTION_3, to: undefined };
/** A message of one trigger at one time, about a stay with or without a number. */
const of = (trigger: string, at: string, visit: string, over: Partial<Adt> = {}): Adt => ({
  trigger,
  sentAt: at,
  eventAt: at,
  controlId: `${trigger}${at}${visit}${over.sender ?? ''}`,
  visit,
  ...over,
});
const admitted = (at: string, visit: string, over: Partial<Adt> = {}) =>
  of('A01', at, visit, { admitted: at, ...over });
const left = (at: string, visit: string, over: Partial<Adt> = {}) =>
  of('A03', at, visit, { left: at, destination: '19', ...over });
const DETAINED = of('A08', '20260101090000', 'V0', { periods: [SECTION] });
const statusOf = (...messages: Adt[]) => row([DETAINED, ...messages]).status;

describe('a cancelled discharge', () => {
  const [admission, discharge] = [admitted('20260101080000', 'V1'), left('20260301100000', 'V1')];
  const unnamed = [admitted('20260101080000', ''), left('20260301100000', '')];

  test.each<[string, Adt[], string]>([
    ['of that stay', [admission, discharge, of('A13', '20260302090000', 'V1')], 'prospective'],
    [
      'of a stay that has none, while another that is numbered has',
      [admission, discharge, of('A13', '20260302090000', 'V9')],
      'active',
    ],
    ['of a number, told of a discharge without one', [...unnamed, of('A13', '20260302090000', 'V9')], 'prospective'],
    ['without a number', [admission, discharge, of('A13', '20260302090000', '')], 'prospective'],
    [
      'of its own stay, though one without a number was told since',
      [admission, discharge, left('20260303100000', ''), of('A13', '20260304090000', 'V1')],
      'active',
    ],
    ['told before the discharge', [admission, of('A13', '20260228090000', ''), discharge], 'active'],
    [
      'by another trust',
      [admission, discharge, of('A13', '20260302090000', '', { sender: 'RXX', mrn: 'X1' })],
      'active',
    ],
  ])('%s', (_what, messages, status) => {
    expect(statusOf(...messages)).toBe(status);
  });

  test('of its own stay leaves one without a number as it is', () => {
    const later = [left('20260303100000', ''), of('A13', '20260302090000', 'V1')];
    expect(row([DETAINED, admission, discharge, ...later]).episodes).toMatchObject([{ from: '2026-03-03' }]);
  });

  test('without a number means the last discharge', () => {
    const two = [...unnamed, admitted('20260401080000', ''), left('20260501100000', '')];
    const told = row([DETAINED, ...two, of('A13', '20260502090000', '')]);
    expect(told).toMatchObject({ status: 'active', concurrent: ['inpatient'], episodes: [{ from: '2026-03-01' }] });
  });

  test('of a discharge that nobody told takes nothing back, and is no reason', () => {
    const told = row([DETAINED, admission, of('A13', '20260302090000', 'V1')]);
    expect(told.status).toBe('prospective');
    expect(rulesOf(told)).not.toContain('discharge-cancelled');
  });
});

describe('a discharge without a number', () => {
  test('ends the last admission without one that was before it, or at its moment', () => {
    const messages = [admitted('20260101080000', ''), admitted('20260401080000', ''), left('20260301100000', '')];
    expect(row([DETAINED, ...messages])).toMatchObject({ status: 'active', concurrent: ['inpatient'] });
    expect(row([DETAINED, ...messages], [], '2026-03-15').concurrent).toEqual([]);
    expect(row([DETAINED, admitted('20260301100000', ''), left('20260301100000', '')]).concurrent).toEqual([]);
  });

  test('ends it also where leave was told meanwhile; one with a number ends none without', () => {
    const [admission, leave] = [admitted('20260101080000', ''), of('A21', '20260201090000', '')];
    expect(row([DETAINED, admission, leave, left('20260301100000', '')]).concurrent).toEqual([]);
    expect(row([DETAINED, admission, left('20260301100000', 'V1')]).concurrent).toEqual(['inpatient']);
  });

  test('after another is the end of a stay that nobody told the beginning of', () => {
    const messages = [admitted('20260101080000', ''), left('20260201100000', ''), left('20260301100000', '')];
    expect(row([DETAINED, ...messages, of('A13', '20260302090000', '')])).toMatchObject({
      status: 'active',
      episodes: [{ from: '2026-02-01' }],
    });
  });

  test('ends no stay of another trust, and none that has a number', () => {
    const theirs = admitted('20260110080000', '', { sender: 'RXX', mrn: 'X1' });
    expect(row([DETAINED, theirs, left('20260301100000', '')]).concurrent).toEqual(['inpatient']);
    expect(row([DETAINED, admitted('20260110080000', 'V1'), left('20260301100000', '')]).concurrent).toEqual([
      'inpatient',
    ]);
  });
});

test('a cancelled admission was no admission', () => {
  const before = [HOME, admitted('20260401080000', 'V2')];
  expect(row(before).concurrent).toEqual(['inpatient']);
  expect(row([...before, of('A11', '20260401120000', 'V2')]).concurrent).toEqual([]);
  expect(row([HOME, admitted('20260401080000', ''), of('A11', '20260401120000', '')]).concurrent).toEqual([]);
});

describe('leave from a stay', () => {
  const stay = [DETAINED, admitted('20260101080000', 'V1')];
  const [out, back] = [
    (at: string, visit = 'V1') => of('A21', at, visit),
    (at: string, visit = 'V1') => of('A22', at, visit),
  ];

  test.each<[string, Adt[], string[]]>([
    ['goes on until the return', [out('20260201090000')], ['inpatient', 's17-leave']],
    ['is over with it', [out('20260201090000'), back('20260203090000')], ['inpatient']],
    ['told twice is one leave', [out('20260201090000'), out('20260202090000'), back('20260203090000')], ['inpatient']],
    [
      'begins anew after a return',
      [out('20260201090000'), back('20260203090000'), out('20260210090000')],
      ['inpatient', 's17-leave'],
    ],
    ['whose return has no number', [out('20260201090000'), back('20260203090000', '')], ['inpatient']],
  ])('%s', (_what, messages, concurrent) => {
    expect(row([...stay, ...messages]).concurrent).toEqual(concurrent);
  });

  test('of two stays on leave, that of the stay that began first is asked about', () => {
    const other = [admitted('20251201080000', 'V9'), out('20260205090000', 'V9')];
    const [question] = asked(row([...stay, out('20260201090000'), ...other]), 'leave-or-aftercare');
    expect(question?.text).toContain('On section 17 leave since 2026-02-05');
  });

  test('a leave that is over is not asked about, and one by the section is asked about as itself', () => {
    expect(asked(row([...stay, out('20260201090000'), back('20260203090000')]), 'leave-or-aftercare')).toEqual([]);
    const bySection = inCommunity('20260202090000', 'S17', '20260201');
    const [question] = asked(row([...stay, bySection]), 'leave-or-aftercare');
    expect(question?.options).toEqual(['leave-only']);
  });
});
