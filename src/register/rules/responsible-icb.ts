import type { Rule } from '../rule.js';

export const responsibleIcb: Rule = {
  id: 'responsible-icb',
  says: 'The integrated care board that was responsible when detention was applied for keeps the duty through detention and aftercare, also through a later detention: unlike the council, it does not reset.',
  cites: 'MHA 1983 s117(2E); SI 2022/635 regs 5, 7; NHS England, Who Pays? (2022, 2024)',
  inForce: { from: '2022-07-01', to: null },
  heldBy: [
    '10 in part: a new section 3 while owed: the old episode is superseded, the new council comes in, the ICB stays',
    'the NHS side of a person detained on %s: %s',
  ],
};
