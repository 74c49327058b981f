import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 20;
const PAUSE_MS = 500;

/**
 * What has happened outside is written down also when the database is away for a moment: else it stays unknown until
 * its claim is given back. For statements that may run twice.
 */
export async function patiently<T>(write: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--) {
    try {
      return await write();
    } catch (error) {
      if (left === 1) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
