import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tell } from '../scenarios/tell.js';
import { type Story, story } from './histories.js';

/** Everything that histories are to have; a property over histories without it would show nothing. */
const REACHED = [
  ...['not-known', 'prospective', 'active', 'ended', 'died', 'entered-in-error'].map((status) => `status ${status}`),
  ...['superseded', 'ended', 'died', 'entered-in-error', 'active', 'prospective'].map((status) => `episode ${status}`),
  ...['cto', 'conditional-discharge', 's17-leave', 'inpatient', 'custody', 'awol'].map((what) => `while ${what}`),
  ...['answer', 'withdrawn', 'aftercare-decision', 'notice-given', 'reinstated', 'council-determined'].map(
    (kind) => `stated ${kind}`,
  ),
  ...['register-entry', 'icb-determined', 'identity-separated', 'left-hospital', 'detention', 'died', 'plan'].map(
    (k) => `stated ${k}`,
  ),
  ...['reinstatement', 'discharge-cancelled', 'recall-or-revocation', 'transfer-is-not-leaving'].map((r) => `by ${r}`),
  ...['dispute-changes-nothing', 'recorded-in-error', 'verified-identity', 'redetention', 'registers-agree'].map(
    (rule) => `by ${rule}`,
  ),
  'two numbers one person',
];

function reachedBy({ messages, stated }: Story): string[] {
  const { register } = tell(messages, '2026-11-21', stated);
  return [
    ...stated.map(({ kind }) => `stated ${kind}`),
    ...register.flatMap(({ status, episodes, concurrent, because, formerNhsNumbers }) => [
      `status ${status}`,
      ...episodes.map((episode) => `episode ${episode.status}`),
      ...concurrent.map((what) => `while ${what}`),
      ...because.map(({ rule }) => `by ${rule}`),
      ...(formerNhsNumbers.length > 0 ? ['two numbers one person'] : []),
    ]),
  ];
}

test('the histories reach every status, whatever people state, and every correction', () => {
  const reached = new Map<string, number>();
  for (const each of fc.sample(story, { numRuns: 700, seed: 117 })) {
    for (const what of new Set(reachedBy(each))) reached.set(what, 1 + (reached.get(what) ?? 0));
  }
  expect(REACHED.filter((what) => (reached.get(what) ?? 0) === 0)).toEqual([]);
});
