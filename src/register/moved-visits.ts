import type { Asking } from './desk.js';
import type { Doubt } from './doubt.js';
import type { Fact } from './fact.js';
import { withdrawnIds } from './history.js';
import { grouped } from './lists.js';
import { movedPeriods } from './moved-periods.js';
import { firstNode } from './nodes.js';
import { latestFirst } from './order.js';
import { type Move, messageOf, type PartOf, type Path, pathsOfStays, stayOf, walk } from './stay-paths.js';

/** `undecided`: moves of stays that nobody concerned is known to have had, and detentions that perhaps went with a stay. */
export type MovedStays = {
  /** Null: said of whom it is. */
  pathOf: (fact: Fact) => Path | null;
  undecided: Doubt[];
};

const NOTHING_MOVED: MovedStays = { pathOf: () => null, undecided: [] };

/**
 * Stays that were moved to another person, and what went with them. A move concerns what was said of the person whom it
 * names as having the stay, or had been moved to that person before; nobody else's.
 */
export function movesIn(facts: readonly Fact[], partOfNode: (node: string) => string): MovedStays {
  const moves = facts.filter((f): f is Move => f.kind === 'visit-moved').sort((a, b) => latestFirst(b, a));
  if (moves.length === 0) return NOTHING_MOVED;
  const partOf: PartOf = (ref) => partOfNode(firstNode(ref));
  const stayPath = pathsOfStays(moves, facts, partOf);
  const periods = movedPeriods(facts, partOf, stayPath);
  const pathOf = (fact: Fact): Path | null => {
    if (fact.source.by !== 'message' || fact.kind === 'visit-moved') return null;
    if ('visit' in fact) return stayPath(stayOf(fact), partOf(fact));
    return 'period' in fact ? periods.pathOf(fact) : null;
  };
  return { pathOf, undecided: [...unfounded(moves, facts, partOf), ...periods.undecided] };
}

/**
 * What a message moves is known of whom it names, before or after the move; where it is not, the record that it names may
 * be the wrong one, or the stay is older than the feed.
 */
function unfounded(moves: readonly Move[], facts: readonly Fact[], partOf: PartOf): MovedStays['undecided'] {
  const withdrawn = withdrawnIds(facts);
  const standing = moves.filter(({ id }) => !withdrawn.has(id));
  const had = new Map<string | null, Set<string>>();
  for (const fact of facts) {
    if (!('visit' in fact) || fact.kind === 'visit-moved') continue;
    const stay = stayOf(fact);
    const steps = walk(
      partOf(fact),
      standing.filter((move) => stayOf(move) === stay),
      partOf,
    );
    had.set(stay, new Set([...(had.get(stay) ?? []), ...steps.map(({ part }) => part)]));
  }
  const told = grouped(standing, (move) => [messageOf(move), partOf(move.from)].join('|'));
  return [...told.values()].flatMap((together) => {
    const parts = [...new Set(together.flatMap((move) => [partOf(move.from), partOf(move)]))].sort();
    const isKnown = together.some((move) => parts.some((part) => had.get(stayOf(move))?.has(part)));
    return isKnown || parts.length < 2 ? [] : [{ asking: askWhoseStay(together), nodes: parts }];
  });
}

const askWhoseStay = (moves: readonly Move[]): Asking => ({
  kind: 'stay-moved',
  text: 'The sender moved a stay from one record to another, and no such stay is known of either. Nothing was moved. If the message names the wrong record, the sender moves the stay again from the right one; if the stay is of before the feed, state what is known of it, and say that there is nothing to move.',
  options: ['nothing-to-move'],
  about: moves.map(({ id }) => id),
  facts: moves.map(({ id }) => id),
});
