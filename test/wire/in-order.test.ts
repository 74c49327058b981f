import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inOrder } from '../../src/wire/in-order.js';

test('for all durations of the work: delivered in the order of adding, and no more in work than allowed', async () => {
  const batches = fc.array(fc.array(fc.nat(), { maxLength: 6 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), batches, fc.integer({ min: 1, max: 4 }), async (scheduler, items, limit) => {
      const delivered: number[] = [];
      let inWork = 0;
      const queue = inOrder<number, number>({
        limit,
        work: async (item) => {
          inWork += 1;
          expect(inWork).toBeLessThanOrEqual(limit);
          await scheduler.schedule(Promise.resolve());
          inWork -= 1;
          return item;
        },
        deliver: async (item) => void delivered.push(item),
        delivered: () => {},
      });
      for (const batch of items) queue.add(batch);
      while (!queue.isIdle()) await (scheduler.count() > 0 ? scheduler.waitOne() : Promise.resolve());
      expect(delivered).toEqual(items.flat());
    }),
  );
});

test('what was not begun can be forgotten, what was begun is delivered', async () => {
  const delivered: string[] = [];
  const queue = inOrder<string, string>({
    limit: 1,
    work: async (item) => item,
    deliver: async (item) => void delivered.push(item),
    delivered: () => {},
  });
  queue.add(['one', 'two']);
  queue.drop();
  while (!queue.isIdle()) await Promise.resolve();
  expect(delivered).toEqual(['one']);
});
