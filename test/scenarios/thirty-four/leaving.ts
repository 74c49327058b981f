import { type Adt, HOME, SECTION_3 } from '../adt.js';
import { decisionOf } from './decision.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';

const admitted: Adt = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000' };
const running = { ...SECTION_3, to: undefined };
const detained: Adt = { ...admitted, trigger: 'A08', sentAt: '20260102090000', periods: [running] };
const order = { ...running, community: 'CTO' as const, communityFrom: '20260301' };
const onOrder: Adt = { ...HOME, periods: [order] };
const cancelled: Adt = { trigger: 'A13', sentAt: '20260301120000', admitted: '20260101080000' };

const ACTIVE: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['active from 2026-03-01'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  sent: ['E08000025: Flag active, CarePlan draft'],
};
const PROSPECTIVE: Omit<Expected, 'asOf'> = {
  status: 'prospective',
  episodes: ['prospective'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  sent: ['E08000025: CarePlan draft'],
};
/** Back in hospital by recall or revocation: the Flag stays, the plan waits. */
const ON_HOLD: Omit<Expected, 'asOf'> = {
  status: 'prospective',
  episodes: ['active from 2026-03-01'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  sent: ['E08000025: Flag active, CarePlan on-hold'],
};

const overnight = (name: string, leave: Adt): Story => ({
  scenario: 5,
  mode: 'ASK',
  name,
  messages: [admitted, detained, leave],
  expected: [
    { asOf: '2026-02-01', ...PROSPECTIVE, concurrent: ['inpatient', 's17-leave'], asked: [] },
    {
      asOf: '2026-02-03',
      ...PROSPECTIVE,
      concurrent: ['inpatient', 's17-leave'],
      because: ['qualifying-detention', 'section-17-leave'],
      asked: [{ kind: 'leave-or-aftercare', options: ['leave-only'], says: [/living elsewhere/] }],
    },
  ],
});

const revoked: Adt = {
  trigger: 'A08',
  sentAt: '20260603090000',
  periods: [{ ...order, community: 'REVOKED', communityFrom: '20260601' }],
};
const leftAgain: Adt = {
  ...HOME,
  sentAt: '20260901100000',
  visit: 'V2',
  admitted: '20260601',
  left: '20260901',
  periods: [],
};

const conditional = { ...order, status: '09', community: 'CD' as const };
const recalled: Adt = {
  trigger: 'A08',
  sentAt: '20260603090000',
  periods: [{ ...conditional, community: 'RECALL', communityFrom: '20260601' }],
};

const readingsOf = (source: RegExp) => [/new duty/, /first/, source];

export const LEAVING: readonly Story[] = [
  overnight('section 3, then overnight leave, told as leave of the stay', {
    trigger: 'A21',
    sentAt: '20260201180000',
  }),
  overnight('section 3, then overnight leave, told with the section', {
    trigger: 'A08',
    sentAt: '20260201180000',
    periods: [{ ...running, community: 'S17', communityFrom: '20260201180000' }],
  }),
  {
    scenario: 5,
    mode: 'ASK',
    name: 'a person has found that the overnight leave is leave only; then the person comes back',
    messages: [
      admitted,
      detained,
      { trigger: 'A21', sentAt: '20260201180000' },
      { trigger: 'A22', sentAt: '20260205100000' },
    ],
    stated: [{ kind: 'answer', question: 'leave-or-aftercare', option: 'leave-only', because: 'back at the weekend' }],
    expected: [
      { asOf: '2026-02-03', ...PROSPECTIVE, concurrent: ['inpatient', 's17-leave'], asked: [] },
      { asOf: '2026-02-10', ...PROSPECTIVE, concurrent: ['inpatient'], because: ['qualifying-detention'], asked: [] },
    ],
  },
  {
    scenario: 5,
    mode: 'ASK',
    name: 'a person has found that leave is living elsewhere: aftercare is owed during it',
    messages: [admitted, detained, { trigger: 'A21', sentAt: '20260201180000' }],
    stated: [{ kind: 'left-hospital', on: '2026-02-01' }],
    expected: [
      {
        asOf: '2026-02-10',
        ...ACTIVE,
        episodes: ['active from 2026-02-01'],
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [],
      },
    ],
  },
  {
    scenario: 6,
    mode: 'AUTO',
    name: 'section 3, then a community treatment order, on which nothing can end',
    messages: [admitted, detained, onOrder],
    stated: [decisionOf('council', '2026-06-01'), decisionOf('icb', '2026-06-01')],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        concurrent: ['cto'],
        because: ['qualifying-detention', 'ordinary-residence', 'responsible-icb'],
        asked: [
          { kind: 'ending-proposed', options: ['order-had-ended'], says: [/community treatment order/, /s117\(2\)/] },
          { kind: 'ending-proposed', options: ['order-had-ended'], says: [/community treatment order/, /s117\(2\)/] },
        ],
      },
    ],
  },
  {
    scenario: 7,
    mode: 'AUTO',
    name: 'recalled on a community treatment order for less than 72 hours, and not revoked',
    messages: [
      onOrder,
      {
        trigger: 'A08',
        sentAt: '20260603090000',
        periods: [{ ...order, community: 'RECALL', communityFrom: '20260601', communityTo: '20260603' }],
      },
    ],
    expected: [
      { asOf: '2026-06-02', ...ACTIVE, concurrent: ['cto', 'inpatient'], asked: [] },
      { asOf: TODAY, ...ACTIVE, concurrent: ['cto'], because: ['qualifying-detention'], asked: [] },
    ],
  },
  {
    scenario: 8,
    mode: 'DISPUTED',
    name: 'a community treatment order is recalled and revoked',
    messages: [onOrder, revoked],
    expected: [
      {
        asOf: TODAY,
        ...ON_HOLD,
        concurrent: ['inpatient'],
        because: ['qualifying-detention', 'recall-or-revocation'],
        asked: [{ kind: 'no-news-since-transfer' }, { kind: 'which-council' }],
      },
      {
        asOf: TODAY,
        asked: [
          { kind: 'no-news-since-transfer' },
          { kind: 'which-council', readings: 2, says: readingsOf(/17F|UKSC 31|1871|2004/) },
        ],
      },
    ],
  },
  {
    scenario: 8,
    mode: 'DISPUTED',
    name: 'a community treatment order is recalled and revoked, and the person is discharged later',
    messages: [onOrder, revoked, leftAgain],
    expected: [
      { asOf: '2026-07-01', ...ON_HOLD },
      {
        asOf: TODAY,
        ...ACTIVE,
        concurrent: [],
        because: ['qualifying-detention', 'recall-or-revocation'],
        asked: [{ kind: 'which-council' }],
      },
    ],
  },
  {
    scenario: 8,
    mode: 'DISPUTED',
    name: 'a community treatment order is revoked, and people find that the first duty goes on',
    messages: [onOrder, revoked],
    stated: [
      { kind: 'answer', question: 'which-council', option: 'first-duty-goes-on', because: 'counsel has advised' },
    ],
    expected: [
      {
        asOf: TODAY,
        ...ON_HOLD,
        because: ['qualifying-detention', 'recall-or-revocation'],
        asked: [{ kind: 'no-news-since-transfer' }],
      },
    ],
  },
  {
    scenario: 8,
    mode: 'DISPUTED',
    name: 'a community treatment order is revoked, and people find that another council has a new duty',
    messages: [onOrder, revoked, leftAgain],
    stated: [
      {
        kind: 'council-determined',
        effectiveOn: '2026-06-20',
        council: 'E08000029',
        standing: 'agreed',
        basis: 'ordinarily-resident-before-detention',
      },
    ],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        council: 'E08000029 agreed',
        because: ['qualifying-detention', 'recall-or-revocation', 'ordinary-residence'],
        sent: [
          'E08000025: Flag inactive (responsibility-moved), CarePlan revoked',
          'E08000029: Flag active, CarePlan draft',
        ],
      },
      { asOf: TODAY, asked: [] },
    ],
  },
  {
    scenario: 12,
    mode: 'DISPUTED',
    name: 'sections 37 and 41, conditionally discharged, then recalled',
    messages: [{ ...HOME, periods: [conditional] }, recalled],
    expected: [
      {
        asOf: '2026-04-01',
        ...ACTIVE,
        concurrent: ['conditional-discharge'],
        because: ['qualifying-detention'],
        asked: [],
      },
      {
        asOf: TODAY,
        ...ON_HOLD,
        because: ['qualifying-detention', 'recall-or-revocation'],
        asked: [{ kind: 'no-news-since-transfer' }, { kind: 'which-council' }],
      },
      {
        asOf: TODAY,
        asked: [
          { kind: 'no-news-since-transfer' },
          { kind: 'which-council', readings: 2, says: readingsOf(/42\(3\)|UKSC 31|1871|2004/) },
        ],
      },
    ],
  },
  {
    scenario: 12,
    mode: 'DISPUTED',
    name: 'sections 37 and 41, conditionally discharged, recalled, and discharged again',
    messages: [{ ...HOME, periods: [conditional] }, recalled, leftAgain],
    expected: [
      { asOf: '2026-07-01', ...ON_HOLD },
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'recall-or-revocation'],
        asked: [{ kind: 'which-council' }],
      },
    ],
  },
  {
    scenario: 13,
    mode: 'ASK',
    name: 'sections 47 and 49, then back to prison',
    messages: [
      { ...admitted, trigger: 'A08', periods: [{ ...running, status: '15' }] },
      { ...HOME, destination: '40', periods: [{ ...SECTION_3, status: '15' }] },
    ],
    expected: [
      { asOf: '2026-02-01', ...PROSPECTIVE },
      {
        asOf: TODAY,
        status: 'active',
        episodes: ['active from 2026-03-01'],
        concurrent: ['custody'],
        council: 'E08000025 provisional',
        icb: 'QHL provisional, written 15E',
        because: ['qualifying-detention', 'leaving-hospital'],
      },
      {
        asOf: TODAY,
        sent: ['E08000025: Flag active, CarePlan on-hold'],
      },
      {
        asOf: TODAY,
        asked: [
          { kind: 'no-news-since-transfer', options: ['still-in-prison'], says: [/release/, /before/] },
          { kind: 'which-council', says: [/custody/i] },
        ],
      },
    ],
  },
  {
    scenario: 16,
    mode: 'AUTO',
    name: 'a discharge is cancelled of a person who was owed aftercare before',
    messages: [
      HOME,
      { ...HOME, visit: 'V2', sentAt: '20260901100000', admitted: '20260801', left: '20260901', periods: [] },
      { trigger: 'A13', visit: 'V2', sentAt: '20260901120000' },
    ],
    expected: [{ asOf: TODAY, ...ACTIVE, concurrent: ['inpatient'], because: ['qualifying-detention'], asked: [] }],
  },
  {
    scenario: 16,
    mode: 'AUTO',
    name: 'a discharge is cancelled within the hour: the person never left',
    messages: [admitted, HOME, cancelled],
    expected: [
      {
        asOf: TODAY,
        ...PROSPECTIVE,
        concurrent: ['inpatient'],
        because: ['qualifying-detention', 'discharge-cancelled'],
        asked: [{ kind: 'no-news-since-transfer' }],
        sent: ['E08000025: Flag inactive (discharge-cancelled), CarePlan draft'],
      },
    ],
  },
  {
    scenario: 16,
    mode: 'AUTO',
    name: 'left and came back, as a new admission: a readmission',
    messages: [HOME, { trigger: 'A01', sentAt: '20260303090000', visit: 'V2', admitted: '20260303080000' }],
    expected: [{ asOf: TODAY, ...ACTIVE, concurrent: ['inpatient'], because: ['leaving-hospital'], asked: [] }],
  },
  {
    scenario: 16,
    mode: 'ASK',
    name: 'a discharge is cancelled six days after it: never left, or left and came back?',
    messages: [admitted, HOME, { ...cancelled, sentAt: '20260307120000' }],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'leave-or-aftercare', readings: 2 }],
      },
    ],
  },
];
