import type { Rule } from '../rule.js';

export const verifiedIdentity: Rule = {
  id: 'verified-identity',
  says: 'Nothing is sent about a person until the NHS number is known, passes its check and is not reported as untraced.',
  cites: 'Health and Social Care Act 2012 s251A (consistent identifier)',
  inForce: { from: '2015-10-01', to: null },
  heldBy: ['21: an NHS number that was not traced: held until it is'],
};
