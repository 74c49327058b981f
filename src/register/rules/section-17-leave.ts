import type { Rule } from '../rule.js';

export const sectionLeave: Rule = {
  id: 'section-17-leave',
  says: 'Leave can engage section 117 when the person truly leaves hospital; an escorted day out does not. It depends on the facts, so longer leave is asked about.',
  cites: 'MHA 1983 s17; R (CXF) v Central Bedfordshire Council [2018] EWCA Civ 2852',
  inForce: { from: null, to: null },
  heldBy: ['5 in part: overnight leave from hospital: still prospective, marked, and asked about'],
};
