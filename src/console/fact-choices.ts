import type { Attended } from '../register/stated-words.js';
import type { Choice } from './form-field.js';

/** Values and their words, for a list to choose from. */
export const choices = (texts: Record<string, string>): Choice[] =>
  Object.entries(texts).map(([value, text]) => ({ value, text }));

export const STANDING = choices({
  agreed: 'Agreed: those who may decide have decided',
  provisional: 'Provisional: it answers for now',
  disputed: 'Disputed: each of those named is told meanwhile',
  unknown: 'Not known: an earlier statement no longer holds',
});

/** The first is what section 117(2) asks for; no other is enough, alone or together. */
export const REASONS: readonly Choice[] = [
  {
    value: 'needs-reassessed-none-remaining',
    text: 'Current needs were reassessed and none remain',
    hint: 'Without this one the decision does not count.',
  },
  ...choices({
    'discharged-from-specialist-services': 'Discharged from specialist services',
    settled: 'Settled in the community',
    'time-passed': 'Time has passed',
    'readmitted-informally-or-s2': 'Readmitted informally or under section 2',
    'deprived-of-liberty': 'Deprived of liberty under the Mental Capacity Act',
    'cto-or-leave-ended': 'A community treatment order or leave ended',
    'declined-services': 'Declined services',
    'moved-area': 'Moved to another area',
    'gp-changed': 'Changed GP',
    'care-home': 'Lives in a care home',
    'chc-funded': 'Has NHS continuing healthcare',
    'no-services-at-present': 'Has no services at present',
  }),
];

export const ATTENDED = choices({
  person: 'The person',
  council: 'The council',
  icb: 'The ICB',
  carer: 'A carer or relative',
  advocate: 'An advocate',
  trust: 'The trust’s clinicians',
  provider: 'A provider of services',
} satisfies Record<Attended, string>);
