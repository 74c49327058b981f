import type { Rule } from '../rule.js';

export const freeOfCharge: Rule = {
  id: 'free-of-charge',
  says: 'Nobody pays for section 117 aftercare. Where somebody may have, it is asked: at death, where the detention was told a week or more after leaving, and of each charge that is recorded while aftercare is owed. Care for other needs may be charged.',
  cites: 'R v Manchester CC ex p Stennett [2002] UKHL 34; Ombudsman, Kent 23 012 780',
  inForce: { from: null, to: null },
  heldBy: [
    '23: died after leaving hospital: was anything charged that must be given back?',
    '17: told a week late or more: was anything charged meanwhile?',
    'a charge that is recorded while aftercare is owed is asked about',
  ],
};
