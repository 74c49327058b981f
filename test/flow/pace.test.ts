import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { sharedPace, storing } from '../../src/flow/pace.js';

/** What a thread that works reads of the thread that takes messages. */
const areQueueing = (): boolean => Atomics.load(sharedPace(), 0) > process.hrtime.bigint();

const LONGER_THAN_A_WINDOW_MS = 250;

async function arriving(together: number): Promise<void> {
  storing(together);
  await sleep(LONGER_THAN_A_WINDOW_MS);
  storing(together);
}

test('senders queue when many messages are stored together, and no longer when they come one by one', async () => {
  expect(areQueueing()).toBe(false);
  await arriving(20);
  expect(areQueueing()).toBe(true);
  await arriving(1);
  expect(areQueueing()).toBe(false);
});
