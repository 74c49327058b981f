import type { Rule } from '../rule.js';

export const recall: Rule = {
  id: 'recall-or-revocation',
  says: 'Recall, or revocation of a community treatment order, ends nothing by itself. Whether a new duty follows is unsettled, so the first is kept and a person is asked.',
  cites: 'MHA 1983 ss17E, 17F, 42(3); unsettled after [2023] UKSC 31',
  inForce: { from: null, to: null },
  heldBy: [
    '8 in part: the order is revoked: prospective, the Flag stays, the plan waits, and both readings are asked about',
  ],
};
