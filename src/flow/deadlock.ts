const DEADLOCK = '40P01';
const TRIES = 5;

/** A service that works on the same persons may be in the way; the one of the two that is stopped begins again. */
export async function unlessDeadlocked<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await work();
    } catch (error) {
      const isDeadlock = error instanceof Error && 'code' in error && error.code === DEADLOCK;
      if (!isDeadlock || left === 1) throw error;
    }
  }
}
