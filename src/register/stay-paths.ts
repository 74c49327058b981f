import { wasSaidBefore } from './counted-in-error.js';
import type { Fact, MessageFact, PersonRef } from './fact.js';
import { standingWithdrawals } from './history.js';
import { grouped } from './lists.js';

/** A stay that its sender moved to another person (A44, A45). */
export type Move = Extract<MessageFact, { kind: 'visit-moved' }>;

/** For whom a fact counted until `by` said otherwise; `because`: that, and the move by which it had come. */
type Held = { part: string; by: readonly Fact[]; because: readonly string[] };

/** The part of the graph whose a fact is, those whose it was before, and the ids of the moves that led there. */
export type Path = { now: string; before: readonly Held[]; moves: readonly string[] };

export type PartOf = (ref: PersonRef) => string;
type Step = { part: string; move: Move | null };

/** Null: it is of whom it is said. */
export type StayPath = (stay: string | null, saidOf: string) => Path | null;

export function pathsOfStays(moves: readonly Move[], facts: readonly Fact[], partOf: PartOf): StayPath {
  const withdrawals = standingWithdrawals(facts);
  const withdrawing = (move: Move) => withdrawals.filter(({ fact }) => fact.toLowerCase() === move.id);
  const ofStay = grouped(moves, stayOf);
  return (stay, saidOf) => {
    const ever = ofStay.get(stay);
    if (stay === null || ever === undefined) return null;
    const standing = ever.filter((move) => withdrawing(move).length === 0);
    const steps = walk(saidOf, standing, partOf);
    const walks = standing.length === ever.length ? [steps] : [steps, walk(saidOf, ever, partOf)];
    const now = steps.at(-1)?.part ?? saidOf;
    const before = walks.flatMap((each) => heldIn(each, withdrawing)).filter(({ part }) => part !== now);
    // Where it has gone on, whom it was said of is among those before.
    return before.length === 0 ? null : { now, before, moves: steps.flatMap(({ move }) => move?.id ?? []) };
  };
}

/** From whom to whom the moves lead, in the order in which they were said. */
export function walk(saidOf: string, moves: readonly Move[], partOf: PartOf): Step[] {
  const steps: Step[] = [{ part: saidOf, move: null }];
  for (const move of moves) {
    const [from, to] = [partOf(move.from), partOf(move)];
    if (steps.at(-1)?.part === from && to !== from) steps.push({ part: to, move });
  }
  return steps;
}

/** A move that was said only after what undid it never counted. */
function heldIn(steps: readonly Step[], withdrawing: (move: Move) => readonly Fact[]): Held[] {
  const undone: Fact[] = [];
  return steps.flatMap(({ part, move }, at) => {
    if (move) undone.push(...withdrawing(move));
    const next = steps[at + 1]?.move;
    const by = [...undone, ...(next ? [next] : [])];
    if (move && !wasSaidBefore(move, by)) return [];
    return [{ part, by, because: [...(move ? [move] : []), ...by].map(({ id }) => id) }];
  });
}

/** Null where it has no number. */
export const stayOf = ({ source, visit }: Extract<MessageFact, { visit: string | null }>): string | null =>
  visit === null ? null : `${source.sender}|${visit}`;

/** A sender says one thing of one person at one moment; where it says two, both are taken together. */
export const messageOf = (fact: MessageFact): string =>
  [fact.source.sender, fact.source.sentAt, JSON.stringify([fact.nhsNumber, fact.localIds])].join('|');
