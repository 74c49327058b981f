import type { Rule } from '../rule.js';

export const reinstatement: Rule = {
  id: 'reinstatement',
  says: 'Aftercare that was ended too early is given again: the ending is taken back.',
  cites: 'MHA 1983 s117(2); Code of Practice 2015 ch 33',
  inForce: { from: null, to: null },
  heldBy: ['an ending that came too early is taken back by reinstatement'],
};
