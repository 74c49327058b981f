import type { Rule } from '../rule.js';

export const residentBefore2015: Rule = {
  id: 'residence-before-2015',
  says: 'The council is that of the area where the person was resident immediately before being detained; else that to which the person was sent on discharge. The word was "resident" until 31 March 2015, not "ordinarily resident".',
  cites: 'MHA 1983 s117(3) as it stood before the Care Act 2014 s75',
  inForce: { from: null, to: '2015-03-31' },
  heldBy: ['detained on %s: %s'],
};
