import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type DeliveryState, deliveryStore } from '../store/deliveries.js';
import { overviewStore } from '../store/overview.js';
import { peopleStore } from '../store/people.js';

/** How many versions each body has confirmed, and which it has not and stands where. */
export type Deliveries = {
  confirmed: number;
  open: { body: string; state: Exclude<DeliveryState, 'confirmed' | 'overtaken'>; count: number }[];
};

type Waiting = { told: (confirmed: number) => void; signal: AbortSignal; withinMs: number };

const POLL_MS = 150;

/**
 * Waits until every message is interpreted, every person folded and every council has answered. Ends early, with what
 * is still open, when nothing has moved for `withinMs`. Rejects when `signal` is aborted.
 */
export async function settled(pool: Pool, { told, signal, withinMs }: Waiting): Promise<Deliveries> {
  let last = '';
  for (let waited = 0; ; waited += POLL_MS) {
    signal.throwIfAborted();
    // In the order of the work: what one has passed on, the next can see.
    const upstream = await overviewStore(pool).uninterpreted();
    const toFold = await peopleStore(pool).dueNodeIds(1);
    const deliveries = await deliveriesNow(pool);
    const isMoving = deliveries.open.some(({ state }) => state === 'due' || state === 'sending');
    if (upstream.count === 0 && toFold.length === 0 && !isMoving) return deliveries;

    const now = JSON.stringify([upstream.count, toFold.length, deliveries]);
    if (now !== last) {
      told(deliveries.confirmed);
      waited = 0;
    }
    if (waited > withinMs) return deliveries;
    last = now;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function deliveriesNow(pool: Pool): Promise<Deliveries> {
  const counts = await deliveryStore(pool).counts();
  const confirmed = counts.filter(({ state }) => state === 'confirmed').reduce((sum, { count }) => sum + count, 0);
  const open = counts.flatMap(({ body, state, count }) =>
    state === 'confirmed' || state === 'overtaken' ? [] : [{ body, state, count }],
  );
  return { confirmed, open };
}
