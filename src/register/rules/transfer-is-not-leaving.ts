import type { Rule } from '../rule.js';

export const transferIsNotLeaving: Rule = {
  id: 'transfer-is-not-leaving',
  says: 'Moving to another ward or hospital is not leaving hospital; aftercare has not begun.',
  cites: 'MHA 1983 ss19, 117(1)',
  inForce: { from: null, to: null },
  heldBy: ['is asked about after the partnership’s interval, and is prospective meanwhile'],
};
