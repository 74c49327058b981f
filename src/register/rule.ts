import type { Day } from './day.js';

/** A rule of law or of settled practice: where it comes from, and the days on which it is the law (null: open). */
export type Rule = {
  id: string;
  says: string;
  cites: string;
  inForce: { from: Day | null; to: Day | null };
};
