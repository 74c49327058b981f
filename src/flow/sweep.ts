import type { Pool } from 'pg';
import type { Directory } from '../organisations/directory.js';
import { type Day, londonDay } from '../register/day.js';
import type { DeliveryStore } from '../store/deliveries.js';
import type { DoubtStore } from '../store/delivery-doubt.js';
import { peopleStore } from '../store/people.js';
import { sweepStore } from '../store/sweep.js';
import { hasEnded } from './asked.js';
import { directoryToday } from './directory-today.js';

type Deps = {
  pool: Pool;
  deliveries: DeliveryStore;
  doubts: DoubtStore;
  /** Bodies with a destination in the site file. */
  connected: readonly string[];
  directory: Directory;
  wake: {
    interpret(): Promise<void>;
    fold(): Promise<void>;
    deliver(bodies: readonly string[]): Promise<void>;
  };
  /** For the day in London alone. */
  now: () => Date;
  /** How long a delivery may be on its way before the process that claimed it counts as dead. */
  leaseMs: number;
};

const AT_ONCE = 1_000;

/**
 * Finds what the queue missed and what time alone has made due: rows are the truth, and a job only wakes a worker.
 * Any number of processes may sweep at once.
 */
export async function sweep(deps: Deps): Promise<void> {
  const { pool, deliveries, doubts, connected, wake, now, leaseMs } = deps;
  const rows = sweepStore(pool);
  const today: Day = londonDay(now().toISOString());
  await rows.analyzeGrown();
  await rows.markChanging(today, AT_ONCE);
  await deliveries.releaseStale(leaseMs);
  await parkUnconnected(today, deps);
  await rows.releaseConnected(connected);

  if (await rows.hasPending()) await wake.interpret();
  if ((await peopleStore(pool).dueNodeIds(1)).length > 0) await wake.fold();
  const bodies = new Set([...(await deliveries.bodiesDue()), ...(await doubts.bodiesWaiting())]);
  await wake.deliver(connected.filter((body) => bodies.has(body)));
}

/** Of a body that is no more and has no system left nobody expects an answer: its successor was told what it must know. */
async function parkUnconnected(today: Day, { pool, connected, directory }: Deps): Promise<void> {
  const rows = sweepStore(pool);
  const bodies = await rows.withoutDestination(connected);
  if (bodies.length === 0) return;
  const known = await directoryToday(directory, pool);
  const ended = bodies.filter((body) => hasEnded(body, known, today));
  await rows.parkWithoutDestination(bodies, ended);
}
