import { describe, expect, test } from '@jest/globals';
import { microBatch } from '../../src/flow/batch.js';

describe('messages that come together are committed together', () => {
  test('the first goes at once, the others gather while it is on its way', async () => {
    const batches: number[][] = [];
    const accept = microBatch(async (items: number[]) => {
      batches.push(items);
      await Promise.resolve();
      return items.map((item) => item * 10);
    }, 3);
    const results = await Promise.all([1, 2, 3, 4, 5].map(accept));
    expect(results).toEqual([10, 20, 30, 40, 50]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  test('never two flights at a time', async () => {
    let flying = 0;
    let most = 0;
    const accept = microBatch(async (items: number[]) => {
      most = Math.max(most, ++flying);
      await new Promise((resolve) => setImmediate(resolve));
      flying--;
      return items;
    }, 2);
    await Promise.all(Array.from({ length: 20 }, (_, n) => accept(n)));
    expect(most).toBe(1);
  });

  test('a batch that fails fails for each of its callers and for nobody else', async () => {
    const accept = microBatch(async (items: string[]) => {
      if (items.includes('bad')) throw new Error('the disk is full');
      return items;
    }, 2);
    const results = await Promise.allSettled(['first', 'bad', 'beside', 'next'].map(accept));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  });

  test('a flush that loses an answer is found out', async () => {
    const accept = microBatch(async (_items: number[]): Promise<number[]> => [], 2);
    await expect(accept(1)).rejects.toThrow('1 items were answered by 0');
  });

  test('a batch is no heavier than it may be, and what is too heavy by itself goes alone', async () => {
    const batches: number[][] = [];
    const accept = microBatch(
      async (items: number[]) => {
        batches.push(items);
        await Promise.resolve();
        return items;
      },
      10,
      { of: (item) => item, max: 10 },
    );
    await Promise.all([1, 6, 4, 5, 20, 3].map(accept));
    expect(batches).toEqual([[1], [6, 4], [5], [20], [3]]);
  });
});
