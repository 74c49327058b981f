import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a state and not for a time; a state that never comes ends with the test's own time limit. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}
