import type { Rule } from '../rule.js';

export const jointEnding: Rule = {
  id: 'joint-ending',
  says: 'Aftercare ends only when the council and the NHS body are both satisfied that it is no longer needed, and never on a community treatment order.',
  cites: 'MHA 1983 s117(2); Code of Practice 2015 paras 33.20-33.23',
  inForce: { from: null, to: null },
  heldBy: [
    'each body’s decision, by two people: ended on the later day',
    '24: one of the two bodies has decided: stays active, the other is asked',
  ],
};
