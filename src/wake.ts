import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queues } from './flow/queues.js';
import type { Log } from './log.js';

/** Wakes the workers of each kind. None throws. */
export type Wake = {
  interpret(): Promise<void>;
  fold(): Promise<void>;
  deliver(bodies: readonly string[]): Promise<void>;
  /** A body that is to be looked after again after `delayMs`. */
  later(body: string, delayMs: number): Promise<void>;
};

export const deliveryQueue = (body: string): string => `deliver-${body}`;

/** Adding a job may fail: the sweep adds what is missing, so nobody waits and nothing is thrown. */
export function wakers(queues: Queues, log: Log): Wake {
  const quietly = async (adding: Promise<void>) => {
    await adding.catch((error: unknown) => log.warn('a job could not be added; the sweep adds it', { error }));
  };
  // A key of this process: a job that died with another process never holds up what this one has received.
  const own = randomUUID();
  const wakes = new Map<string, () => Promise<void>>();
  const wake = (queue: string) => {
    const known = wakes.get(queue) ?? together(() => quietly(queues.add(queue, own)));
    wakes.set(queue, known);
    return known();
  };
  return {
    interpret: () => wake('interpret'),
    fold: () => wake('fold'),
    async deliver(bodies) {
      await Promise.all([...new Set(bodies)].map((body) => wake(deliveryQueue(body))));
    },
    later: (body, delayMs) => quietly(queues.add(deliveryQueue(body), `${own} later`, { delayMs })),
  };
}

/** A worker looks for more before it ends, so a job more often than this would only be work of its own. */
const WAKE_EVERY_MS = 25;

/**
 * Calls that come together are one job, and none that comes after its job has begun is lost. None waits for those that
 * come after it: a sweep would not end while messages arrive.
 */
function together(add: () => Promise<void>): () => Promise<void> {
  let wanted = false;
  let adding = false;
  const rest = async () => {
    await sleep(WAKE_EVERY_MS);
    while (wanted) {
      wanted = false;
      await add();
      await sleep(WAKE_EVERY_MS);
    }
    adding = false;
  };
  return async () => {
    if (adding) {
      wanted = true;
      return;
    }
    adding = true;
    await add();
    void rest();
  };
}
