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

/** So many messages are stored together, again and again; of several numbers, one after the other. */
function arriving(together: number | readonly number[], forMs: number): void {
  const numbers = [together].flat();
  for (let at = 0; at < forMs; at += 10) {
    pace.storing(numbers[(at / 10) % numbers.length] ?? 1);
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

test('a rate just above what is stored one by one neither begins a burst nor ends one', () => {
  arriving(1, SECOND);
  arriving([1, 2], SECOND);
  expect(areQueueing()).toBe(false);
  arriving(20, SECOND);
  arriving([1, 2], SECOND);
  expect(areQueueing()).toBe(true);
  arriving(1, SECOND);
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

test('a quiet moment within a burst gives the register no second half minute to wait', () => {
  jest.advanceTimersByTime(5 * SECOND);
  for (let half = 0; half < 4; half++) {
    arriving(20, 8 * SECOND);
    arriving(1, SECOND / 4);
  }
  arriving(20, SECOND);
  expect(areQueueing()).toBe(false);
});

test('after a burst that never quite ended the next real one goes first again', () => {
  jest.advanceTimersByTime(5 * SECOND);
  arriving(20, SECOND);
  arriving([1, 2], 40 * SECOND);
  expect(areQueueing()).toBe(false);
  arriving(20, SECOND);
  expect(areQueueing()).toBe(true);
});

test('after a burst and a silence the next burst goes first again', () => {
  jest.advanceTimersByTime(5 * SECOND);
  arriving(20, 10 * SECOND);
  jest.advanceTimersByTime(60 * SECOND);
  arriving(20, SECOND);
  expect(areQueueing()).toBe(true);
});
