import type { Pool, PoolClient } from 'pg';
import type { Log } from '../log.js';
import { type Hash, type Node, nodeHash, nodesOf, rootOf, treeOf } from '../seal/merkle.js';
import { leafOf, ORIGINAL_KINDS, type Original, placeOf, rangesOf } from '../seal/originals.js';
import { headOf, sealLeaf } from '../seal/sealed.js';
import { originalStore } from '../store/originals.js';
import { type SealedOf, type SealStore, sealStore } from '../store/seals.js';
import { inTransaction } from '../store/transaction.js';
import { afterSenders, fewOf, turn } from './pace.js';

type Deps = {
  pool: Pool;
  /** The service ends: what has begun is finished, and nothing else begun. */
  stop?: AbortSignal;
  log: Log;
};

/** Rows in one seal. */
const AT_ONCE = 2_000;

/**
 * Seals every original row that is not sealed, until none is left. While another process seals, it does nothing: that one
 * finds the same rows.
 */
export async function sealPending({ pool, stop, log }: Deps): Promise<void> {
  for (let full = true; full && !stop?.aborted; ) {
    await afterSenders();
    full = await sealOnce(pool, { waits: false, log });
  }
}

/** The same at once, after whoever is sealing: what is committed now is sealed when it resolves. */
export async function sealNow({ pool, log }: Pick<Deps, 'pool' | 'log'>): Promise<void> {
  for (let full = true; full; ) full = await sealOnce(pool, { waits: true, log });
}

/**
 * One seal, where there is anything for one; true where that was all it could hold. The log is the first place outside
 * the database that knows the head.
 */
async function sealOnce(pool: Pool, { waits, log }: { waits: boolean; log: Log }): Promise<boolean> {
  const made = await inTransaction(pool, async (db) => {
    if (!(await sealStore(db).lock(waits))) return null;
    const most = waits ? AT_ONCE : fewOf(AT_ONCE);
    const { originals, sealed, over } = await unsealedOf(db, most);
    const seal = originals.length === 0 ? null : await appendSeal(originals, sealStore(db));
    await sealStore(db).noteSealed(sealed, over);
    return seal && { ...seal, full: seal.items === most };
  });
  if (!made) return false;
  log.info('originals were sealed', { sealRow: String(made.seal), count: made.items, head: made.head });
  return made.full;
}

/** What was seen to be over is looked at before the rows: whatever was still to come is then among them. */
async function unsealedOf(db: PoolClient, most: number) {
  const over = await sealStore(db).over();
  const store = originalStore(db);
  const originals: Original[] = [];
  const sealed: SealedOf[] = [];
  for (const kind of ORIGINAL_KINDS) {
    const room = most - originals.length;
    const ids = room > 0 ? await store.unsealed(kind, room) : [];
    originals.push(...(await store.read(kind, ids)));
    sealed.push({ kind, ids: rangesOf(ids.map(Number)), whole: ids.length < room });
  }
  return { originals, sealed, over };
}

async function appendSeal(originals: readonly Original[], store: SealStore) {
  const leaves: Hash[] = [];
  for (const original of originals) {
    leaves.push(leafOf(original));
    await turn();
  }
  const root = rootOf({ from: 0, to: leaves.length }, treeOf(leaves));
  const { seal, sealedAt } = await store.next();
  const nodes = await nodesEndingAt(seal, sealLeaf({ seal, sealedAt, items: leaves.length, root: hex(root) }), store);
  const head = headOf({ seals: seal, root: hex(await rootWith(seal, nodes, store)) });
  const covers = rangesOf(originals.map(placeOf));
  await store.append({
    seal,
    sealedAt,
    covers,
    leaves: Buffer.concat(leaves),
    root,
    nodes: Buffer.concat(nodes),
    head,
  });
  return { seal, items: leaves.length, head };
}

/** The subtrees that the newest seal finishes, the smallest first. */
async function nodesEndingAt(seal: number, leaf: Hash, store: SealStore): Promise<Hash[]> {
  const lefts: Node[] = [];
  for (let level = 0; seal % 2 ** (level + 1) === 0; level += 1) lefts.push({ level, index: seal / 2 ** level - 2 });
  const nodes = [leaf];
  for (const left of await store.nodes(lefts)) nodes.push(nodeHash(left, nodes.at(-1) ?? leaf));
  return nodes;
}

/** The last part of the tree is what the newest seal has just finished. */
async function rootWith(seal: number, finished: readonly Hash[], store: SealStore): Promise<Hash> {
  const parts = nodesOf({ from: 0, to: seal });
  const before = await store.nodes(parts.slice(0, -1));
  const known = [...before, ...finished.slice(-1)];
  return rootOf({ from: 0, to: seal }, ({ level }) => {
    const found = known[parts.findIndex((part) => part.level === level)];
    if (!found) throw new Error('a seal is missing among those before');
    return found;
  });
}

const hex = (hash: Hash): string => hash.toString('hex');
