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
const INCIDENT = {
  kind: 'confidentiality-incident',
  options: ['handled-as-incident', 'nothing-was-disclosed'],
} as const;
const WRONG_PERSON: Omit<Expected, 'asOf'> = {
  status: 'entered-in-error',
  episodes: ['entered-in-error (recorded-in-error)'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  because: ['wrong-person', 'silence-is-not-a-no'],
  sent: ['E08000025: Flag entered-in-error, CarePlan entered-in-error'],
};
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
        because: ['recorded-in-error', 'people found that the person was never detained'],
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
      { asOf: TODAY, ...WRONG_PERSON, concurrent: ['inpatient'], asked: [INCIDENT] },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a merge is taken back, and what was told is handled as an incident',
    messages: [elsewhere, informal, merge],
    stated: [
      { kind: 'identity-separated', nhsNumber: PERSON, from: OTHER },
      { kind: 'answer', question: 'confidentiality-incident', option: 'handled-as-incident', because: 'recorded' },
    ],
    expected: [
      { asOf: TODAY, of: 'OTHER', ...ACTIVE, because: ['qualifying-detention'], asked: [] },
      { asOf: TODAY, ...WRONG_PERSON, asked: [] },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'the message that merged them is withdrawn as of the wrong person',
    messages: [elsewhere, informal, merge],
    stated: [{ kind: 'withdrawn', fact: 'identity-merged', because: 'sent for the wrong record' }],
    expected: [
      { asOf: TODAY, of: 'OTHER', ...ACTIVE, because: ['qualifying-detention'], asked: [] },
      { asOf: TODAY, ...WRONG_PERSON, asked: [INCIDENT] },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a merge of two people is taken back, and the sender had filed both records under the one number meanwhile',
    messages: [
      elsewhere,
      informal,
      merge,
      { trigger: 'A31', sentAt: '20260703090000', mrn: 'L2' },
      { trigger: 'A31', sentAt: '20260703100000', mrn: 'L2', nhsNumber: null },
    ],
    stated: [{ kind: 'identity-separated', nhsNumber: PERSON, from: OTHER }],
    expected: [
      { asOf: TODAY, of: 'OTHER', ...ACTIVE, because: ['qualifying-detention'], asked: [] },
      { asOf: TODAY, ...WRONG_PERSON, asked: [INCIDENT] },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a local record came with another NHS number, and people say whose it is: told again of whom it is',
    messages: [HOME, { trigger: 'A31', sentAt: '20260402090000', nhsNumber: OTHER }],
    stated: [
      { kind: 'answer', question: 'identity-conflict', option: 'record-is-theirs', because: 'the notes were read' },
    ],
    expected: [
      { asOf: TODAY, ...ACTIVE, because: ['qualifying-detention'], asked: [] },
      { asOf: TODAY, of: 'OTHER', status: 'not-known', asked: [], sent: [] },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a merge of two people is taken back who are both owed aftercare: each goes on with their own',
    messages: [
      { ...elsewhere, periods: [{ ...SECTION_3, id: 'P9', from: '20260105', council: SOLIHULL }] },
      HOME,
      merge,
    ],
    stated: [{ kind: 'identity-separated', nhsNumber: PERSON, from: OTHER }],
    expected: [
      {
        asOf: TODAY,
        of: 'OTHER',
        ...ACTIVE,
        council: 'E08000029 provisional',
        because: ['qualifying-detention'],
        asked: [],
        sent: ['E08000029: Flag active, CarePlan draft'],
      },
      { asOf: TODAY, ...ACTIVE, because: ['qualifying-detention', 'wrong-person'], asked: [INCIDENT] },
    ],
    // Told of this person while the two were one, for the detention of the other.
    alsoTold: ['E08000029: Flag entered-in-error, CarePlan entered-in-error'],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a stay was filed under the wrong record, and is moved to whose it was',
    messages: [
      HOME,
      {
        trigger: 'A44',
        sentAt: '20260402090000',
        nhsNumber: OTHER,
        mrn: 'L2',
        mergedAway: { mrn: 'L1', nhsNumber: PERSON },
      },
    ],
    expected: [
      { asOf: TODAY, of: 'OTHER', ...ACTIVE, because: ['qualifying-detention', 'leaving-hospital'], asked: [] },
      { asOf: TODAY, ...WRONG_PERSON, asked: [INCIDENT] },
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
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a stay is moved from a record that never had it: whose it is stays whose it is, and it is asked what was meant',
    messages: [
      HOME,
      {
        trigger: 'A45',
        sentAt: '20260402090000',
        nhsNumber: OTHER,
        mrn: 'L2',
        mergedAway: { mrn: 'L3' },
      },
    ],
    expected: [
      { asOf: TODAY, ...ACTIVE, because: ['qualifying-detention'], asked: [] },
      {
        asOf: TODAY,
        of: 'OTHER',
        status: 'not-known',
        asked: [{ kind: 'stay-moved', options: ['nothing-to-move'] }],
        sent: [],
      },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a stay is moved, and another message had told the detention without it: it is asked, and answered, whose that is',
    messages: [
      HOME,
      { trigger: 'A08', sentAt: '20260301120000', visit: 'V5', periods: [SECTION_3] },
      {
        trigger: 'A44',
        sentAt: '20260402090000',
        nhsNumber: OTHER,
        mrn: 'L2',
        mergedAway: { mrn: 'L1', nhsNumber: PERSON },
      },
    ],
    stated: [{ kind: 'answer', question: 'stay-moved', option: 'goes-with-the-stay', because: 'the papers were read' }],
    expected: [
      { asOf: TODAY, of: 'OTHER', ...ACTIVE, because: ['qualifying-detention', 'leaving-hospital'], asked: [] },
      { asOf: TODAY, ...WRONG_PERSON, asked: [INCIDENT] },
    ],
  },
  {
    scenario: 20,
    mode: 'ASK',
    name: 'a record without a number is merged, and comes later with another number: the two stay two until people say that they are one',
    messages: [
      { ...HOME, nhsNumber: null, mrn: 'L9' },
      { trigger: 'A40', sentAt: '20260401090000', mergedAway: { mrn: 'L9' } },
      { trigger: 'A31', sentAt: '20260402090000', nhsNumber: OTHER, mrn: 'L9' },
    ],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention'],
        asked: [{ kind: 'identity-conflict', options: ['one-person', 'two-people'] }],
        sent: [],
      },
      { asOf: TODAY, of: 'OTHER', status: 'not-known', asked: [{ kind: 'identity-conflict' }], sent: [] },
    ],
    // Told before the doubt arose.
    alsoTold: ['E08000025: Flag active, CarePlan draft'],
  },
  {
    scenario: 19,
    mode: 'ASK',
    name: 'a record without a number is merged, comes later with another number, and people say that the two are one',
    messages: [
      { ...HOME, nhsNumber: null, mrn: 'L9' },
      { trigger: 'A40', sentAt: '20260401090000', mergedAway: { mrn: 'L9' } },
      { trigger: 'A31', sentAt: '20260402090000', nhsNumber: OTHER, mrn: 'L9' },
    ],
    stated: [{ kind: 'answer', question: 'identity-conflict', option: 'one-person', because: 'both were asked' }],
    expected: [{ asOf: TODAY, ...ACTIVE, because: ['qualifying-detention'], asked: [] }],
  },
];
