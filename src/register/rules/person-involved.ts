import type { Rule } from '../rule.js';

export const personInvolved: Rule = {
  id: 'person-involved',
  says: 'A decision to end involves the person, and the carer or advocate.',
  cites: 'Code of Practice 2015 para 33.23',
  inForce: { from: null, to: null },
  heldBy: ['without the person it is no decision'],
};
