import { nodesOf } from '../register/identity.js';
import { factStore } from '../store/facts.js';
import { peopleStore } from '../store/people.js';
import { rebuildStore } from '../store/rebuild.js';
import { inTransaction } from '../store/transaction.js';
import { foldNode } from './fold.js';
import { interpretPending } from './interpret.js';

type Deps = Parameters<typeof foldNode>[1] & Omit<Parameters<typeof interpretPending>[0], 'changed'>;

/** `changed`: persons whose entry is another one now, or who came or went. `published`: versions that had to be made. */
export type Rebuilt = { persons: number; changed: string[]; published: number };

const PAGE = 1_000;

/**
 * Drops everything derived and derives it again from what is original. With the same rules, tables and day nothing
 * changes and nothing is sent. A service may go on running: it folds nobody until everything is read again.
 */
export async function rebuild(deps: Deps): Promise<Rebuilt> {
  const store = rebuildStore(deps.pool);
  const [before, publications] = [await store.entryDigests(), await store.publicationCount()];
  await dropDerived(deps);
  await interpretPending({ ...deps, changed: async () => {} });
  await foldAll(deps);
  const after = await store.entryDigests();
  const everybody = [...new Set([...before.keys(), ...after.keys()])];
  return {
    persons: after.size,
    changed: everybody.filter((key) => before.get(key) !== after.get(key)).sort(),
    published: (await store.publicationCount()) - publications,
  };
}

const dropDerived = ({ pool }: Deps): Promise<void> =>
  inTransaction(pool, async (db) => {
    const store = rebuildStore(db);
    await store.dropDerived();
    let after: string | null = null;
    for (;;) {
      const facts = await store.statedFacts(PAGE, after);
      await factStore(db).nameStated(facts.map((fact) => ({ fact, nodes: nodesOf(fact) })));
      if (facts.length < PAGE) return;
      after = facts.at(-1)?.id ?? null;
    }
  });

async function foldAll(deps: Deps): Promise<void> {
  const people = peopleStore(deps.pool);
  for (;;) {
    const due = await people.dueNodeIds(PAGE);
    if (due.length === 0) return;
    for (const nodeId of due) await foldNode(nodeId, deps);
  }
}
