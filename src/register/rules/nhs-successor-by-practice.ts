import type { Rule } from '../rule.js';

export const nhsSuccessorByPractice: Rule = {
  id: 'nhs-successor-by-practice',
  says: 'Of an NHS body that was divided, the part answers to which the GP practice belongs, by the imported file: the practice of the day on which the detention began and every one told from then until the body was divided, where they all belong to one part and the address before the detention does not lie in another. Provisional, until people determine it.',
  cites:
    'SI 2022/635 regs 5, 7 (core responsibility by GP practice when detention was applied for, s14Z31), as a reading of our own: no source that we found says it of the people of a divided NHS body',
  inForce: { from: null, to: null },
  heldBy: ['the practice of the detention decides, followed to the day that is asked about: %s, %s'],
};
