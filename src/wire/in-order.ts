type InOrder<T> = {
  add(items: T[]): void;
  /** As many in work as are allowed. */
  isFull(): boolean;
  isIdle(): boolean;
  /** Forgets what was not begun. */
  drop(): void;
};

type Steps<T, R> = {
  limit: number;
  /** Must not reject. */
  work: (item: T) => Promise<R>;
  /** Must not reject; one at a time, in the order of `add`. */
  deliver: (result: R) => Promise<void>;
  /** After each delivery. */
  delivered: () => void;
};

/** Works on several items side by side, at most `limit`, and delivers their results in the order in which they came. */
export function inOrder<T, R>({ limit, work, deliver, delivered }: Steps<T, R>): InOrder<T> {
  const waiting: T[] = [];
  let inWork = 0;
  let last: Promise<void> = Promise.resolve();

  const begin = () => {
    for (const item of waiting.splice(0, limit - inWork)) {
      inWork += 1;
      const working = work(item);
      last = last
        .then(() => working)
        .then(deliver)
        .then(() => {
          inWork -= 1;
          begin();
          delivered();
        });
    }
  };
  return {
    add(items) {
      for (const item of items) waiting.push(item);
      begin();
    },
    isFull: () => inWork >= limit,
    isIdle: () => inWork === 0 && waiting.length === 0,
    drop: () => {
      waiting.length = 0;
    },
  };
}
