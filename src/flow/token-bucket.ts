/** Milliseconds that only rise, and a call after some of them. */
export type Clock = { now(): number; after(ms: number, call: () => void): void };

export type TokenBucket = {
  /** False when somebody waits already or there is none. */
  take(): boolean;
  /** `go` has its token when it is called; those who wait are served in the order in which they came. */
  await(go: () => void): { cancel(): void };
  /** Until somebody who comes now would have one. */
  waitMs(): number;
};

/** So many tokens a second, and at most one second's worth at once. */
export function tokenBucket(perSecond: number, { now, after }: Clock): TokenBucket {
  let tokens = perSecond;
  let filledAt = now();
  let isTimed = false;
  const waiting = new Set<{ go: () => void }>();

  const fill = () => {
    const at = now();
    tokens = Math.min(perSecond, tokens + ((at - filledAt) * perSecond) / 1_000);
    filledAt = at;
  };
  const msUntil = (count: number) => Math.max(0, Math.ceil(((count - tokens) * 1_000) / perSecond));
  const time = () => {
    if (isTimed || waiting.size === 0) return;
    isTimed = true;
    after(msUntil(1), serve);
  };
  function serve() {
    isTimed = false;
    fill();
    for (const each of waiting) {
      if (tokens < 1) break;
      tokens -= 1;
      waiting.delete(each);
      each.go(); // may come back at once with its next, behind the others
    }
    time();
  }
  return {
    take() {
      fill();
      if (waiting.size > 0 || tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    await(go) {
      const each = { go };
      waiting.add(each);
      time();
      return { cancel: () => void waiting.delete(each) };
    },
    waitMs() {
      fill();
      return msUntil(waiting.size + 1);
    },
  };
}
