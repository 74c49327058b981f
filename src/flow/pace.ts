import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

const SLICE_MS = 5;
let sliceBegan = performance.now();

/** Lets sockets be served when a piece of work has had its share of the event loop: no acknowledgement waits for a whole batch. */
export async function turn(): Promise<void> {
  if (performance.now() - sliceBegan < SLICE_MS) return;
  await nextTurn();
  sliceBegan = performance.now();
}

/** How work makes room for messages that arrive: what is acknowledged can wait, a sender should not. */
export type Pace = {
  /** So many messages are about to be stored together. */
  storing(messages: number): void;
  /** Between two batches of work: rests while senders queue, else goes on at once. */
  breathe(): Promise<void>;
  /** The service ends: what has begun is finished, and nothing else begun. */
  end(): void;
  isOver(): boolean;
};

const WINDOW_MS = 200;
/** Messages that come together, on average, when more arrive than can be stored one by one: senders wait for each other. */
const QUEUEING = 4;
/** Rests so many times as long as it has worked: an eighth of the time is the work's. */
const REST = 7;
const MAX_REST_MS = 500;

export function pacer(now: () => number = () => performance.now()): Pace {
  let windowBegan = now();
  let batches = 0;
  let messages = 0;
  let queueing = false;
  let workBegan = now();
  let over = false;

  const turnWindow = () => {
    if (now() - windowBegan < WINDOW_MS) return;
    queueing = batches > 0 && messages / batches >= QUEUEING;
    batches = 0;
    messages = 0;
    windowBegan = now();
  };
  return {
    storing(count) {
      turnWindow();
      batches += 1;
      messages += count;
    },
    async breathe() {
      turnWindow();
      const worked = now() - workBegan;
      if (queueing && !over) await sleep(Math.min(worked * REST, MAX_REST_MS));
      else await turn();
      workBegan = now();
    },
    end() {
      over = true;
    },
    isOver: () => over,
  };
}
