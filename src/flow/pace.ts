import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** How long work may keep the event loop before sockets are served again. */
const SLICE_MS = 5;
/** While senders queue, work rests so many times as long as it has worked: an eighth of the time is its own. */
const REST = 7;
const MAX_REST_MS = 100;

/** How many messages are stored together tells how many wait for each other; looked at in windows of this length. */
const WINDOW_MS = 100;
/** A window ends with the first batch after its time: what was found lasts until the next one has surely ended. */
const LASTS_NS = BigInt(2 * WINDOW_MS * 1_000_000);
/** As many as this, on average, come together when more arrive than can be stored one by one. */
const QUEUEING = 2;
/** Nearly each comes by itself: they queue no more. Apart from the former, so that a rate between does not go to and fro. */
const ALONE = 1.2;

/** Until when senders count as queueing, in nanoseconds of the clock that all threads of a process share. */
let queueingUntil = new BigInt64Array(new SharedArrayBuffer(8));

/** What a thread that works is given of the thread that takes messages, so that it rests for it. */
export const sharedPace = (): BigInt64Array<SharedArrayBuffer> => queueingUntil;

/** This thread works, and another one takes messages. */
export function restFor(shared: BigInt64Array<SharedArrayBuffer>): void {
  queueingUntil = shared;
}

let sliceBegan = performance.now();

/**
 * To be called often by work that does not wait for anything: no acknowledgement waits for a whole batch. What is
 * acknowledged can wait, a sender should not.
 */
export async function turn(): Promise<void> {
  const worked = performance.now() - sliceBegan;
  if (worked < SLICE_MS) return;
  if (isQueueing()) await sleep(Math.min(worked * REST, MAX_REST_MS));
  else await nextTurn();
  sliceBegan = performance.now();
}

/** While senders queue, each kind of work begins no more often than this: it goes on, and takes no more than a little. */
const PATIENCE_MS = 1_000;
const LOOKS_EVERY_MS = 50;
const FEW = 6;

/** To be called before each batch. */
export async function afterSenders(): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (isQueueing() && performance.now() < until) await sleep(LOOKS_EVERY_MS);
}

/** How many of `most` to take on: while senders queue only a few, because every statement that runs is in their way. */
export const fewOf = (most: number): number => (isQueueing() ? Math.ceil(most / FEW) : most);

const isQueueing = (): boolean => Atomics.load(queueingUntil, 0) > process.hrtime.bigint();

/** A burst is over in seconds. Where senders queue for longer, the register must not fall ever further behind. */
const BURST_MS = 30_000;
/** Only after so long without any that queue does another burst begin: one quiet window within a burst is luck. */
const LULL_MS = 1_000;

let windowBegan = performance.now();
let batches = 0;
let messages = 0;
let areQueueing = false;
let burstBegan: number | null = null;
let lastQueued = Number.NEGATIVE_INFINITY;

/** So many messages are about to be stored together. */
export function storing(count: number): void {
  const now = performance.now();
  batches += 1;
  messages += count;
  if (now - windowBegan < WINDOW_MS) return;
  look(messages / batches, now);
  Atomics.store(queueingUntil, 0, areQueueing ? process.hrtime.bigint() + LASTS_NS : 0n);
  batches = 0;
  messages = 0;
  windowBegan = now;
}

/** What one window tells: so many came together on average. */
function look(together: number, now: number): void {
  if (now - windowBegan > LULL_MS) areQueueing = false; // nothing came at all
  if (!areQueueing && now - lastQueued > LULL_MS) burstBegan = null;
  if (together >= QUEUEING) {
    areQueueing = true;
    burstBegan ??= now;
    lastQueued = now;
  }
  const isOver = burstBegan !== null && now - burstBegan >= BURST_MS;
  if (together < ALONE || isOver) areQueueing = false;
}

/** Both halves at once: while one waits for the database the other works. When one fails, the other is finished first. */
export async function inHalves<Item, Result>(
  items: readonly Item[],
  work: (half: readonly Item[]) => Promise<Result[]>,
): Promise<Result[]> {
  const middle = Math.ceil(items.length / 2);
  const halves = [items.slice(0, middle), items.slice(middle)].filter((half) => half.length > 0);
  const ended = await Promise.allSettled(halves.map(work));
  for (const half of ended) if (half.status === 'rejected') throw half.reason;
  return ended.flatMap((half) => (half.status === 'fulfilled' ? half.value : []));
}
