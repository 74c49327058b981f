import { describe, expect, test } from '@jest/globals';
import { differences } from '../../src/demo/differences.js';
import type { Holding } from '../../src/demo/holding.js';
import { type Entry, UNKNOWN_BODY } from '../../src/register/entry.js';

const HERE = 'E08000025';
const ELSEWHERE = 'E08000029';
const PERSON = '9990000018';

const entry = (status: Entry['status'], code: string | null, candidates: string[] = []): Entry => ({
  asOf: '2026-11-21',
  nhsNumber: PERSON,
  nhsNumberVerified: true,
  formerNhsNumbers: [],
  localIds: [],
  name: null,
  birthDate: null,
  status,
  diedOn: null,
  episodes: [],
  concurrent: [],
  council: { ...UNKNOWN_BODY, code, candidates },
  icb: UNKNOWN_BODY,
  because: [],
  questions: [],
  clocks: [],
  nextChangeOn: null,
  foldedWith: { rules: '1', directory: '1', policies: '1' },
});

const flag = (status: string): Holding => ({
  nhsNumber: PERSON,
  flag: { status, from: '2026-03-01', to: null, why: null },
  carePlan: 'draft',
});
const holding = (...holds: Holding[]) => [{ gss: HERE, name: 'Testshire', holds }];
const ALL_CONFIRMED = { confirmed: 1, open: [] };

describe('whether a council holds what the register says', () => {
  test.each([
    ['one active Flag for a person it owes aftercare', entry('active', HERE), [flag('active')]],
    ['one beside an older, inactive one', entry('active', HERE), [flag('inactive'), flag('active')]],
    ['one while it may be the one that owes it', entry('active', null, [ELSEWHERE, HERE]), [flag('active')]],
    ['none for a person of another council', entry('active', ELSEWHERE), [flag('inactive')]],
    ['none for a person who has died', entry('died', HERE), [flag('inactive')]],
    ['none without an NHS number', { ...entry('active', HERE), nhsNumber: null }, []],
  ])('agreed: %s', (_what, person, holds) => {
    expect(differences([person], holding(...holds), ALL_CONFIRMED)).toEqual([]);
  });

  test.each([
    ['none where one is due', entry('active', HERE), [flag('inactive')], 'holds 0 active Flags'],
    ['two where one is due', entry('active', HERE), [flag('active'), flag('active')], 'holds 2 active Flags'],
    ['one that the other council should hold', entry('active', ELSEWHERE), [flag('active')], 'where 0 is due'],
    ['one for a person who has died', entry('died', HERE), [flag('active')], 'where 0 is due'],
  ])('differs: %s', (_what, person, holds, says) => {
    expect(differences([person], holding(...holds), ALL_CONFIRMED)).toEqual([expect.stringContaining(says)]);
  });

  test('a council that does not answer agrees with nothing', () => {
    const silent = [{ gss: HERE, name: 'Testshire', holds: null }];
    expect(differences([], silent, ALL_CONFIRMED)).toEqual(['Testshire does not say what it holds']);
  });

  test('notices that are not confirmed are a difference, and it says what stands in their way', () => {
    const due = { body: HERE, state: 'due' as const, lastFault: 'council-unavailable' as const };
    const parked = { body: ELSEWHERE, state: 'parked' as const, lastFault: null };
    expect(differences([], [], { confirmed: 0, open: [due, parked, due] })).toEqual([
      `2 for ${HERE} not confirmed: due, council-unavailable`,
      `1 for ${ELSEWHERE} not confirmed: parked`,
    ]);
  });
});
