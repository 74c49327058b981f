import { expect, test } from '@jest/globals';
import { tokenBucket } from '../../src/flow/token-bucket.js';
import { handClock } from './hand-clock.js';

test('one second’s worth at once, then one at a time', () => {
  const clock = handClock();
  const bucket = tokenBucket(4, clock);
  expect([1, 2, 3, 4, 5].map(() => bucket.take())).toEqual([true, true, true, true, false]);
  expect(bucket.waitMs()).toBe(250);
  clock.pass(250);
  expect([bucket.take(), bucket.take()]).toEqual([true, false]);
  clock.pass(60_000);
  expect([1, 2, 3, 4, 5].map(() => bucket.take())).toEqual([true, true, true, true, false]);
});

test('who waits is served in turn, before who comes later; who cancelled is not', () => {
  const clock = handClock();
  const bucket = tokenBucket(2, clock);
  const served: string[] = [];
  while (bucket.take());
  bucket.await(() => served.push('a'));
  const gone = bucket.await(() => served.push('gone'));
  bucket.await(() => {
    served.push('b');
    if (!bucket.take()) bucket.await(() => served.push('b again'));
  });
  bucket.await(() => served.push('c'));
  gone.cancel();
  expect(bucket.waitMs()).toBe(2_000);
  clock.pass(500);
  expect(served).toEqual(['a']);
  expect(bucket.take()).toBe(false);
  clock.pass(1_000);
  expect(served).toEqual(['a', 'b', 'c']);
  clock.pass(500);
  expect(served).toEqual(['a', 'b', 'c', 'b again']);
});

test('over any time, the rate and no more', () => {
  const clock = handClock();
  const bucket = tokenBucket(7, clock);
  let served = 0;
  const again = () => {
    served += 1;
    bucket.await(again);
  };
  bucket.await(again);
  clock.pass(10_000);
  expect(served).toBeGreaterThanOrEqual(70);
  expect(served).toBeLessThanOrEqual(77);
});
