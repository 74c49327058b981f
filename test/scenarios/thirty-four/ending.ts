import { type Adt, HOME, SECTION_3 } from '../adt.js';
import { decisionOf } from './decision.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';

const admitted: Adt = {
  trigger: 'A01',
  sentAt: '20260101090000',
  admitted: '20260101080000',
  periods: [{ ...SECTION_3, to: undefined }],
};
const diedOnWard: Adt = {
  ...HOME,
  sentAt: '20260401100500',
  left: '20260401100000',
  method: '4',
  destination: '79',
  deathIndicator: 'Y',
  diedOn: '20260401',
};
const notice: Adt = { trigger: 'A31', sentAt: '20260801090000', deathIndicator: 'Y', diedOn: '20260730' };

const ACTIVE: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['active from 2026-03-01'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  sent: ['E08000025: Flag active, CarePlan draft'],
};
const DIED: Omit<Expected, 'asOf'> = {
  status: 'died',
  episodes: ['died 2026-03-01 to 2026-07-30 (died)'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  because: ['qualifying-detention', 'leaving-hospital', 'death', 'free-of-charge'],
  asked: [{ kind: 'charges-unchecked', options: ['nothing-charged', 'given-back'], says: [/UKHL 34/] }],
  sent: ['E08000025: Flag inactive (died), CarePlan revoked'],
};

const COMMISSIONER = { organisation: 'QHL', name: 'A Commissioner', role: 'commissioner of section 117 aftercare' };

export const ENDING: readonly Story[] = [
  {
    scenario: 22,
    mode: 'AUTO',
    name: 'died on the ward before leaving',
    messages: [admitted, diedOnWard],
    expected: [
      { asOf: '2026-02-01', status: 'prospective', sent: ['E08000025: CarePlan draft'] },
      {
        asOf: TODAY,
        status: 'died',
        episodes: ['died to 2026-04-01 (died)'],
        council: 'E08000025 provisional',
        icb: 'QHL provisional, written 15E',
        because: ['qualifying-detention', 'death'],
        asked: [],
        sent: ['E08000025: CarePlan revoked'],
      },
    ],
  },
  {
    scenario: 22,
    mode: 'AUTO',
    name: 'died on the ward after a discharge that was cancelled: the Flag that was sent goes back',
    messages: [admitted, HOME, { trigger: 'A13', sentAt: '20260301120000' }, diedOnWard],
    expected: [
      {
        asOf: TODAY,
        status: 'died',
        episodes: ['died to 2026-04-01 (died)'],
        council: 'E08000025 provisional',
        icb: 'QHL provisional, written 15E',
        because: ['qualifying-detention', 'discharge-cancelled', 'death'],
        asked: [],
        sent: ['E08000025: Flag inactive (died), CarePlan revoked'],
      },
    ],
  },
  {
    scenario: 23,
    mode: 'AUTO',
    name: 'died in the community, formally notified',
    messages: [HOME],
    stated: [{ kind: 'died', on: '2026-07-30', verified: true }],
    expected: [
      { asOf: '2026-07-29', ...ACTIVE },
      { asOf: TODAY, ...DIED },
    ],
  },
  {
    scenario: 23,
    mode: 'ASK',
    name: 'an informal notice of death in the community',
    messages: [HOME, notice],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'death-unverified', options: ['confirmed', 'not-confirmed'] }],
      },
    ],
  },
  {
    scenario: 23,
    mode: 'ASK',
    name: 'an informal notice of death that a person confirmed',
    messages: [HOME, notice],
    stated: [{ kind: 'answer', question: 'death-unverified', option: 'confirmed', because: 'on the national record' }],
    expected: [{ asOf: TODAY, ...DIED }],
  },
  {
    scenario: 24,
    mode: 'AUTO',
    name: 'the trust says that section 117 ended, and the council is silent',
    messages: [HOME],
    stated: [decisionOf('trust', '2026-05-01')],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'ending-proposed', options: [], says: [/only the council and the ICB decide/, /s117\(2\)/] }],
      },
    ],
  },
  {
    scenario: 24,
    mode: 'AUTO',
    name: 'the ICB has decided, and the council is silent',
    messages: [HOME],
    stated: [decisionOf('icb', '2026-05-01')],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'ending-incomplete', options: [], says: [/ICB/] }],
      },
    ],
  },
  {
    scenario: 24,
    mode: 'ASK',
    name: 'both decisions are by one and the same person',
    messages: [HOME],
    stated: [decisionOf('icb', '2026-05-01'), decisionOf('council', '2026-05-01', { statedBy: COMMISSIONER })],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'ending-incomplete' }, { kind: 'ending-proposed' }],
      },
    ],
  },
  {
    scenario: 25,
    mode: 'AUTO',
    name: 'the council closes the case because no services are needed',
    messages: [HOME],
    stated: [decisionOf('council', '2026-05-01', { reasons: ['no-services-at-present'] })],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'ending-proposed', options: [], says: [/"no services at present"/, /33\.2/] }],
      },
    ],
  },
  {
    scenario: 25,
    mode: 'AUTO',
    name: 'the council closes the case, and the ICB decides about needs: still one decision too few',
    messages: [HOME],
    stated: [
      decisionOf('council', '2026-05-01', { reasons: ['no-services-at-present'] }),
      decisionOf('icb', '2026-05-01'),
    ],
    expected: [
      {
        asOf: TODAY,
        ...ACTIVE,
        because: ['qualifying-detention', 'leaving-hospital'],
        asked: [{ kind: 'ending-incomplete' }, { kind: 'ending-proposed' }],
      },
    ],
  },
];
