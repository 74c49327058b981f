import { setTimeout as sleep } from 'node:timers/promises';
import { isOpen, type Open, openNow } from '../bench/settled.js';
import { deliveryStore } from '../store/deliveries.js';
import type { World } from './world.js';

const LOOKS_EVERY_MS = 250;
const GIVES_UP_AFTER_MS = 180_000;
/** A council that was down is tried again after minutes; its operator does not wait so long. */
const HANDS_OVER_AFTER_MS = 4_000;

/** Until nothing waits any more. What waits for a council that was away is handed over again, as an operator does. */
export async function untilQuiet(world: World, stop: AbortSignal): Promise<Open> {
  let last = await openNow(world.pool);
  let movedAt = performance.now();
  let handedAt = movedAt;
  while (isOpen(last) && performance.now() - movedAt < GIVES_UP_AFTER_MS) {
    stop.throwIfAborted();
    await sleep(LOOKS_EVERY_MS);
    const now = await openNow(world.pool);
    if (JSON.stringify(now) !== JSON.stringify(last)) movedAt = performance.now();
    last = now;
    const isStuck = now.undelivered > 0 && performance.now() - Math.max(movedAt, handedAt) > HANDS_OVER_AFTER_MS;
    if (!isStuck) continue;
    await deliveryStore(world.pool).requeue({ bodies: world.councils.map(({ code }) => code) });
    handedAt = performance.now();
  }
  return last;
}
