import { type Adt, HOME, SECTION_3 } from '../adt.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';

const admitted: Adt = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000' };
const homeUnder = (status: string, system?: string): Adt => ({
  ...HOME,
  periods: [{ ...SECTION_3, status, ...(system === undefined ? {} : { system }) }],
});
const running = { ...SECTION_3, to: undefined };

const NOBODY: Omit<Expected, 'asOf'> = {
  status: 'not-known',
  episodes: [],
  council: 'none unknown',
  icb: 'none unknown',
  sent: [],
};
const ACTIVE: Omit<Expected, 'asOf'> = {
  status: 'active',
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  episodes: ['active from 2026-03-01'],
  concurrent: [],
  sent: ['E08000025: Flag active, CarePlan draft'],
};
const PROSPECTIVE: Omit<Expected, 'asOf'> = {
  status: 'prospective',
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  episodes: ['prospective'],
  concurrent: ['inpatient'],
  sent: ['E08000025: CarePlan draft'],
};
const UNCLEAR = { kind: 'legal-status-unclear', options: ['qualifies', 'does-not-qualify'] } as const;

const section2 = { ...SECTION_3, id: 'P0', status: '02', from: '20251220', to: '20260101' };
const becameSection3: Adt = { trigger: 'A08', sentAt: '20260102090000', periods: [section2, running] };

const CHARGES = { kind: 'charges-unchecked', options: ['nothing-charged', 'given-back'], says: [/free/] } as const;

