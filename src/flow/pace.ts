import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How long work may keep the event loop before sockets are served again. */
const SLICE_MS = 5;
/** While senders queue, work rests so many times as long as it has worked: an eighth of the time is its own. */
const REST = 7;
const MAX_REST_MS = 100;

/** How many messages are stored together tells how many wait for each other; looked at in windows of this length. */
const WINDOW_MS = 200;
/** More than this, on average, come together when more arrive than can be stored one by one. */
const QUEUEING = 4;

// One process has one event loop, which everything in it shares.
let sliceBegan = performance.now();
let windowBegan = performance.now();
let batches = 0;
let messages = 0;
let queueing = false;

/**
 * To be called often by work that does not wait for anything: no acknowledgement waits for a whole batch. What is
 * acknowledged can wait, a sender should not.
 */
export async function turn(): Promise<void> {
  const worked = performance.now() - sliceBegan;
  if (worked < SLICE_MS) return;
  lookBack();
  if (queueing) await sleep(Math.min(worked * REST, MAX_REST_MS));
  else await nextTurn();
  sliceBegan = performance.now();
}

/** So many messages are about to be stored together. */
export function storing(count: number): void {
  lookBack();
  batches += 1;
  messages += count;
}

function lookBack(): void {
  if (performance.now() - windowBegan < WINDOW_MS) return;
  queueing = batches > 0 && messages / batches >= QUEUEING;
  batches = 0;
  messages = 0;
  windowBegan = performance.now();
}
