/** Bytes of messages that are being received at one time, over all connections. */
export type ByteBudget = {
  take(bytes: number): void;
  give(bytes: number): void;
  /** Nobody should read more until some are given back. */
  isSpent(): boolean;
  /** Calls once, when there is room again. */
  whenFree(call: () => void): void;
};

/** A budget that is overdrawn by one chunk of each reader at most: who finds it spent stops reading. */
export function byteBudget(limit: number): ByteBudget {
  let used = 0;
  let waiting: (() => void)[] = [];
  return {
    take(bytes) {
      used += bytes;
    },
    give(bytes) {
      used -= bytes;
      if (used >= limit || waiting.length === 0) return;
      const calls = waiting;
      waiting = [];
      for (const call of calls) call();
    },
    isSpent: () => used >= limit,
    whenFree: (call) => void waiting.push(call),
  };
}
