import type { Rule } from '../rule.js';

export const nhsSuccessorByResidence: Rule = {
  id: 'nhs-successor-by-residence',
  says: 'Of an NHS body that was divided by area, and of a person for whom no GP practice was told, the part answers in which the person lived immediately before the detention, by the imported files. Where a practice is known the address only shows that there is a doubt. Provisional, until people determine it.',
  cites:
    'as successor-by-residence, a reading of our own: the lists by which the areas were divided (ONS, July 2022; NHS England, ODS Change Summary, ICB Mergers, April 2026) are of small areas and of practices, and say nothing of single people',
  inForce: { from: null, to: null },
  heldBy: ['where no practice is known the address before the detention decides'],
};
