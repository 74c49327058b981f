import type { Rule } from '../rule.js';

export const residenceBeforeCustody: Rule = {
  id: 'residence-before-custody',
  says: 'For a person transferred from prison, ordinary residence before custody is commonly used; it is argued, so a person is asked.',
  cites: 'MHA 1983 ss47, 48, 117(3); practice, not settled law',
  inForce: { from: null, to: null },
  heldBy: [
    '13: section 47 with restrictions, then back to prison: active, in custody, the plan waits, and residence before custody is asked',
  ],
};
