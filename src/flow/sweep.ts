import type { Pool } from 'pg';
import { type Day, londonDay } from '../register/day.js';
import type { DeliveryStore } from '../store/deliveries.js';
import type { DoubtStore } from '../store/delivery-doubt.js';
import { peopleStore } from '../store/people.js';
import { sweepStore } from '../store/sweep.js';
import type { ToDeliver } from './fold.js';

type Deps = {
  pool: Pool;
  deliveries: DeliveryStore;
  doubts: DoubtStore;
  /** Bodies with a destination in the site file. */
  connected: readonly string[];
  wake: {
    interpret(): Promise<void>;
    fold(nodeIds: readonly string[]): Promise<void>;
    deliver(deliveries: readonly ToDeliver[]): Promise<void>;
  };
  now: () => Date;
  /** How long a delivery may be on its way before the process that claimed it counts as dead. */
  leaseMs: number;
};

const AT_ONCE = 1_000;

/**
 * Finds what the queue missed and what time alone has made due: rows are the truth, and a job only wakes a worker.
 * Any number of processes may sweep at once.
 */
export async function sweep({ pool, deliveries, doubts, connected, wake, now, leaseMs }: Deps): Promise<void> {
  const rows = sweepStore(pool);
  const today: Day = londonDay(now().toISOString());
  await rows.markChanging(today, AT_ONCE);
  await deliveries.releaseStale(new Date(now().getTime() - leaseMs));
  await rows.parkWithoutDestination(connected);
  await rows.releaseConnected(connected);

  if (await rows.hasPending()) await wake.interpret();
  await wake.fold(await peopleStore(pool).dueNodeIds(AT_ONCE));
  const due = [...(await deliveries.due(AT_ONCE)), ...(await doubts.waiting(now(), AT_ONCE))];
  await wake.deliver(due.filter(({ from, body }) => from <= now() && connected.includes(body)));
}
