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
