import type { Rule } from '../rule.js';

export const recordedInError: Rule = {
  id: 'recorded-in-error',
  says: 'A detention that was withdrawn, and of which people say that it never was, brings nothing; what was told because of it is taken back.',
  cites: 'MHA 1983 s117(1): no detention, no duty',
  inForce: { from: null, to: null },
  heldBy: ['a detention that never was: entered in error, and whoever was told hears so'],
};
