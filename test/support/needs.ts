import { describe } from '@jest/globals';

/** What a suite needs from the machine. `TEST_WITHOUT=redis,chromium` leaves such suites out by name. */
export type Need = 'redis' | 'chromium';

const without = (process.env.TEST_WITHOUT ?? '').split(',').map((word) => word.trim());

/** `describe` for a suite that needs Redis or Chromium: skipped, and counted as such, only where it was asked for. */
export const describeNeeding = (need: Need, story: string, suite: () => void): void =>
  without.includes(need) ? describe.skip(`${story} (left out: TEST_WITHOUT=${need})`, suite) : describe(story, suite);
