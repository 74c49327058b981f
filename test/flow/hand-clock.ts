import type { Clock } from '../../src/flow/token-bucket.js';

/** A clock that stands still until it is moved. */
export function handClock(): Clock & { pass(ms: number): void } {
  let at = 0;
  let calls: { at: number; call: () => void }[] = [];
  return {
    now: () => at,
    after: (ms, call) => void calls.push({ at: at + ms, call }),
    pass(ms) {
      const until = at + ms;
      for (;;) {
        const next = calls.filter((each) => each.at <= until).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        calls = calls.filter((each) => each !== next);
        at = Math.max(at, next.at);
        next.call();
      }
      at = until;
    },
  };
}
