import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { abreast, sideBySide } from '../../src/flow/side-by-side.js';

/** Work that ends when it is told to. */
function work() {
  let [end, fail]: [() => void, (error: Error) => void] = [() => {}, () => {}];
  let hasBegun = false;
  const done = new Promise<void>((resolve, reject) => {
    [end, fail] = [resolve, reject];
  });
  const run = () => {
    hasBegun = true;
    return done;
  };
  return { run, end: () => end(), fail: (error: Error) => fail(error), hasBegun: () => hasBegun };
}

test('the third of two at once begins when one of them has ended', async () => {
  const side = sideBySide(2);
  const [first, second, third] = [work(), work(), work()];
  await side.begin(first.run);
  await side.begin(second.run);
  const waiting = side.begin(third.run);
  await nextTurn();
  expect([first, second, third].map(({ hasBegun }) => hasBegun())).toEqual([true, true, false]);
  second.end();
  await waiting;
  expect(third.hasBegun()).toBe(true);
  first.end();
  third.end();
  await side.ended();
});

test('after a failure nothing more begins, and it is told once everything that was begun has ended', async () => {
  const side = sideBySide(2);
  const [first, second, third] = [work(), work(), work()];
  await side.begin(first.run);
  await side.begin(second.run);
  first.fail(new Error('the database is gone'));
  const outcome = side.begin(third.run).catch((error: Error) => error.message);
  let isTold = false;
  void outcome.then(() => {
    isTold = true;
  });
  await nextTurn();
  expect(isTold).toBe(false);
  second.end();
  expect(await outcome).toBe('the database is gone');
  expect(third.hasBegun()).toBe(false);
  await side.ended();
});

test('what comes of work that is done abreast is taken in the order in which it was begun', async () => {
  const taken: string[] = [];
  const pages = abreast(2, async (page: string) => void taken.push(page));
  const [first, second] = [work(), work()];
  await pages.begin(() => first.run().then(() => 'first'));
  await pages.begin(() => second.run().then(() => 'second'));
  second.end();
  await nextTurn();
  expect(taken).toEqual([]);
  first.end();
  await pages.ended();
  expect(taken).toEqual(['first', 'second']);
});

test('after work that failed nothing is taken that was begun later', async () => {
  const taken: string[] = [];
  const pages = abreast(2, async (page: string) => void taken.push(page));
  const [first, second] = [work(), work()];
  await pages.begin(() => first.run().then(() => 'first'));
  await pages.begin(() => second.run().then(() => 'second'));
  first.fail(new Error('the database is gone'));
  second.end();
  await expect(pages.ended()).rejects.toThrow('the database is gone');
  expect(taken).toEqual([]);
});
