import type { Instant } from './day.js';
import type { Fact } from './fact.js';
import { byTime } from './order.js';

/**
 * What was another's and counted for a person, as far as it is known to have been said by then: through merges until
 * people undid them, or because a stay was filed under the wrong record. `because`: the merges and what undid them, the
 * moves. Both empty when all is well.
 */
export type CountedInError = { facts: Fact[]; because: string[] };

/** A merge that people undid: whose facts counted for whom, each by the name of a part of the graph of identifiers. */
export type UndoneMerge = { kept: readonly string[]; retired: readonly string[]; merge: Fact; by: readonly Fact[] };

/** What counted for one person, by a stay that was moved, until `by` said that it is another's; `because`: that, and the move. */
export type MovedFact = { fact: Fact; by: readonly Fact[]; because: readonly string[] };

export const bothInError = (a: CountedInError, b: CountedInError): CountedInError => ({
  facts: [...a.facts, ...b.facts],
  because: [...a.because, ...b.because],
});

/** Until a move was said, or undone, it counted for whom it was said of, or had been moved to. */
export function movedInError(moved: readonly MovedFact[]): CountedInError {
  const counted = moved.filter(({ fact, by }) => wasSaidBefore(fact, by));
  return { facts: counted.map(({ fact }) => fact), because: counted.flatMap(({ because }) => because) };
}

/** Was it said before any of these? So it is taken where nobody knows when one of them was recorded. */
export const wasSaidBefore = (fact: Fact, by: readonly Fact[]): boolean => wasSaidBy(fact, undoneAt(by));

/**
 * What counted for this part in error. A merge that was undone is followed from the record that went on to the one that
 * went, and from there through whatever had been merged into that one; never back: of the number that went nothing is
 * told while they are merged.
 */
export function countedInError(
  part: string,
  undone: readonly UndoneMerge[],
  factsOf: ReadonlyMap<string, readonly Fact[]>,
): CountedInError {
  const counted = undone.filter(({ merge, by }) => wasSaidBefore(merge, by));
  const untilOf = new Map<string, Instant | null>([[part, null]]);
  const because = new Set<string>();
  // Whoever is reached once more, by merges that lasted longer, is followed once more.
  const reached = [part];
  for (const at of reached) {
    for (const each of counted.filter(({ kept }) => kept.includes(at))) {
      const others = each.retired.filter((other) => !each.kept.includes(other));
      for (const other of others) {
        const until = earlier(untilOf.get(at) ?? null, undoneAt(each.by));
        const before = untilOf.get(other);
        if (before !== undefined && !isLater(until, before)) continue;
        untilOf.set(other, until);
        reached.push(other);
      }
      if (others.length > 0) for (const id of [each.merge.id, ...each.by.map((fact) => fact.id)]) because.add(id);
    }
  }
  untilOf.delete(part);
  const facts = [...untilOf].flatMap(([other, until]) =>
    (factsOf.get(other) ?? []).filter((fact) => wasSaidBy(fact, until)),
  );
  return { facts, because: [...because] };
}

/** Null: at no time yet. */
const earlier = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null || (b !== null && byTime(b, a) < 0) ? b : a;
const isLater = (a: Instant | null, than: Instant | null): boolean =>
  than !== null && (a === null || byTime(a, than) > 0);

/** Null where nobody knows when it was recorded: then everything that is known was said before. */
export function undoneAt(by: readonly Fact[]): Instant | null {
  const known = by.map(saidAt).filter((at) => at !== null);
  return known.length < by.length ? null : (known.sort(byTime)[0] ?? null);
}

const wasSaidBy = (fact: Fact, until: Instant | null): boolean => {
  const at = saidAt(fact);
  return until === null || at === null || byTime(at, until) <= 0;
};

const saidAt = ({ source }: Fact): Instant | null =>
  source.by === 'message' ? source.sentAt : (source.statedAt ?? null);
