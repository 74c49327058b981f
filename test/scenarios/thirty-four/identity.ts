import { type Adt, HOME } from '../adt.js';
import type { Expected, Story } from './scenario.js';

const TODAY = '2026-11-21';

const HELD: Omit<Expected, 'asOf'> = {
  status: 'active',
  episodes: ['active from 2026-03-01'],
  council: 'E08000025 provisional',
  icb: 'QHL provisional, written 15E',
  because: ['qualifying-detention', 'verified-identity'],
  asked: [{ kind: 'identity-unverified', says: [/Trace/] }],
  sent: [],
};
const TRACED: Omit<Expected, 'asOf'> = {
  ...HELD,
  because: ['qualifying-detention'],
  asked: [],
  sent: ['E08000025: Flag active, CarePlan draft'],
};
const traced: Adt = { trigger: 'A31', sentAt: '20260402090000', numberStatus: '01' };

export const IDENTITY: readonly Story[] = [
  ...(
    [
      ['no NHS number', { nhsNumber: null }],
      ['an NHS number that fails its check', { nhsNumber: '9990000019' }],
      ['an NHS number that was not traced', { numberStatus: '02' }],
    ] as const
  ).flatMap(([what, wrong]): Story[] => [
    {
      scenario: 21,
      mode: 'ASK',
      name: `${what}: kept locally, held, and asked about`,
      messages: [{ ...HOME, ...wrong }],
      expected: [{ asOf: TODAY, ...HELD }],
    },
    {
      scenario: 21,
      mode: 'ASK',
      name: `${what}, and traced later: told from then on`,
      messages: [{ ...HOME, ...wrong }, traced],
      expected: [{ asOf: TODAY, ...TRACED }],
    },
  ]),
];
