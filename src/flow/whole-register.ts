import { Fault } from '../fault.js';
import { rebuildStore } from '../store/rebuild.js';
import type { Db } from '../store/transaction.js';

/**
 * Throws Fault `rebuilding` while a rebuild, also one that was broken off, has dropped people whom nobody has folded
 * again: an answer from what is left would say of them that nothing is known.
 */
export async function refuseWhileRebuilding(db: Db): Promise<void> {
  if (!(await rebuildStore(db).isIncomplete())) return;
  throw new Fault({
    code: 'rebuilding',
    where: 'register',
    text: 'a rebuild reads everything again, and until it is done people are missing from the register',
    next: 'wait for it; where it was broken off, run "aftercare rebuild" to finish it',
  });
}

/** What `read` finds in the register. Looked at before and after: a rebuild may begin while it is read. */
export async function ofWholeRegister<T>(db: Db, read: () => Promise<T>): Promise<T> {
  await refuseWhileRebuilding(db);
  const found = await read();
  await refuseWhileRebuilding(db);
  return found;
}
