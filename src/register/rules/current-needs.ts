import type { Rule } from '../rule.js';

export const currentNeeds: Rule = {
  id: 'current-needs',
  says: 'A decision to end is about whether the person still needs aftercare. None of these is enough: discharge from a specialist team, being settled, time that has passed, a readmission informally or under section 2, deprivation of liberty, the end of an order or of leave, a refusal, a move, another GP, a care home, NHS continuing healthcare, no services at present.',
  cites: 'MHA 1983 s117(2); Code of Practice 2015 paras 33.20-33.22',
  inForce: { from: null, to: null },
  heldBy: [
    '%s alone ends nothing, with the paragraphs that say so',
    '25: the council closes the case because no services are needed: stays active',
  ],
};
