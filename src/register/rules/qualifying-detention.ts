import type { Rule } from '../rule.js';

export const qualifyingDetention: Rule = {
  id: 'qualifying-detention',
  says: 'A person ever detained under section 3, 37, 45A, 47 or 48, restricted or not, is within section 117. A later status takes nothing away.',
  cites: 'MHA 1983 s117(1); restricted forms: ss41, 49',
  inForce: { from: null, to: null },
  heldBy: [
    '2: one hour of section 3 is enough',
    '3: section 3, informal for weeks, then home with status informal: active from leaving, by history',
  ],
};
