import type { Day } from './day.js';
import type { History } from './history.js';
import { dayOf } from './order.js';

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
