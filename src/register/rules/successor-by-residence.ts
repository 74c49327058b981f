import type { Rule } from '../rule.js';

export const successorByResidence: Rule = {
  id: 'successor-by-residence',
  says: 'Of a council that was divided, the part answers in which the person lived immediately before the detention, and not the one where the person lives now. By the postcode, where the imported files say where it, or its small area, lies: provisional, until people determine it.',
  cites: 'MHA 1983 s117(3), as a reading of our own: no source that we found says it of a divided council',
  inForce: { from: null, to: null },
  heldBy: ['the address before the detention decides, and not the one where the person lives now'],
};
