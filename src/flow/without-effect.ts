import type { PoolClient } from 'pg';
import { type Day, londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact, StatedFact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { nodesOf, personsOf } from '../register/identity.js';
import { closureStore } from '../store/closure.js';
import { peopleStore } from '../store/people.js';
import { rebuildStore } from '../store/rebuild.js';
import type { FoldDeps } from './fold.js';
import { directoryFor } from './postcodes.js';

/** Why a recorded fact does nothing yet. `nth`: its place among those that were given, from 1. */
export type Hint = { nth: number; fact: string; text: string };

type Answer = Extract<StatedFact, { kind: 'answer' }>;
type Known = { facts: readonly Fact[]; entriesOf: (facts: readonly Fact[]) => Entry[] };

/**
 * Which of these facts, which are recorded, do nothing as the register stands, and perhaps were meant otherwise. None is
 * refused: what they are about may be told later. Nothing is said while a rebuild has put the register aside.
 */
export async function hintsFor(facts: readonly StatedFact[], deps: FoldDeps, db: PoolClient): Promise<Hint[]> {
  const hints: Hint[] = [];
  if (await rebuildStore(db).isReading()) return hints;
  const known = new Map<string, Promise<Known>>();
  for (const [at, fact] of facts.entries()) {
    const [node = ''] = nodesOf(fact);
    const ofPerson = () => {
      const reading = known.get(node) ?? knownOf(node, deps, db);
      known.set(node, reading);
      return reading;
    };
    const text = await hintFor(fact, deps.today(), ofPerson);
    if (text !== null) hints.push({ nth: at + 1, fact: fact.id, text });
  }
  return hints;
}

/** What has happened when it is stated. */
const PAST: readonly StatedFact['kind'][] = [
  'left-hospital-stated',
  'died-stated',
  'review',
  'aftercare-decision',
  'notice-given',
  'history-checked',
  'register-entry',
];

async function hintFor(fact: StatedFact, today: Day, ofPerson: () => Promise<Known>): Promise<string | null> {
  if (PAST.includes(fact.kind) && londonDay(fact.effectiveAt) > today)
    return 'its day is still to come, and nothing follows from it before: if the day is written wrongly, withdraw it';
  if (fact.kind === 'identity-separated' && fact.from === fact.nhsNumber)
    return 'it separates a number from itself: name the number of the other person';
  if (fact.kind === 'withdrawn') return isKnown(fact.fact, await ofPerson()) ? null : NOTHING_WITHDRAWN;
  return fact.kind === 'answer' ? answerHint(fact, await ofPerson()) : null;
}

const NOTHING_WITHDRAWN = 'it withdraws nothing: of this person no fact with that id is known';

const isKnown = (id: string, { facts }: Known): boolean =>
  facts.some((fact) => fact.id.toLowerCase() === id.toLowerCase());

function answerHint({ question, option }: Answer, { facts, entriesOf }: Known): string | null {
  const askedOf = (told: readonly Fact[]) =>
    entriesOf(told).flatMap(({ questions }) => questions.filter(({ id }) => id === question))[0];
  const open = askedOf(facts);
  if (open)
    return open.options.includes(option)
      ? 'the question stays open: another answer contradicts it'
      : `the question stays open: its answers are ${open.options.join(', ') || 'other facts than an answer'}`;
  const others = facts.filter((fact) => fact.kind !== 'answer' || fact.question !== question);
  return askedOf(others) ? null : 'it answers nothing: this question is not asked of this person';
}

async function knownOf(node: string, deps: FoldDeps, db: PoolClient): Promise<Known> {
  const nodeId = await peopleStore(db).nodeId(node);
  const closure = nodeId === null ? null : await closureStore(db).read(nodeId);
  const facts = (closure?.facts ?? []).map(({ fact }) => fact);
  const directory = await directoryFor(facts, deps.directory, db);
  const entriesOf = (told: readonly Fact[]) =>
    personsOf(told).map((person) => fold(person, directory, deps.site, deps.today()));
  return { facts, entriesOf };
}
