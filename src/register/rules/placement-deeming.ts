import type { Rule } from '../rule.js';

export const placementDeeming: Rule = {
  id: 'placement-deeming',
  says: 'For the council, an adult whom a council placed in another area stays ordinarily resident where the placing council is.',
  cites: 'MHA 1983 s117(3A), by the Mental Health Act 2025 s46, not commenced; Care Act 2014 s39',
  inForce: null,
  heldBy: ['34: after the deeming of placements has begun: both readings, with their sources'],
};
