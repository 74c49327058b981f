import type { Rule } from '../rule.js';

export const primaryCareTrust: Rule = {
  id: 'pct-residence',
  says: 'The primary care trust of residence; its successors answer since.',
  cites: 'MHA 1983 s117 as it stood; functions of primary care trusts to 31 March 2013',
  inForce: { from: null, to: '2013-03-31' },
  heldBy: ['the NHS side of a person detained on %s: %s'],
};
