import { type Day, londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact, StatedFact } from '../register/fact.js';
import { personsOf } from '../register/identity.js';
import { nhsNode } from '../register/nodes.js';
import { reinstatement } from '../register/rules/reinstatement.js';

/** Why a recorded fact does nothing yet. `nth`: its place among those that were given, from 1. */
export type Hint = { nth: number; fact: string; text: string };

/** What is known of one person and of those who are named with them, and the register that follows from it on a day. */
export type Known = { facts: readonly Fact[]; entriesOf: (facts: readonly Fact[], on: Day) => Entry[] };

/**
 * Which of these facts, which are known, do nothing as the register stands, and perhaps were meant otherwise. None is
 * refused: what they are about may be told later.
 */
export function hintsAmong(facts: readonly StatedFact[], today: Day, knownOf: (fact: StatedFact) => Known): Hint[] {
  return facts.flatMap((fact, at) => {
    const text = hintFor(fact, today, () => knownOf(fact));
    return text === null ? [] : [{ nth: at + 1, fact: fact.id, text }];
  });
}

type Answer = Extract<StatedFact, { kind: 'answer' }>;
type Separation = Extract<StatedFact, { kind: 'identity-separated' }>;
type Reinstatement = Extract<StatedFact, { kind: 'reinstated' }>;

const NEEDS_PERSON: readonly StatedFact['kind'][] = ['withdrawn', 'answer', 'reinstated', 'identity-separated'];

/** Whether it takes what is known of the person to say that a fact does nothing. */
export const needsPerson = ({ kind }: StatedFact): boolean => NEEDS_PERSON.includes(kind);

/** What has happened when it is stated. */
const PAST: readonly StatedFact['kind'][] = [
  'left-hospital-stated',
  'died-stated',
  'review',
  'aftercare-decision',
  'notice-given',
  'history-checked',
  'register-entry',
  'reply',
];

function hintFor(fact: StatedFact, today: Day, known: () => Known): string | null {
  if (PAST.includes(fact.kind) && londonDay(fact.effectiveAt) > today)
    return 'its day is still to come, and nothing follows from it before: if the day is written wrongly, withdraw it';
  if (fact.kind === 'identity-separated' && fact.from === fact.nhsNumber)
    return 'it separates a number from itself: name the number of the other person';
  if (fact.kind === 'identity-separated') return separatedHint(fact, known());
  if (fact.kind === 'withdrawn') return isKnown(fact.fact, known()) ? null : NOTHING_WITHDRAWN;
  if (fact.kind === 'reinstated') return reinstatedHint(fact, today, known());
  return fact.kind === 'answer' ? answerHint(fact, today, known()) : null;
}

const NOTHING_WITHDRAWN = 'it withdraws nothing: of this person no fact with that id is known';

const isKnown = (id: string, { facts }: Known): boolean =>
  facts.some((fact) => fact.id.toLowerCase() === id.toLowerCase());

/** A merge that is told later is undone; but the numbers may be mistyped, or the merge that joined them another. */
function separatedHint({ nhsNumber, from }: Separation, { facts }: Known): string | null {
  const nodes = [nhsNumber ?? '', from].map(nhsNode);
  const areOne = (those: readonly Fact[]) =>
    personsOf(those).some((person) => nodes.every((node) => person.nodes.includes(node)));
  if (areOne(facts))
    return 'it separates nothing yet: merges still make the two one person, and the question on that person says which to withdraw';
  const unseparated = facts.filter(({ kind }) => kind !== 'identity-separated');
  return areOne(unseparated) ? null : 'it separates nothing: no merge has made these two numbers one person';
}

/** Said twice of one day it counts once. */
function reinstatedHint({ from }: Reinstatement, today: Day, { facts, entriesOf }: Known): string | null {
  const entries = entriesOf(facts, from > today ? from : today);
  const counted = new Set(
    [
      ...entries.flatMap(({ because }) => because.filter(({ rule }) => rule === reinstatement.id)),
      ...entries.flatMap(({ questions }) => questions),
    ].flatMap((on) => on.facts),
  );
  return facts.some((fact) => fact.kind === 'reinstated' && fact.from === from && counted.has(fact.id))
    ? null
    : 'it takes no ending back: no ending is known that it could be about, or another reinstatement took it back';
}

function answerHint({ question, option }: Answer, today: Day, { facts, entriesOf }: Known): string | null {
  const askedOf = (told: readonly Fact[]) =>
    entriesOf(told, today).flatMap(({ questions }) => questions.filter(({ id }) => id === question))[0];
  const open = askedOf(facts);
  if (open)
    return open.options.includes(option)
      ? 'the question stays open: another answer contradicts it'
      : `the question stays open: its answers are ${open.options.join(', ') || 'other facts than an answer'}`;
  const others = facts.filter((fact) => fact.kind !== 'answer' || fact.question !== question);
  return askedOf(others) ? null : 'it answers nothing: this question is not asked of this person';
}
