import type { Rule } from '../rule.js';

export const toldLate: Rule = {
  id: 'told-late',
  says: 'A detention that is told after the person has left hospital takes aftercare back to the day of leaving: the council hears why it hears late, and is asked to look at what it has charged since.',
  cites: 'MHA 1983 s117(1); R v Manchester CC ex p Stennett [2002] UKHL 34; Ombudsman, Kent 23 012 780',
  inForce: { from: null, to: null },
  heldBy: [
    '17: the section 3 is told ten days after leaving: the council hears why it is late, and is asked to look at its charges',
  ],
};
