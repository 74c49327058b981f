import type { Rule } from '../rule.js';

export const ccgOfResidence: Rule = {
  id: 'ccg-of-residence',
  says: 'The clinical commissioning group of ordinary residence before detention; not for those detained before.',
  cites: 'SI 2012/2996 regs 14-15 as amended from 1 April 2016',
  inForce: { from: '2016-04-01', to: '2020-08-31' },
  heldBy: ['the NHS side of a person detained on %s: %s'],
};
