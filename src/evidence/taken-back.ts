import type { Fact, StatedFact } from '../register/fact.js';
import { standingWithdrawals, withdrawalsAmong } from '../register/history.js';

/** The id of the fact by which somebody took a fact back; null where it stands. */
export type TakenBackBy = (fact: Fact) => string | null;

/** As the register reads it: a withdrawal that was itself withdrawn takes nothing back. */
export function takenBackIn(facts: readonly Fact[]): TakenBackBy {
  const byId = new Map(standingWithdrawals(facts).map(({ fact, id }) => [fact.toLowerCase(), id]));
  const withdrawalsOf = withdrawalsAmong(facts.filter(isStated));
  return (fact) => (isStated(fact) ? withdrawalsOf(fact)[0] : byId.get(fact.id.toLowerCase())) ?? null;
}

const isStated = (fact: Fact): fact is StatedFact => fact.source.by === 'person';
