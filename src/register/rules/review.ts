import type { Rule } from '../rule.js';

export const review: Rule = {
  id: 'review',
  says: 'The plan is reviewed first within weeks of leaving and then at the interval of the partnership: no statute names one. A review counts with who attended.',
  cites:
    'Code of Practice 2015 ch 33; a check of our own after the themes of the ombudsmen’s joint guidance (2022); the interval is local policy',
  inForce: { from: null, to: null },
  heldBy: [
    'after the first review the interval of the partnership counts; people may agree an earlier day, not a later one',
    'a review that names nobody who attended is none',
  ],
};
