import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Explanation } from '../../src/flow/explain.js';
import type { MessageFact } from '../../src/register/fact.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { type Story, story } from './histories.js';

/** Everything that histories are to have; a property over histories without it would show nothing. */
const REACHED = [
  ...['not-known', 'prospective', 'active', 'ended', 'died', 'entered-in-error'].map((status) => `status ${status}`),
  ...['superseded', 'ended', 'died', 'entered-in-error', 'active', 'prospective'].map((status) => `episode ${status}`),
  ...['cto', 'conditional-discharge', 's17-leave', 'inpatient', 'custody', 'awol'].map((what) => `while ${what}`),
  ...['answer', 'withdrawn', 'aftercare-decision', 'notice-given', 'reinstated', 'council-determined'].map(
    (kind) => `stated ${kind}`,
  ),
  ...[
    'register-entry',
    'reply',
    'icb-determined',
    'identity-separated',
    'left-hospital',
    'detention',
    'died',
    'plan',
  ].map((k) => `stated ${k}`),
  ...['reinstatement', 'discharge-cancelled', 'recall-or-revocation', 'transfer-is-not-leaving'].map((r) => `by ${r}`),
  ...['dispute-changes-nothing', 'recorded-in-error', 'verified-identity', 'redetention', 'registers-agree'].map(
    (rule) => `by ${rule}`,
  ),
  'by objection-ends-nothing',
  'two numbers one person',
  ...['RXT', '406', 'QHL'].flatMap((by) => [`plan by ${by}`, `plan taken back by ${by}`, `plan said again by ${by}`]),
  ...['prospective', 'active', 'superseded', 'ended', 'died'].map((status) => `plan while ${status}`),
  ...['plan beside one that people stated', 'plan of two numbers', 'plan given back', 'plan given back and changed'],
];

function reachedBy({ messages, stated }: Story): string[] {
  const { register, messages: read } = tell(messages, '2026-11-21', stated);
  return [
    ...plansIn(read, stated),
    ...register.flatMap(({ episodes }) =>
      episodes.flatMap(({ plan, status }) => (plan ? [`plan while ${status}`] : [])),
    ),
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

type CarePlanFact = Extract<MessageFact, { kind: 'care-plan' }>;
const OURS = 'https://aftercare-bridge.example/fhir/';

function plansIn(read: Explanation['messages'], stated: readonly Stated[]): string[] {
  const facts = read.flatMap((message) => message.facts);
  const agreed = facts.filter((fact) => fact.kind === 'care-plan');
  const numbersOf = (one: (typeof agreed)[number]) =>
    new Set(agreed.filter((other) => isOfPlan(other, one)).map(({ nhsNumber }) => nhsNumber));
  return [
    ...agreed.map(({ source }) => `plan by ${source.sender}`),
    ...facts.flatMap(({ kind, source }) =>
      kind === 'care-plan-withdrawn' ? [`plan taken back by ${source.sender}`] : [],
    ),
    ...agreed.flatMap((one) =>
      agreed.some((other) => isOfPlan(one, other) && one.id !== other.id)
        ? [`plan said again by ${one.source.sender}`]
        : [],
    ),
    ...(agreed.some(({ agreedOn }) => stated.some((fact) => fact.kind === 'plan' && fact.agreedOn === agreedOn))
      ? ['plan beside one that people stated']
      : []),
    ...(agreed.some((one) => numbersOf(one).size > 1) ? ['plan of two numbers'] : []),
    ...(agreed.some(({ plan }) => plan.startsWith(OURS)) ? ['plan given back and changed'] : []),
    ...(read.some(({ note }) => note?.includes('comes back as it was sent')) ? ['plan given back'] : []),
  ];
}

const isOfPlan = (a: CarePlanFact, b: CarePlanFact): boolean =>
  a.source.sender === b.source.sender && a.plan === b.plan;

test('the histories reach every status, whatever people state, and every correction', () => {
  const reached = new Map<string, number>();
  for (const each of fc.sample(story, { numRuns: 700, seed: 117 })) {
    for (const what of new Set(reachedBy(each))) reached.set(what, 1 + (reached.get(what) ?? 0));
  }
  expect(REACHED.filter((what) => (reached.get(what) ?? 0) === 0)).toEqual([]);
});
