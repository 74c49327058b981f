/** Work that is begun while earlier work of its kind is still under way. */
export type SideBySide = {
  /** Begins as soon as there is room. Throws what has failed before, once everything that was begun has ended. */
  begin(work: () => Promise<void>): Promise<void>;
  /** Until everything that was begun has ended. Throws the first that failed. */
  ended(): Promise<void>;
};

/** At most so many at once. */
export function sideBySide(most: number): SideBySide {
  const running = new Set<Promise<void>>();
  const failed: { error: unknown }[] = [];
  const until = async (left: number): Promise<void> => {
    while (running.size > (failed.length > 0 ? 0 : left)) await Promise.race(running);
    const [first] = failed.splice(0);
    if (first) throw first.error;
  };
  return {
    async begin(work) {
      await until(most - 1);
      const run: Promise<void> = work()
        .catch((error: unknown) => void failed.push({ error }))
        .finally(() => running.delete(run));
      running.add(run);
    },
    ended: () => until(0),
  };
}

/** At most so many at once, of which each result is taken by itself, in the order in which they were begun. */
export function abreast<Result>(most: number, take: (result: Result) => Promise<void>) {
  const { begin, ended } = sideBySide(most);
  let taken: Promise<unknown> = Promise.resolve();
  return {
    begin: (work: () => Promise<Result>): Promise<void> =>
      begin(() => {
        // After one that failed nothing is taken any more.
        const taking = Promise.all([work(), taken]).then(([result]) => take(result));
        taken = taking;
        return taking;
      }),
    ended,
  };
}
