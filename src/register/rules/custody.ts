import type { Rule } from '../rule.js';

export const custody: Rule = {
  id: 'custody',
  says: 'Return to prison from a transfer direction is leaving hospital: aftercare is owed, and waits until release.',
  cites: 'MHA 1983 ss50, 53, 117(1)',
  inForce: { from: null, to: null },
  heldBy: [
    '13: section 47 with restrictions, then back to prison: active, in custody, the plan waits, and residence before custody is asked',
  ],
};
