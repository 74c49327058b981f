import { addDays, type Day } from './day.js';
import type { History } from './history.js';
import { dayOf } from './order.js';

export type Order = History['community'][number];

export const ctoInForce = (history: History, day: Day, anew: Day | null): boolean =>
  orderOn(history, day, anew) !== null;

/**
 * The community treatment order that is in force on `day`: need cannot be found to have ended. `anew`: the detention that
 * came after a duty went before; with it an order of before is over (rule `order-ended-by-detention`), unless it is told as
 * one of a detention since, or that one began on recall: on recall the order goes on (MHA 1983 s17E), and people know. Of
 * several the one whose end was told.
 */
export function orderOn({ community, detentions }: History, day: Day, anew: Day | null): Order | null {
  const revoked = community.filter((f) => f.status === 'REVOKED').map(dayOf);
  const goesOn = anew === null || community.some((f) => isRecalledOn(f, anew));
  const isOfDetentionSince = ({ source, period }: Order) =>
    detentions.some(({ key, from }) => anew !== null && key === `${source.sender}|${period}` && from >= anew);
  const orders = community.filter(
    (f) =>
      f.status === 'CTO' &&
      dayOf(f) <= day &&
      (goesOn || dayOf(f) >= anew || isOfDetentionSince(f)) &&
      (f.to === null || f.to >= day) &&
      !revoked.some((r) => r >= dayOf(f) && r <= day),
  );
  return orders.find(({ to }) => to !== null) ?? orders.at(-1) ?? null;
}

/** A recall lasts 72 hours at most (MHA 1983 s17F): one of which no end is told is over then. */
const isRecalledOn = (f: Order, day: Day): boolean =>
  f.status === 'RECALL' && dayOf(f) <= day && (f.to ?? addDays(dayOf(f), RECALL_DAYS)) >= day;
const RECALL_DAYS = 3;
