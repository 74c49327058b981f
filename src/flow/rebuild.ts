import { Fault } from '../fault.js';
import { nodesOf } from '../register/nodes.js';
import { factStore } from '../store/facts.js';
import { asRebuilder, rebuildStore } from '../store/rebuild.js';
import { sweepStore } from '../store/sweep.js';
import { inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldDue } from './fold.js';
import { interpretPending } from './interpret.js';
import { differing } from './rebuild-difference.js';
import { refuseWithoutSenders } from './senders-gone.js';

type Deps = FoldDeps &
  Omit<Parameters<typeof interpretPending>[0], 'changed' | 'stop' | 'traced' | 'upTo'> & {
    /** So many messages are read again since the last time. */
    read?: (messages: number) => void;
  };

/**
 * `changed`: persons whose entry is another one now of the same facts, or who came or went; that it was folded on another
 * day, or by rules with another version, is none, nor what was said meanwhile. `published`: versions that had to be made.
 * `resumed`: one that was broken off went on.
 */
export type Rebuilt = { persons: number; changed: string[]; published: number; resumed: boolean };

const PAGE = 1_000;

/**
 * Drops everything derived and derives it again from what is original. With the same rules, tables and day nothing
 * changes and nothing is sent. A service may go on running: it folds nobody until everything is read again. Broken off,
 * it goes on where it was when it is called again. Throws `usage` while another process rebuilds, and `config-invalid`,
 * before anything is dropped, where the site file lacks a sender of what is to be read.
 */
export async function rebuild(deps: Deps): Promise<Rebuilt> {
  const rebuilt = await asRebuilder(deps.pool, () => rebuildAlone(deps));
  if (rebuilt) return rebuilt;
  throw new Fault({
    code: 'usage',
    where: 'rebuild',
    text: 'another process rebuilds this database already',
    next: 'wait until it is done: it says whether everything is the same',
  });
}

async function rebuildAlone(deps: Deps): Promise<Rebuilt> {
  const store = rebuildStore(deps.pool);
  refuseWithoutSenders(await store.senders(), deps.site);
  const resumed = (await store.begun()) !== null;
  if (!resumed) await dropDerived(deps);
  const begun = await store.begun();
  // What arrives meanwhile is the service's to read; a busy one would else never let this end.
  if (begun?.readAt === null) await readAgain(begun.untilMessage, deps);
  const since = (await store.begun())?.readAt ?? undefined;
  await foldDue({ ...deps, ...(since === undefined ? {} : { since }), deliver: () => {} });
  const result = { ...(await store.counts()), changed: await differing(deps), resumed };
  await store.ended();
  return result;
}

/** Nobody waits for one message as for the next: larger batches cost less a message. */
const AT_ONCE = 400;

/** So many messages: the tables that they fill must be looked at by the database before it plans for them. */
const LOOK_AFTER = 10_000;

async function readAgain(upTo: string, deps: Deps): Promise<void> {
  const tables = sweepStore(deps.pool);
  let sinceLook = 0;
  const traced = (found: readonly unknown[]) => {
    sinceLook += found.length;
    deps.read?.(found.length);
  };
  const changed = async () => {
    if (sinceLook < LOOK_AFTER) return;
    sinceLook = 0;
    await tables.analyzeGrown();
  };
  await interpretPending({ ...deps, upTo, atOnce: AT_ONCE, traced, changed });
  await tables.analyzeGrown();
  await rebuildStore(deps.pool).readingEnded();
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
