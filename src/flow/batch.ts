import { setTimeout as sleep } from 'node:timers/promises';

type Waiting<Item, Result> = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };

/** What an item weighs, and how much a batch may; an item that is too heavy goes alone. */
type Weight<Item> = { of: (item: Item) => number; max: number };

/**
 * Puts calls that come together into one call of `flush`: one batch is on its way, the next gathers meanwhile. A call
 * that comes alone goes at once, or after `gatherMs` where nobody is kept waiting by it. `flush` answers in the order of
 * its items; when it fails, each caller of that batch gets the failure, and the next batch goes ahead.
 */
export function microBatch<Item, Result>(
  flush: (items: Item[]) => Promise<Result[]>,
  maxItems: number,
  weight: Weight<Item> = { of: () => 0, max: 1 },
  gatherMs = 0,
) {
  let waiting: Waiting<Item, Result>[] = [];
  let flying = false;

  async function fly(): Promise<void> {
    flying = true;
    while (waiting.length > 0) {
      if (gatherMs > 0) await sleep(gatherMs);
      const count = fitting(waiting, maxItems, weight);
      const batch = waiting.slice(0, count);
      waiting = waiting.slice(count);
      await deliver(batch);
    }
    flying = false;
  }

  async function deliver(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.map(({ item }) => item));
      if (results.length !== batch.length) throw new Error(`${batch.length} items were answered by ${results.length}`);
      results.forEach((result, index) => {
        batch[index]?.resolve(result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (item: Item): Promise<Result> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!flying) void fly();
    });
}

function fitting<Item>(waiting: readonly { item: Item }[], maxItems: number, { of, max }: Weight<Item>): number {
  let weight = 0;
  let count = 0;
  for (const { item } of waiting.slice(0, maxItems)) {
    weight += of(item);
    if (count > 0 && weight > max) break;
    count += 1;
  }
  return count;
}
