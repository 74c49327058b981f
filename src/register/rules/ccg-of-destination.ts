import type { Rule } from '../rule.js';

export const ccgOfDestination: Rule = {
  id: 'ccg-of-destination',
  says: 'The clinical commissioning group followed the GP registration at the place to which the person was discharged.',
  cites: 'SI 2012/2996 as first made',
  inForce: { from: '2013-04-01', to: '2016-03-31' },
  heldBy: ['the NHS side of a person detained on %s: %s'],
};
