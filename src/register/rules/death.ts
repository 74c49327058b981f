import type { Rule } from '../rule.js';

export const death: Rule = {
  id: 'death',
  says: 'Death ends the duty. The record stays: refunds and complaints outlive it.',
  cites: 'MHA 1983 s117(2), a duty owed to a living person',
  inForce: { from: null, to: null },
  heldBy: [
    '22: died on the ward before leaving: closed, and no new Flag',
    '22: a death of somebody who is admitted since is asked about, and aftercare goes on meanwhile',
    'but of whoever is admitted after it was confirmed it is asked anew, once for each time',
    '23 in part: a notice of death in the community is not yet a death: asked about, and active until then',
  ],
};
