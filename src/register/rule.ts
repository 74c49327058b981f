import type { Day } from './day.js';

/**
 * A rule of law or of settled practice: where it comes from, the days on which it is the law (null: open), and the titles
 * of the tests that hold it. A rule that Parliament has made and nobody has commenced has `inForce` null until the site
 * file says the day.
 */
export type Rule = {
  id: string;
  says: string;
  cites: string;
  inForce: { from: Day | null; to: Day | null } | null;
  heldBy: readonly string[];
};

/** Of several rules that follow each other, the one that is the law on a day; the first before all, the last after all. */
export function ruleOn<R extends Rule>(day: Day, rules: readonly [R, ...R[]]): R {
  return rules.findLast(({ inForce }) => inForce !== null && (inForce.from ?? '') <= day) ?? rules[0];
}