export const WHO_QUALIFIES: readonly Story[] = [
  {
    scenario: 1,
    mode: 'ASK',
    name: 'section 2, then home, and nobody has looked at the history',
    messages: [admitted, homeUnder('02')],
    expected: [
      {
        asOf: TODAY,
        ...NOBODY,
        because: ['silence-is-not-a-no'],
        asked: [{ kind: 'history-unchecked', options: ['no-qualifying-detention'], says: [/ever detained/] }],
      },
    ],
  },
  {
    scenario: 1,
    mode: 'AUTO',
    name: 'section 2, then home, and the history was checked',
    messages: [admitted, homeUnder('02')],
    stated: [
      {
        kind: 'history-checked',
        on: '2026-03-01',
        found: 'no-qualifying-detention',
        sources: ['archive of the trust'],
      },
    ],
    expected: [{ asOf: TODAY, ...NOBODY, because: ['silence-is-not-a-no'], asked: [] }],
  },
  {
    scenario: 2,
    mode: 'AUTO',
    name: 'section 2 becomes section 3, then home, then the plan is agreed',
    messages: [admitted, becameSection3, { ...HOME, periods: [section2, SECTION_3] }],
    stated: [{ kind: 'plan', agreedOn: '2026-03-10', needs: [{ text: 'supported living' }] }],
    expected: [
      { asOf: '2025-12-31', status: 'not-known', sent: [] },
      { asOf: '2026-02-01', ...PROSPECTIVE, because: ['qualifying-detention', 'ordinary-residence'], asked: [] },
      {
        asOf: '2026-03-05',
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital', 'ordinary-residence', 'responsible-icb'],
        asked: [],
      },
      { asOf: TODAY, ...ACTIVE, sent: ['E08000025: Flag active, CarePlan active'] },
    ],
  },
  {
    scenario: 2,
    mode: 'DISPUTED',
    name: 'the address changed between section 2 and section 3',
    messages: [
      admitted,
      {
        ...HOME,
        periods: [
          { ...section2, council: BIRMINGHAM },
          { ...SECTION_3, council: SOLIHULL },
        ],
      },
    ],
    expected: [
      {
        asOf: TODAY,
        status: 'active',
        episodes: ['active from 2026-03-01'],
        council: 'E08000029 provisional: E08000025, E08000029',
        icb: 'QHL provisional, written 15E',
        because: ['qualifying-detention', 'leaving-hospital', 'assessment-then-treatment'],
        asked: [{ kind: 'which-council', options: [BIRMINGHAM, SOLIHULL] }],
      },
      {
        asOf: TODAY,
        sent: ['E08000029: Flag active, CarePlan draft'],
      },
      {
        asOf: TODAY,
        asked: [
          {
            kind: 'which-council',
            options: [BIRMINGHAM, SOLIHULL],
            says: [/section 2/i, /section 3/i, /OR 5\/2020/],
          },
        ],
      },
    ],
  },
  {
    scenario: 3,
    mode: 'AUTO',
    name: 'section 3, informal for three weeks, then home, with status informal on the discharge',
    messages: [
      admitted,
      {
        ...HOME,
        sentAt: '20260313100500',
        left: '20260313100000',
        periods: [SECTION_3, { ...SECTION_3, id: 'P2', status: '01', from: '20260220', to: '20260313' }],
      },
    ],
    expected: [
      { asOf: '2026-03-01', ...PROSPECTIVE, asked: [] },
      {
        asOf: TODAY,
        ...ACTIVE,
        episodes: ['active from 2026-03-13'],
        council: 'E08000025 provisional',
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [],
      },
    ],
  },
  {
    scenario: 4,
    mode: 'AUTO',
    name: 'section 3, discharged to another ward of the same provider (53)',
    messages: [admitted, { ...HOME, destination: '53' }],
    expected: [
      {
        asOf: '2026-03-10',
        ...PROSPECTIVE,
        because: ['qualifying-detention', 'transfer-is-not-leaving'],
        asked: [],
      },
    ],
  },
  {
    scenario: 4,
    mode: 'AUTO',
    name: 'section 3, discharged to a hospital that sends nothing (87)',
    messages: [admitted, { ...HOME, destination: '87' }],
    expected: [
      {
        asOf: '2026-03-10',
        ...PROSPECTIVE,
        because: ['qualifying-detention', 'transfer-is-not-leaving'],
        asked: [],
      },
      {
        asOf: TODAY,
        ...PROSPECTIVE,
        asked: [{ kind: 'no-news-since-transfer' }],
      },
    ],
  },
  ...[
    ['code 36, guardianship under section 37', '36', undefined],
    ['the text "s37"', 's37', ''],
  ].map(
    ([what, status = '', system]): Story => ({
      scenario: 14,
      mode: 'ASK',
      name: `${what}, then home`,
      messages: [homeUnder(status, system)],
      expected: [{ asOf: TODAY, ...NOBODY, because: ['silence-is-not-a-no'], asked: [UNCLEAR] }],
    }),
  ),
  {
    scenario: 14,
    mode: 'ASK',
    name: 'code 36, and a person has read that it was a hospital order',
    messages: [homeUnder('36')],
    stated: [{ kind: 'answer', question: 'legal-status-unclear', option: 'qualifies', because: 'the order was seen' }],
    expected: [{ asOf: TODAY, ...ACTIVE, because: ['qualifying-detention', 'leaving-hospital'], asked: [] }],
  },
  ...[
    ['no list named', ''],
    ['a Welsh sender', 'MHACT-WAL'],
  ].map(
    ([what, system]): Story => ({
      scenario: 15,
      mode: 'ASK',
      name: `code 35, ${what}: guardianship or community treatment order is never guessed`,
      messages: [homeUnder('35', system)],
      expected: [{ asOf: TODAY, ...NOBODY, concurrent: [], because: ['silence-is-not-a-no'], asked: [UNCLEAR] }],
    }),
  ),
  {
    scenario: 17,
    mode: 'AUTO',
    name: 'the discharge comes first, the section 3 ten days later',
    messages: [
      { ...HOME, periods: [] },
      { trigger: 'A08', sentAt: '20260311090000', periods: [SECTION_3] },
    ],
    expected: [
      {
        asOf: '2026-03-05',
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [CHARGES],
      },
      { asOf: TODAY, ...ACTIVE, asked: [CHARGES] },
      {
        asOf: TODAY,
        because: ['told-late'],
      },
    ],
  },
  {
    scenario: 29,
    mode: 'ASK',
    name: 'a section 3 of the 1980s, known only from the family',
    messages: [],
    stated: [
      {
        kind: 'detention',
        section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
        from: '1984-05-01',
        to: '1984-09-01',
        certainty: 'reported-by-family',
      },
      { kind: 'left-hospital', on: '1984-09-01' },
    ],
    expected: [
      {
        asOf: TODAY,
        ...NOBODY,
        because: ['silence-is-not-a-no'],
        asked: [{ kind: 'legal-status-unclear', readings: 2, says: [/charg/i] }],
      },
    ],
  },
  {
    scenario: 29,
    mode: 'ASK',
    name: 'a section 3 of the 1980s, and the papers were seen',
    messages: [],
    stated: [
      {
        kind: 'detention',
        section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
        from: '1984-05-01',
        to: '1984-09-01',
        certainty: 'papers-seen',
      },
      { kind: 'left-hospital', on: '1984-09-01' },
    ],
    expected: [
      {
        asOf: TODAY,
        status: 'active',
        episodes: ['active from 1984-09-01'],
        council: 'none unknown',
        icb: 'none unknown',
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'which-council' }, { kind: 'which-icb' }],
        sent: [],
      },
      {
        asOf: TODAY,
        asked: [{ kind: 'which-council', says: [/\bresident\b/, /^(?!.*ordinarily)/s] }, { kind: 'which-icb' }],
      },
    ],
  },
  {
    scenario: 29,
    mode: 'ASK',
    name: 'a section 3 of the 1980s, the papers were seen and the bodies determined',
    messages: [],
    stated: [
      {
        kind: 'detention',
        section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
        from: '1984-05-01',
        to: '1984-09-01',
        certainty: 'papers-seen',
      },
      { kind: 'left-hospital', on: '1984-09-01' },
      {
        kind: 'council-determined',
        effectiveOn: '1984-09-01',
        council: BIRMINGHAM,
        standing: 'agreed',
        basis: 'resident-before-detention',
      },
      { kind: 'icb-determined', effectiveOn: '2026-08-01', icb: 'QHL', standing: 'agreed', basis: 'successor' },
    ],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        episodes: ['active from 1984-09-01'],
        council: 'E08000025 agreed',
        icb: 'QHL agreed, written QHL',
        because: ['qualifying-detention', 'leaving-hospital', 'residence-before-2015', 'pct-residence'],
        asked: [],
      },
    ],
  },
  {
    scenario: 33,
    mode: 'AUTO',
    name: 'a tribunal discharges today, deferred by some hours',
    messages: [
      admitted,
      {
        ...HOME,
        sentAt: '20260301113000',
        left: '20260301170000',
        method: '3',
        periods: [{ ...SECTION_3, to: '20260301' }],
      },
    ],
    expected: [
      { asOf: '2026-02-28', status: 'prospective', sent: ['E08000025: CarePlan draft'] },
      {
        asOf: '2026-03-01',
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [],
      },
    ],
  },
];
