import { type Adt, HOME, type Period, SECTION_3 } from '../adt.js';
import { decisionOf } from './decision.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';
const SOLIHULL = 'E08000029';

const readmitted = (status: string): Adt => ({
  trigger: 'A01',
  sentAt: '20260801090000',
  visit: 'V2',
  admitted: '20260801080000',
  periods: [
    { ...SECTION_3, id: 'P2', status, from: '20260801', to: undefined, council: undefined, commissioner: undefined },
  ],
});

/** Placed in Solihull by Birmingham, detained there again, and home to Solihull. */
const again = (over: Period = {}): Adt => ({
  trigger: 'A03',
  sentAt: '20260801100000',
  visit: 'V2',
  admitted: '20260601',
  left: '20260801',
  destination: '19',
  periods: [
    {
      ...SECTION_3,
      id: 'P2',
      from: '20260601',
      to: '20260720',
      council: SOLIHULL,
      commissioner: undefined,
      ...over,
    },
  ],
});

const SUPERSEDED: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['superseded 2026-03-01 to 2026-06-01 (redetained)', 'active from 2026-08-01'],
  council: 'E08000029 provisional',
  sent: ['E08000025: Flag inactive (redetained), CarePlan revoked', 'E08000029: Flag active, CarePlan draft'],
};

const CONFIRMED_BY_A_PERSON: Omit<Expected, 'asOf'> = {
  asked: [{ kind: 'which-council', says: [/UKSC 31|117\(3\)/] }],
};

const ended = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-02')];

const AFTER_ENDING: Omit<Expected, 'asOf'> = {
  ...SUPERSEDED,
  episodes: ['ended 2026-03-01 to 2026-05-02 (joint-decision)', 'active from 2026-08-01'],
  sent: ['E08000025: Flag inactive (joint-decision), CarePlan completed', 'E08000029: Flag active, CarePlan draft'],
};

export const REDETENTION: readonly Story[] = [
  ...[
    ['informally', '01'],
    ['under section 2', '02'],
  ].map(
    ([how, status = '']): Story => ({
      scenario: 9,
      mode: 'AUTO',
      name: `owed aftercare, with a plan, and readmitted ${how}`,
      messages: [HOME, readmitted(status)],
      stated: [{ kind: 'plan', agreedOn: '2026-03-10', needs: [{ text: 'supported living' }] }],
      expected: [
        {
          asOf: TODAY,
          status: 'active',
          episodes: ['active from 2026-03-01'],
          concurrent: ['inpatient'],
          council: 'E08000025 provisional',
          icb: 'QHL provisional, written 15E',
          because: ['qualifying-detention', 'leaving-hospital'],
          asked: [],
          sent: ['E08000025: Flag active, CarePlan active'],
        },
        { asOf: TODAY, due: ['review-after-readmission running'] },
      ],
    }),
  ),
  {
    scenario: 10,
    mode: 'AUTO',
    name: 'placed in another area, detained there again under section 3, and home there',
    messages: [HOME, again()],
    expected: [
      {
        asOf: '2026-07-01',
        status: 'prospective',
        episodes: ['superseded 2026-03-01 to 2026-06-01 (redetained)', 'prospective'],
        concurrent: ['inpatient'],
        council: 'E08000029 provisional',
        sent: ['E08000025: Flag inactive (redetained), CarePlan revoked', 'E08000029: CarePlan draft'],
      },
      {
        asOf: TODAY,
        ...SUPERSEDED,
        concurrent: [],
        icb: 'QHL provisional, written 15E',
        because: ['redetention', '[2023] UKSC 31', 'responsible-icb', 'SI 2022/635'],
      },
      { asOf: TODAY, ...CONFIRMED_BY_A_PERSON },
    ],
  },
  {
    scenario: 10,
    mode: 'AUTO',
    name: 'detained again in another area, whose ICB the trust now names: the NHS side does not move',
    messages: [HOME, again({ commissioner: 'QUA' })],
    expected: [
      {
        asOf: TODAY,
        ...SUPERSEDED,
        icb: 'QHL provisional, written 15E',
        because: ['redetention', 'SI 2022/635', 'The detention of 2026-06-01 does not move the NHS side'],
      },
      { asOf: TODAY, ...CONFIRMED_BY_A_PERSON },
    ],
  },
  {
    scenario: 10,
    mode: 'AUTO',
    name: 'detained again in another area, and a person has confirmed where the person was ordinarily resident',
    messages: [HOME, again()],
    stated: [
      {
        kind: 'council-determined',
        effectiveOn: '2026-06-10',
        council: SOLIHULL,
        standing: 'agreed',
        basis: 'ordinarily-resident-before-detention',
      },
    ],
    expected: [
      {
        asOf: TODAY,
        ...SUPERSEDED,
        council: 'E08000029 agreed',
        icb: 'QHL provisional, written 15E',
        because: ['redetention', 'ordinary-residence'],
        asked: [],
      },
    ],
  },
  {
    scenario: 11,
    mode: 'ASK',
    name: 'both bodies had ended aftercare; then section 3 in another area, and no NHS commissioner told',
    messages: [HOME, again()],
    stated: ended,
    expected: [
      { asOf: '2026-05-20', status: 'ended', episodes: ['ended 2026-03-01 to 2026-05-02 (joint-decision)'] },
      {
        asOf: TODAY,
        ...AFTER_ENDING,
        icb: 'none unknown',
        because: ['joint-ending', 'qualifying-detention', 'leaving-hospital'],
      },
      {
        asOf: TODAY,
        asked: [{ kind: 'which-icb' }],
      },
    ],
  },
  {
    scenario: 11,
    mode: 'ASK',
    name: 'both bodies had ended aftercare; then section 3 in another area, with its NHS commissioner',
    messages: [HOME, again({ commissioner: 'QUA' })],
    stated: ended,
    expected: [
      {
        asOf: TODAY,
        ...AFTER_ENDING,
        icb: 'QUA provisional, written QUA',
        because: ['joint-ending', 'responsible-icb'],
      },
      {
        asOf: TODAY,
        asked: [{ kind: 'which-icb', says: [/2022\/635/] }],
      },
    ],
  },
  {
    scenario: 34,
    mode: 'DISPUTED',
    name: 'detained again under section 3 while MHA 2025 s46 is not commenced: as before',
    messages: [HOME, again()],
    expected: [
      { asOf: TODAY, ...SUPERSEDED, icb: 'QHL provisional, written 15E', because: ['redetention'] },
      { asOf: TODAY, ...CONFIRMED_BY_A_PERSON },
    ],
  },
];
