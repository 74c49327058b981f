import type { Rule } from '../rule.js';

export const communityTreatmentOrder: Rule = {
  id: 'community-treatment-order',
  says: 'A community treatment order discharges from hospital a person who stays liable to recall: section 117 is owed throughout.',
  cites: 'MHA 1983 ss17A, 117(1), 117(2)',
  inForce: { from: '2008-11-03', to: null },
  heldBy: ['6: section 3, then a community treatment order: active, and the ending is locked'],
};
