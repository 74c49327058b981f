import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { type DeliveryRow, deliveryStore } from '../store/deliveries.js';
import { overviewStore } from '../store/overview.js';
import { peopleStore } from '../store/people.js';

/** How many versions the councils have confirmed, and those that they have not. */
export type Deliveries = { confirmed: number; open: Pick<DeliveryRow, 'body' | 'state' | 'lastFault'>[] };

/** `down`: councils that are not waited for. */
type Waiting = {
  down: readonly string[];
  told: (deliveries: Deliveries) => void;
  signal: AbortSignal;
  withinMs: number;
};

const POLL_MS = 150;

/**
 * Waits until every message is interpreted, every person folded and every council has answered. Ends early, with what
 * is still open, when nothing has moved for `withinMs`. Rejects when `signal` is aborted.
 */
export async function settled(pool: Pool, { down, told, signal, withinMs }: Waiting): Promise<Deliveries> {
  let last = '';
  for (let waited = 0; ; waited += POLL_MS) {
    signal.throwIfAborted();
    // In the order of the work: what one has passed on, the next can see.
    const unread = (await overviewStore(pool).uninterpreted()).count;
    const unfolded = (await peopleStore(pool).dueNodeIds(1_000)).length;
    const deliveries = await deliveriesNow(pool);
    const isMoving = deliveries.open.some(
      ({ body, state }) => !down.includes(body) && (state === 'due' || state === 'sending'),
    );
    if (unread === 0 && unfolded === 0 && !isMoving) return deliveries;

    // Without states and attempts: a council that refuses again and again moves nothing.
    const now = JSON.stringify([unread, unfolded, deliveries.confirmed, deliveries.open.length]);
    if (now !== last) {
      told(deliveries);
      waited = 0;
    }
    if (waited > withinMs) return deliveries;
    last = now;
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function deliveriesNow(pool: Pool): Promise<Deliveries> {
  const deliveries = deliveryStore(pool);
  const open = await deliveries.list({ states: ['due', 'sending', 'handed-over', 'parked'], limit: 1_000 });
  const counts = await deliveries.counts();
  const confirmed = counts.filter(({ state }) => state === 'confirmed').reduce((sum, { count }) => sum + count, 0);
  return { confirmed, open };
}
