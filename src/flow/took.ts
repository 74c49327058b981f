/** When a step began, in milliseconds since 1970, and how long it took. */
export type Took = { startedAt: number; durationMs: number };

/** Started now; asked at the end of the step. */
export function stopwatch(): () => Took {
  const startedAt = Date.now();
  const began = performance.now();
  return () => ({ startedAt, durationMs: performance.now() - began });
}
