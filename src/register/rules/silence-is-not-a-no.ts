import type { Rule } from '../rule.js';

export const silenceIsNotNo: Rule = {
  id: 'silence-is-not-a-no',
  says: 'Entitlement is made by history. Where no qualifying detention is known and nobody has looked, that is "not known", never "not entitled".',
  cites: 'MHA 1983 s117(1)',
  inForce: { from: null, to: null },
  heldBy: ['1: section 2, then home, with no history known: not known, asked, and nobody is told "not entitled"'],
};
