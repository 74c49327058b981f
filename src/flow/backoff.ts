const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/**
 * How long to wait after the `attempt`th failure, in whole milliseconds: doubling, never above five minutes, with
 * jitter so that a council that comes back is not met by everybody at once. What the council asked for is the least.
 */
export function backoffMs(attempt: number, retryAfterMs: number | null, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
  const jittered = Math.ceil(ceiling / 2 + (ceiling / 2) * random());
  return retryAfterMs === null ? jittered : Math.ceil(retryAfterMs) + Math.ceil(FIRST_MS * random());
}
