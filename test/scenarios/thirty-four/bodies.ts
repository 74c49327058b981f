import { DEVON, SURREY } from '../../support/divided.js';
import { type Adt, HOME, type Period, SECTION_3 } from '../adt.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';
const ESSEX = 'E10000012';
const CUMBRIA = 'E10000006';
const CUMBERLAND = 'E06000063';
const WESTMORLAND_AND_FURNESS = 'E06000064';

const homeWith = (over: Period): Adt => ({ ...HOME, periods: [{ ...SECTION_3, ...over }] });

/** Detained and home again years before the bodies were changed, and told then. */
const longAgo = (year: string, over: Period): Adt => ({
  ...HOME,
  sentAt: `${year}0901100500`,
  admitted: `${year}0501080000`,
  left: `${year}0901100000`,
  periods: [{ ...SECTION_3, from: `${year}0501`, to: `${year}0801`, ...over }],
});

const ACTIVE: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['active from 2026-03-01'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  because: ['qualifying-detention', 'leaving-hospital'],
  sent: ['E08000025: Flag active, CarePlan draft'],
};

const cumbria: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['active from 2021-09-01'],
  icb: 'QHL provisional, written 15E',
};
const SPLIT = { kind: 'body-split', options: [CUMBERLAND, WESTMORLAND_AND_FURNESS], says: [/address/] } as const;

/** What the register of a body said on 1 September. */
const registerEntry = (body: 'trust' | 'council' | 'icb', organisation: string) => ({
  kind: 'register-entry',
  body,
  on: '2026-09-01',
  statedBy: { organisation, name: 'An Officer', role: 'keeps the register' },
});

const moved = (postcode: string): Adt => ({ trigger: 'A31', sentAt: '20260601090000', postcode });

