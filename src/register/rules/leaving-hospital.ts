import type { Rule } from '../rule.js';

export const leavingHospital: Rule = {
  id: 'leaving-hospital',
  says: 'The duty is owed when a person who has ceased to be detained leaves hospital, whether or not at once.',
  cites: 'MHA 1983 s117(1)',
  inForce: { from: null, to: null },
  heldBy: [
    '2: section 2 becomes section 3, then home: prospective at the section 3, active on leaving',
    '17: the discharge comes first, the section 3 ten days later: entitlement goes back to the day of leaving',
  ],
};
