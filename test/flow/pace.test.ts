import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

const SECOND = 1_000;

let pace: typeof import('../../src/flow/pace.js');
beforeAll(async () => {
  jest.useFakeTimers();
  pace = await import('../../src/flow/pace.js');
});
afterAll(() => {
  jest.useRealTimers();
});

/** What a thread that works reads of the thread that takes messages. */
const areQueueing = (): boolean => Atomics.load(pace.sharedPace(), 0) > process.hrtime.bigint();

/** So many messages are stored together, again and again. */
function arriving(together: number, forMs: number): void {
  for (let at = 0; at < forMs; at += 10) {
    pace.storing(together);
    jest.advanceTimersByTime(10);
  }
}

test('senders queue when many messages are stored together, and no longer when they come one by one', () => {
  expect(areQueueing()).toBe(false);
  arriving(20, SECOND);
  expect(areQueueing()).toBe(true);
  arriving(1, SECOND);
  expect(areQueueing()).toBe(false);
});

test('when nothing comes any more, work goes on', () => {
  arriving(20, SECOND);
  jest.advanceTimersByTime(SECOND);
  expect(areQueueing()).toBe(false);
});

test('senders that queue for minutes hold up the register only at first; the next burst goes first again', () => {
  arriving(20, 20 * SECOND);
  expect(areQueueing()).toBe(true);
  arriving(20, 60 * SECOND);
  expect(areQueueing()).toBe(false);
  jest.advanceTimersByTime(5 * SECOND);
  arriving(20, SECOND);
  expect(areQueueing()).toBe(true);
});
