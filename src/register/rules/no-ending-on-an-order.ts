import type { Rule } from '../rule.js';

export const noEndingOnAnOrder: Rule = {
  id: 'no-ending-on-an-order',
  says: 'Nobody may be satisfied that aftercare is no longer needed while the person is on a community treatment order.',
  cites: 'MHA 1983 s117(2), closing words',
  inForce: { from: '2008-11-03', to: null },
  heldBy: ['6: section 3, then a community treatment order: active, and the ending is locked'],
};
