import type { Log } from '../log.js';

/**
 * Runs `work` at once, and again `everyMs` after each round has ended. A failure is logged and the next round comes.
 * The answer ends it: no new round begins, and the one that runs is waited for.
 */
export function repeat(everyMs: number, log: Log, work: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = round();

  async function round(): Promise<void> {
    await work().catch((error: unknown) => log.warn('a sweep failed and comes again', { error }));
    if (!stopped) timer = setTimeout(next, everyMs);
  }
  function next(): void {
    running = round();
  }

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
