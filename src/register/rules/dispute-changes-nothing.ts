import type { Rule } from '../rule.js';

export const disputeChangesNothing: Rule = {
  id: 'dispute-changes-nothing',
  says: 'A dispute about who is responsible never changes whether aftercare is owed; someone provides meanwhile.',
  cites: 'MHA 1983 s117(4); Care Act 2014 s40; SI 2014/2829 reg 2',
  inForce: { from: '2015-04-01', to: null },
  heldBy: ['a dispute about who never changes whether: each candidate is told, saying so'],
};
