import type { Rule } from '../rule.js';

export const movedAbroad: Rule = {
  id: 'moved-abroad',
  says: 'Section 117 runs in England and Wales: a move to Wales changes nothing. A move to Scotland, Northern Ireland or the islands ends nothing by itself, and a person is asked.',
  cites: 'MHA 1983 s117(3), (4)(c), (5); Mental Health (Care and Treatment) (Scotland) Act 2003 ss25-27',
  inForce: { from: null, to: null },
  heldBy: ['to Scotland, after leaving: asked, and active; to Wales: nothing is asked'],
};
