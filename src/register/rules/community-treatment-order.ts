import type { Day } from '../day.js';
import { dayOf, type History } from '../history.js';
import type { Rule } from '../rule.js';

export const communityTreatmentOrder: Rule = {
  id: 'community-treatment-order',
  says: 'A community treatment order discharges from hospital a person who stays liable to recall: section 117 is owed throughout.',
  cites: 'MHA 1983 ss17A, 117(1), 117(2)',
  inForce: { from: '2008-11-03', to: null },
};

/** True while a community treatment order is in force on `day`: need cannot be found to have ended. */
export function ctoInForce({ community }: History, day: Day): boolean {
  const revoked = community.filter((f) => f.status === 'REVOKED').map(dayOf);
  return community.some(
    (f) =>
      f.status === 'CTO' &&
      dayOf(f) <= day &&
      (f.to === null || f.to >= day) &&
      !revoked.some((r) => r >= dayOf(f) && r <= day),
  );
}
