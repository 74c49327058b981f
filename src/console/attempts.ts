const MAX_ADDRESSES = 10_000;

type Limits = { failures: number; windowMs: number };

/** Counts wrong sign-ins by address, so that a token cannot be searched for. Bounded in memory. */
export function attemptCounter({ failures, windowMs }: Limits) {
  const byAddress = new Map<string, { count: number; from: number }>();
  return {
    /** Seconds until this address may try again; 0 when it may now. */
    waitSeconds(address: string, now: Date): number {
      const tried = byAddress.get(address);
      if (!tried || tried.count < failures) return 0;
      return Math.max(0, Math.ceil((tried.from + windowMs - now.getTime()) / 1000));
    },

    failed(address: string, now: Date): void {
      const tried = byAddress.get(address);
      if (tried && tried.from + windowMs > now.getTime()) {
        tried.count += 1;
        return;
      }
      if (byAddress.size >= MAX_ADDRESSES) byAddress.clear();
      byAddress.set(address, { count: 1, from: now.getTime() });
    },
  };
}

export type AttemptCounter = ReturnType<typeof attemptCounter>;
