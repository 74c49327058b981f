import type { Day } from './day.js';
import type { History } from './history.js';
import { dayOf } from './order.js';

/**
 * True while a community treatment order is in force on `day`: need cannot be found to have ended. `anew`: the detention
 * that came after a duty went before; with it an order of before is over (rule `order-ended-by-detention`).
 */
export function ctoInForce({ community }: History, day: Day, anew: Day | null): boolean {
  const revoked = community.filter((f) => f.status === 'REVOKED').map(dayOf);
  return community.some(
    (f) =>
      f.status === 'CTO' &&
      dayOf(f) <= day &&
      (anew === null || dayOf(f) >= anew) &&
      (f.to === null || f.to >= day) &&
      !revoked.some((r) => r >= dayOf(f) && r <= day),
  );
}
