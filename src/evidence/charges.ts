import { overlap } from '../register/charged.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import type { TakenBackBy } from './taken-back.js';

/**
 * `owed`: the part of the charge that falls into a time in which aftercare was owed; none of one that was taken back.
 * `withdrawnBy`: the fact by which it was.
 */
export type ChargeLine = {
  fact: string;
  from: Day;
  to: Day | null;
  amountPerWeek: string;
  for: string;
  owed: { from: Day; to: Day | null }[];
  withdrawnBy: string | null;
};

/** Charges that were stated, each with the times of aftercare that it falls into. */
export const chargesOf = (facts: readonly Fact[], { episodes }: Entry, takenBackBy: TakenBackBy): ChargeLine[] =>
  facts.flatMap((fact) => {
    if (fact.kind !== 'charge') return [];
    const { id, from, to, amountPerWeek } = fact;
    const withdrawnBy = takenBackBy(fact);
    const owed = episodes.flatMap((episode) =>
      withdrawnBy !== null || episode.from === null || episode.status === 'entered-in-error'
        ? []
        : overlap({ from, to }, { from: episode.from, to: episode.to }),
    );
    return [{ fact: id, from, to, amountPerWeek, for: fact.for, owed, withdrawnBy }];
  });