export const BODIES: readonly Story[] = [
  {
    scenario: 26,
    mode: 'AUTO',
    name: 'an old record with the code of a clinical commissioning group',
    messages: [longAgo('2019', { council: ESSEX, commissioner: '06T' })],
    expected: [
      { asOf: '2020-01-01', status: 'active', icb: '06T provisional, written 06T' },
      { asOf: '2023-01-01', status: 'active', icb: 'QJG provisional, written 06T' },
      {
        asOf: TODAY,
        status: 'active',
        episodes: ['active from 2019-09-01'],
        council: 'E10000012 provisional',
        icb: 'D7T5G provisional, written 06T',
        because: [
          'qualifying-detention',
          'ccg-of-residence',
          'QJG came after 06T on 2022-07-01; D7T5G took over part of QJG on 2026-04-01',
        ],
        asked: [],
        sent: ['E10000012: Flag active, CarePlan draft'],
      },
    ],
  },
  {
    scenario: 27,
    mode: 'ASK',
    name: 'an old Frimley code, of a person placed in Devon',
    messages: [homeWith({ commissioner: 'D4U1Y' })],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        icb: 'none unknown, written D4U1Y: QRL, S0E4D, S9B9J',
        asked: [{ kind: 'body-split', options: ['QRL', 'S0E4D', 'S9B9J'], says: [/D4U1Y/] }],
      },
    ],
  },
  {
    scenario: 27,
    mode: 'ASK',
    name: 'an old Frimley code, and a person has said which successor it is',
    messages: [homeWith({ commissioner: 'D4U1Y' })],
    stated: [{ kind: 'answer', question: 'body-split', option: 'S9B9J', because: 'the practice at the detention' }],
    expected: [{ asOf: TODAY, ...ACTIVE, icb: 'S9B9J agreed, written D4U1Y', asked: [] }],
  },
  {
    scenario: 27,
    mode: 'ASK',
    name: 'an old Frimley code, of a person whose practice is in Devon, where they were placed',
    messages: [{ ...homeWith({ commissioner: 'D4U1Y' }), practice: DEVON }],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        icb: 'none unknown, written D4U1Y: QRL, S0E4D, S9B9J',
        asked: [{ kind: 'body-split', options: ['QRL', 'S0E4D', 'S9B9J'], says: [/Y99914 belongs to QJK/] }],
      },
    ],
  },
  {
    scenario: 27,
    mode: 'AUTO',
    name: 'an old Frimley code, of a person whose practice when they were detained is in Surrey',
    messages: [{ ...homeWith({ commissioner: 'D4U1Y' }), practice: SURREY }],
    expected: [
      { asOf: '2026-03-31', ...ACTIVE, icb: 'QNQ provisional, written D4U1Y' },
      {
        asOf: TODAY,
        ...ACTIVE,
        icb: 'S9B9J provisional, written D4U1Y',
        because: ['nhs-successor-by-practice', 'leaving-hospital'],
        asked: [],
      },
    ],
  },
  {
    scenario: 28,
    mode: 'AUTO',
    name: 'Cumbria, of a person who lived in Penrith, after the county was divided',
    messages: [longAgo('2021', { council: CUMBRIA, postcode: 'CA11 7QS' })],
    expected: [
      { asOf: '2022-01-01', ...cumbria, icb: '15E provisional, written 15E', council: 'E10000006 provisional' },
      {
        asOf: TODAY,
        ...cumbria,
        council: 'E06000064 provisional',
        because: ['ordinary-residence', 'successor-by-residence', 'leaving-hospital'],
        asked: [],
        sent: [
          'E06000064: Flag active, CarePlan draft',
          'E10000006: Flag inactive (responsibility-moved), CarePlan revoked',
        ],
      },
    ],
  },
  {
    scenario: 28,
    mode: 'ASK',
    name: 'Cumbria, of a person whose address is not known, after the county was divided',
    messages: [longAgo('2021', { council: CUMBRIA })],
    expected: [
      { asOf: '2023-03-31', ...cumbria, council: 'E10000006 provisional', asked: [] },
      { asOf: '2023-04-01', ...cumbria, council: `none unknown: ${CUMBERLAND}, ${WESTMORLAND_AND_FURNESS}` },
      { asOf: TODAY, ...cumbria, because: ['ordinary-residence', 'leaving-hospital'], asked: [SPLIT], sent: [] },
    ],
  },
  {
    scenario: 28,
    mode: 'ASK',
    name: 'Cumbria, and a person has said which successor it is',
    messages: [longAgo('2021', { council: CUMBRIA })],
    stated: [{ kind: 'answer', question: 'body-split', option: WESTMORLAND_AND_FURNESS, because: 'lived in Penrith' }],
    expected: [
      { asOf: '2022-01-01', ...cumbria, icb: '15E provisional, written 15E', council: 'E10000006 provisional' },
      {
        asOf: TODAY,
        ...cumbria,
        council: 'E06000064 agreed',
        because: ['ordinary-residence', 'leaving-hospital'],
        asked: [],
        sent: [
          'E06000064: Flag active, CarePlan draft',
          'E10000006: Flag inactive (responsibility-moved), CarePlan revoked',
        ],
      },
    ],
  },
  {
    scenario: 30,
    mode: 'DISPUTED',
    name: 'registers disagree: the trust names one council, the ICB another',
    messages: [HOME],
    stated: [
      {
        kind: 'council-determined',
        effectiveOn: '2026-03-01',
        council: SOLIHULL,
        standing: 'disputed',
        basis: 'sent-on-discharge',
        statedBy: { organisation: 'QHL', name: 'An Officer', role: 'commissioning manager' },
      },
    ],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        council: 'E08000029 disputed: E08000025, E08000029',
        because: ['qualifying-detention', 'dispute-changes-nothing', 's117(4)'],
        asked: [{ kind: 'council-disputed', options: [BIRMINGHAM, SOLIHULL] }],
        sent: ['E08000025: Flag active, CarePlan draft', 'E08000029: Flag active, CarePlan draft'],
      },
      {
        asOf: TODAY,
        asked: [
          {
            kind: 'council-disputed',
            options: [BIRMINGHAM, SOLIHULL],
            says: [/RXT/, /QHL/, /ordinarily resident/, /sent on discharge/, /s117\(4\)|Care Act/],
          },
        ],
      },
    ],
  },
  {
    scenario: 30,
    mode: 'DISPUTED',
    name: 'the registers of trust, council and ICB disagree: each field is asked about, aftercare goes on',
    messages: [HOME],
    stated: [
      { ...registerEntry('trust', 'RXT'), status: 'active', from: '2026-03-01', council: BIRMINGHAM },
      { ...registerEntry('council', BIRMINGHAM), status: 'none' },
      { ...registerEntry('icb', 'QHL'), status: 'active', from: '2026-03-08', council: SOLIHULL, icb: '15E' },
    ],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: [
          'registers-agree',
          's117(2)',
          'differ in the status, the day on which aftercare began, the council',
          '15E, another code of QHL',
        ],
        asked: [
          {
            kind: 'registers-differ',
            options: ['ours-stands', 'bodies-asked'],
            says: [
              /Status: active in the register of RXT as of 2026-09-01; none in the register of E08000025 as of 2026-09-01, where this one has active; active in the register of QHL/,
              /Began: .*2026-03-08 in the register of QHL as of 2026-09-01, where this one has 2026-03-01/,
              /Council: E08000025 in the register of RXT .*; E08000029 in the register of QHL .*, where this one has E08000025/,
              /s117\(2\)/,
            ],
          },
        ],
      },
      { asOf: '2026-08-31', ...ACTIVE, asked: [] },
    ],
  },
  {
    scenario: 30,
    mode: 'DISPUTED',
    name: 'the council’s register says that aftercare ended: it goes on, and a person has said that ours stands',
    messages: [HOME],
    stated: [
      { ...registerEntry('council', BIRMINGHAM), status: 'ended', from: '2026-03-01', to: '2026-08-01' },
      { kind: 'answer', question: 'registers-differ', option: 'ours-stands', because: 'the ICB has decided nothing' },
    ],
    expected: [{ asOf: TODAY, ...ACTIVE, because: ['registers-agree'], asked: [] }],
  },
  {
    scenario: 30,
    mode: 'DISPUTED',
    name: 'a council’s register has somebody of whom nothing is known here: no duty by that, and it is asked',
    messages: [],
    stated: [{ ...registerEntry('council', BIRMINGHAM), status: 'active', from: '2015-06-01', caseId: 'C-1' }],
    expected: [
      {
        asOf: TODAY,
        status: 'not-known',
        episodes: [],
        council: 'none unknown',
        icb: 'none unknown',
        because: ['registers-agree', 'silence-is-not-a-no'],
        asked: [
          {
            kind: 'registers-differ',
            options: [],
            says: [/active in the register of E08000025/, /record the detention/],
          },
        ],
        sent: [],
      },
    ],
  },
  {
    scenario: 30,
    mode: 'DISPUTED',
    name: 'registers disagreed, and the dispute is decided',
    messages: [HOME],
    stated: [
      {
        kind: 'council-determined',
        effectiveOn: '2026-03-01',
        council: SOLIHULL,
        standing: 'disputed',
        basis: 'sent-on-discharge',
      },
      {
        kind: 'council-determined',
        effectiveOn: '2026-08-01',
        council: BIRMINGHAM,
        standing: 'agreed',
        basis: 'ordinarily-resident-before-detention',
      },
    ],
    expected: [
      {
        asOf: '2026-07-01',
        ...ACTIVE,
        council: 'E08000029 disputed: E08000025, E08000029',
        sent: ['E08000025: Flag active, CarePlan draft', 'E08000029: Flag active, CarePlan draft'],
      },
      {
        asOf: TODAY,
        ...ACTIVE,
        council: 'E08000025 agreed',
        asked: [],
        sent: [
          'E08000025: Flag active, CarePlan draft',
          'E08000029: Flag inactive (responsibility-moved), CarePlan revoked',
        ],
      },
    ],
  },
  {
    scenario: 31,
    mode: 'AUTO',
    name: 'turns 18 while aftercare is owed',
    messages: [{ ...HOME, birthDate: '20080615' }],
    expected: [
      { asOf: '2026-06-14', ...ACTIVE, asked: [], sent: ['E08000025-children: Flag active, CarePlan draft'] },
      {
        asOf: '2026-06-15',
        ...ACTIVE,
        asked: [],
        sent: [
          'E08000025: Flag active, CarePlan draft',
          'E08000025-children: Flag inactive (moved-within-council), CarePlan revoked',
        ],
      },
    ],
  },
  {
    scenario: 32,
    mode: 'ASK',
    name: 'moves to Wales after discharge: the duty stays where it was',
    messages: [HOME, moved('CF10 1AA')],
    expected: [{ asOf: TODAY, ...ACTIVE, asked: [] }],
  },
  {
    scenario: 32,
    mode: 'ASK',
    name: 'moves to Scotland after discharge',
    messages: [HOME, moved('EH1 1AA')],
    expected: [
      { asOf: TODAY, ...ACTIVE },
      {
        asOf: TODAY,
        ...ACTIVE,
        asked: [{ kind: 'moved-abroad', says: [/Scotland/] }],
      },
    ],
  },
];
