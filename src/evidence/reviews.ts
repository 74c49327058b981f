import type { Day } from '../register/day.js';
import type { Fact } from '../register/fact.js';

/** `heldOn`: the first review held after the day was set; null while there is none. */
export type ReviewDue = { due: Day; setBy: string; setOn: Day; heldOn: Day | null; late: boolean };

/** Every day for which a plan or a review said that the next review is due, and whether it was held by then. */
export function reviewsDue(facts: readonly Fact[], asOf: Day): ReviewDue[] {
  const held = facts.flatMap((fact) => (fact.kind === 'review' ? [fact.heldOn] : [])).sort();
  const set = facts.flatMap((fact) => {
    if (fact.kind === 'plan') return [{ due: fact.reviewDue, setBy: fact.id, setOn: fact.agreedOn }];
    return fact.kind === 'review' ? [{ due: fact.nextDue, setBy: fact.id, setOn: fact.heldOn }] : [];
  });
  return set
    .flatMap(({ due, setBy, setOn }): ReviewDue[] => {
      if (due === null) return [];
      const heldOn = held.find((day) => day > setOn) ?? null;
      return [{ due, setBy, setOn, heldOn, late: (heldOn ?? asOf) > due }];
    })
    .sort((a, b) => (a.due < b.due ? -1 : 1));
}
