import type { Day } from './day.js';
import type { History } from './history.js';
import { dayOf } from './order.js';

export type Order = History['community'][number];

export const ctoInForce = (history: History, day: Day, anew: Day | null): boolean =>
  orderOn(history, day, anew) !== null;

/**
 * The community treatment order that is in force on `day`: need cannot be found to have ended. `anew`: the detention that
 * came after a duty went before; with it an order of before is over (rule `order-ended-by-detention`). Of several the one
 * whose end was told.
 */
export function orderOn({ community }: History, day: Day, anew: Day | null): Order | null {
  const revoked = community.filter((f) => f.status === 'REVOKED').map(dayOf);
  const orders = community.filter(
    (f) =>
      f.status === 'CTO' &&
      dayOf(f) <= day &&
      (anew === null || dayOf(f) >= anew) &&
      (f.to === null || f.to >= day) &&
      !revoked.some((r) => r >= dayOf(f) && r <= day),
  );
  return orders.find(({ to }) => to !== null) ?? orders.at(-1) ?? null;
}
