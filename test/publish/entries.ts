import type { Context, EpisodeIds } from '../../src/publish/parts.js';
import { type Entry, type Episode, type Plan, type Responsibility, UNKNOWN_BODY } from '../../src/register/entry.js';
import { DEFAULT_POLICY, type Policies, type Policy } from '../../src/register/policy.js';

export const BIRMINGHAM = 'E08000025';
export const SOLIHULL = 'E08000029';
export const COVENTRY = 'E08000026';
export const BSOL = 'QHL';
export const BLACK_COUNTRY = 'QUA';

export const agreed = (code: string): Responsibility => ({
  code,
  name: `Body ${code}`,
  asWritten: code,
  standing: 'agreed',
  basis: 'ordinarily-resident-before-detention',
  candidates: [],
  since: '2026-03-01',
});

export const provisional = (code: string): Responsibility => ({ ...agreed(code), standing: 'provisional' });

export const disputed = (candidates: string[]): Responsibility => ({
  ...UNKNOWN_BODY,
  standing: 'disputed',
  candidates,
});

export const PLAN: Plan = {
  agreedOn: '2026-03-02',
  lead: { name: 'Sam Example', role: 'care coordinator' },
  needs: [
    {
      text: 'Somewhere safe to live',
      services: [{ text: 'Supported living', provider: 'Example Homes', fundedBy: 's117' }],
    },
    { text: 'Company in the week', services: [] },
  ],
  reviewDue: '2026-09-02',
  crisisPlan: null,
  participants: [],
  copyGivenOn: null,
  accommodation: null,
  lacks: ['crisis-plan', 'participants', 'copy-given'],
};

/** Detained under section 3, then home on 1 March 2026, to Birmingham. */
export const episode = (changes: Partial<Episode> = {}): Episode => ({
  anchors: ['RXT|P1'],
  status: 'active',
  from: '2026-03-01',
  to: null,
  endedBy: null,
  qualifying: [{ key: 'RXT|P1', basis: 's3', from: '2026-01-01', to: '2026-02-20' }],
  council: agreed(BIRMINGHAM),
  formerCouncils: [],
  icb: provisional(BSOL),
  formerIcbs: [],
  dischargeCancelled: false,
  toldLateOn: null,
  onHold: false,
  inCustody: false,
  plan: null,
  ...changes,
});

export const inHospital = (changes: Partial<Episode> = {}): Episode =>
  episode({ status: 'prospective', from: null, ...changes });

export const redetained = (changes: Partial<Episode> = {}): Episode =>
  episode({ status: 'superseded', to: '2026-07-01', endedBy: 'redetained', ...changes });

export const jointlyEnded = (changes: Partial<Episode> = {}): Episode =>
  episode({ status: 'ended', to: '2027-05-01', endedBy: 'joint-decision', ...changes });

export const died = (changes: Partial<Episode> = {}): Episode =>
  episode({ status: 'died', to: '2026-08-01', endedBy: 'died', ...changes });

export const inError = (changes: Partial<Episode> = {}): Episode =>
  episode({ status: 'entered-in-error', endedBy: 'recorded-in-error', ...changes });

/** `changes.icb` is the NHS side of every episode. */
export function entry(given: Episode[], changes: Partial<Entry> = {}): Entry {
  const episodes = changes.icb ? given.map((each) => ({ ...each, icb: changes.icb ?? each.icb })) : given;
  return {
    asOf: '2026-11-21',
    nhsNumber: '9990000018',
    nhsNumberVerified: true,
    formerNhsNumbers: [],
    localIds: [{ sender: 'RXT', authority: 'MRN', value: '123' }],
    name: { family: 'Example', given: ['Alex', 'Jo'] },
    birthDate: '1980-02-29',
    status: 'active',
    diedOn: null,
    episodes,
    concurrent: [],
    council: episodes.at(-1)?.council ?? UNKNOWN_BODY,
    icb: provisional(BSOL),
    because: [],
    questions: [],
    clocks: [],
    nextChangeOn: null,
    foldedWith: { rules: 'r', directory: 'd', policies: 'p' },
    ...changes,
  };
}

export const everywhere = (policy: Partial<Policy> = {}): Policies =>
  Object.assign(() => ({ ...DEFAULT_POLICY, ...policy }), { version: 'p' });

export const IDS: EpisodeIds[] = [
  {
    anchors: ['RXT|P1'],
    episode: '5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b001',
    flag: '5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b002',
    carePlan: '5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b003',
  },
  {
    anchors: ['RXT|P2'],
    episode: '5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b011',
    flag: '5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b012',
    carePlan: '5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b013',
  },
];

const COUNCIL_ODS = new Map([
  [BIRMINGHAM, { ods: '406', name: 'Birmingham City Council' }],
  [SOLIHULL, { ods: '410', name: 'Solihull Metropolitan Borough Council' }],
]);

export const CONTEXT: Context = {
  recordedAt: '2026-11-21T09:00:00Z',
  recordedBy: { name: 'NHS Birmingham and Solihull Integrated Care Board', ods: BSOL },
  organisationOf: (kind, code) =>
    (kind === 'council' ? COUNCIL_ODS.get(code) : { ods: code, name: null }) ?? { ods: null, name: null },
};
