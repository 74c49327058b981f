import type { Rule } from '../rule.js';

export const conditionalDischarge: Rule = {
  id: 'conditional-discharge',
  says: 'A restricted patient conditionally discharged has left hospital: section 117 is owed.',
  cites: 'MHA 1983 ss42, 73, 117(1)',
  inForce: { from: null, to: null },
  heldBy: ['12 in part: conditionally discharged and recalled: the Flag is kept'],
};
