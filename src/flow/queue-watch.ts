import type { Handler, JobWorker } from './queue-backends.js';

type Watched = {
  start: (handler: Handler) => JobWorker;
  handler: Handler;
  /** How many jobs wait for a worker; 0 while the queue is paused. */
  waiting: () => Promise<number>;
  onStuck: () => void;
  everyMs?: number;
};

const EVERY_MS = 5_000;

/** Two looks in a row: between one and the next a worker that is well takes a job. */
const LOOKS = 2;

/**
 * A worker that is replaced when jobs wait, nothing runs and nothing begins: one that lost its connection at the wrong
 * moment can wait for ever, and looks from outside like one that has nothing to do.
 */
export function watchedWorker({ start, handler, waiting, onStuck, everyMs = EVERY_MS }: Watched): JobWorker['close'] {
  let running = 0;
  let begun = 0;
  let seen = 0;
  let idleLooks = 0;
  let timer: NodeJS.Timeout;
  let closed = false;

  const counted: Handler = async (key) => {
    running += 1;
    begun += 1;
    try {
      await handler(key);
    } finally {
      running -= 1;
    }
  };
  let worker = start(counted);

  const look = async () => {
    const idle = running === 0 && begun === seen && (await waiting().catch(() => 0)) > 0;
    seen = begun;
    idleLooks = idle ? idleLooks + 1 : 0;
    if (closed) return;
    if (idleLooks === LOOKS) {
      idleLooks = 0;
      worker.close(true).catch(() => undefined); // it may never end
      worker = start(counted);
      onStuck();
    }
    schedule();
  };
  const schedule = () => {
    timer = setTimeout(() => void look(), everyMs);
  };
  schedule();

  return async () => {
    closed = true;
    clearTimeout(timer);
    await worker.close();
  };
}
