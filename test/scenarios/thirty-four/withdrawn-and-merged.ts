import { type Adt, HOME, OTHER, PERSON, SECTION_3 } from '../adt.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';

const withdrawn: Adt = { trigger: 'A08', sentAt: '20260320090000', periods: [{ id: 'P1', action: 'D' }] };
const WITHDRAWN = { kind: 'detention-withdrawn', options: ['detention-stands', 'never-detained'] } as const;
const answered = (option: string) => [
  { kind: 'answer', question: 'detention-withdrawn', option, because: 'the Mental Health Act office has looked' },
];

const ACTIVE: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['active from 2026-03-01'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  sent: ['E08000025: Flag active, CarePlan draft'],
};

/** The record that will be merged away is of a person at home after section 3. */
const elsewhere: Adt = {
  ...HOME,
  nhsNumber: OTHER,
  mrn: 'L2',
  visit: 'V9',
  periods: [{ ...SECTION_3, id: 'P9' }],
};
const informal: Adt = { trigger: 'A01', sentAt: '20260701090000', visit: 'V3', admitted: '20260701' };
const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };

export const WITHDRAWN_AND_MERGED: readonly Story[] = [
  {
    scenario: 18,
    mode: 'ASK',
    name: 'the section 3 period is deleted later',
    messages: [HOME, withdrawn],
    expected: [{ asOf: TODAY, ...ACTIVE, because: ['qualifying-detention'], asked: [WITHDRAWN] }],
  },
  {
    scenario: 18,
    mode: 'ASK',
    name: 'the section 3 period is deleted, and only the record was at fault',
    messages: [HOME, withdrawn],
    stated: answered('detention-stands'),
    expected: [{ asOf: TODAY, ...ACTIVE, because: ['qualifying-detention'], asked: [] }],
  },
  {
    scenario: 18,
    mode: 'ASK',
    name: 'the section 3 period is deleted, and the person was never detained under it',
    messages: [HOME, withdrawn],
    stated: answered('never-detained'),
    expected: [
      {
        asOf: TODAY,
        status: 'entered-in-error',
        episodes: ['entered-in-error (recorded-in-error)'],
        council: 'E08000025 provisional',
        icb: 'QHL provisional, written 15E',
        because: ['recorded-in-error'],
        asked: [],
        sent: ['E08000025: Flag entered-in-error, CarePlan entered-in-error'],
      },
    ],
  },
  {
    scenario: 19,
    mode: 'AUTO',
    name: 'two records are merged, one of them owed aftercare',
    messages: [elsewhere, informal, merge],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        concurrent: ['inpatient'],
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [],
      },
    ],
  },
  {
    scenario: 19,
    mode: 'ASK',
    name: 'two records are merged that name different councils for one detention',
    messages: [HOME, { ...elsewhere, periods: [{ ...SECTION_3, id: 'P9', council: SOLIHULL }] }, merge],
    expected: [
      {
        asOf: TODAY,
        status: 'active',
        episodes: ['active from 2026-03-01'],
        council: 'E08000025 provisional: E08000025, E08000029',
        icb: 'QHL provisional, written 15E',
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'which-council', options: [BIRMINGHAM, SOLIHULL], says: [/E08000025/, /E08000029/] }],
        sent: ['E08000025: Flag active, CarePlan draft'],
      },
    ],
    // Told of its own record before they were one; while it is asked who is responsible, it is told of no move.
    alsoTold: ['E08000029: Flag active, CarePlan draft'],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a merge is taken back: what was told of the one was of the other',
    messages: [elsewhere, informal, merge],
    stated: [{ kind: 'identity-separated', nhsNumber: PERSON, from: OTHER }],
    expected: [
      { asOf: TODAY, of: 'OTHER', ...ACTIVE, because: ['qualifying-detention'], asked: [] },
      { asOf: TODAY, episodes: [], concurrent: ['inpatient'] },
      { asOf: TODAY, status: 'entered-in-error', todo: 'the register says of the wrong person that it was in error' },
      { asOf: TODAY, todo: 'a council that was told of the wrong person hears that it was in error' },
      { asOf: TODAY, todo: 'it is asked whether the disclosure about the wrong person was handled as an incident' },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'one record is overlaid: its local number comes with another NHS number, and no merge',
    messages: [HOME, { trigger: 'A31', sentAt: '20260402090000', nhsNumber: OTHER }],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention'],
        asked: [{ kind: 'identity-conflict' }],
        sent: [],
      },
      { asOf: TODAY, of: 'OTHER', status: 'not-known', asked: [{ kind: 'identity-conflict' }], sent: [] },
    ],
    // Told before the doubt arose; while it lasts, nothing is sent and nothing that was told is taken back.
    alsoTold: ['E08000025: Flag active, CarePlan draft'],
  },
];
