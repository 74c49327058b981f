import { nodesOf } from '../register/identity.js';
import { factStore } from '../store/facts.js';
import { rebuildStore } from '../store/rebuild.js';
import { inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldDue } from './fold.js';
import { interpretPending } from './interpret.js';

type Deps = FoldDeps & Omit<Parameters<typeof interpretPending>[0], 'changed' | 'stop' | 'traced' | 'upTo'>;

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
  // What arrives meanwhile is the service's to read; a busy one would else never let this end.
  await interpretPending({ ...deps, upTo: await store.untilMessage(), changed: async () => {} });
  await store.readingEnded();
  await foldDue({ ...deps, since: await store.now(), deliver: () => {} });
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
