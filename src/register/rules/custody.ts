import type { Rule } from '../rule.js';

export const custody: Rule = {
  id: 'custody',
  says: 'Return to prison from a transfer direction is leaving hospital: aftercare is owed, and waits until release. When that is to be is asked again and again, for no message tells of it.',
  cites: 'MHA 1983 ss50, 53, 117(1)',
  inForce: { from: null, to: null },
  heldBy: [
    '13: section 47 with restrictions, then back to prison: active, in custody, the plan waits, and residence before custody is asked',
    'nobody is in prison for ever in silence: it is asked when the release is to be, and asked again',
  ],
};
