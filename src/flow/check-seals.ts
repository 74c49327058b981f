import type { Pool } from 'pg';
import { growingTree } from '../seal/growing.js';
import { type Hash, rootOf, treeOf } from '../seal/merkle.js';
import { leafOf, numbersIn, ORIGINAL_KINDS, type OriginalKind, placeOf, rowAt } from '../seal/originals.js';
import { headOf, sealLeaf } from '../seal/sealed.js';
import { originalStore, tableOf } from '../store/originals.js';
import { type SealRow, sealStore } from '../store/seals.js';

/**
 * A row that is not as it was sealed. `altered`: it says something else. `missing`: it is gone. `added`: no seal covers it,
 * though everything of its time is sealed. Of the table `seals` the id is the seal's number.
 */
export type Difference = { table: string; id: string; seal: number | null; what: 'altered' | 'missing' | 'added' };

export type CheckedSeals = {
  seals: number;
  /** Rows that the seals cover. */
  rows: number;
  /** Over every seal, worked out anew; null where there is none. */
  head: string | null;
  /** The number of seals that the noted head is over; null where it is none of these, or none was noted. */
  notedOver: number | null;
  /** The first of them, and how many there are. */
  differences: Difference[];
  differing: number;
  /** Rows that have come since the last seal. */
  waiting: number;
};

type Options = {
  pool: Pool;
  noted: string | null;
  /** So many seals and rows are checked. */
  progress?: (seals: number, rows: number) => void;
};

const SEALS_AT_ONCE = 20;
const ROWS_AT_ONCE = 20_000;
/** The smallest bigint. */
const BEFORE_ALL = '-9223372036854775808';
/** So many are named; the rest are counted. */
const NAMED = 20;

/**
 * Works every leaf, root and head out anew from what the database holds, in the order in which it was sealed, and names
 * what is not as it was. Nothing is written; memory does not grow with the database.
 */
export async function checkSeals({ pool, noted, progress }: Options): Promise<CheckedSeals> {
  const checked: CheckedSeals = newCheck();
  const chain = { tree: growingTree(), isBroken: false };
  const { seals: last } = await sealStore(pool).head();
  while (checked.seals < last) {
    const rows = await sealStore(pool).after(checked.seals, Math.min(SEALS_AT_ONCE, last - checked.seals));
    if (rows.length === 0) break;
    for (const row of rows) {
      noteGap(row, chain, checked);
      await checkRows(row, pool, checked);
      checkSeal(row, chain, checked);
      if (checked.head === noted && noted !== null) checked.notedOver = row.seal;
      progress?.(checked.seals, checked.rows);
    }
  }
  for (const kind of ORIGINAL_KINDS) await findUncovered(kind, pool, checked);
  return checked;
}

const newCheck = (): CheckedSeals => ({
  seals: 0,
  rows: 0,
  head: null,
  notedOver: null,
  differences: [],
  differing: 0,
  waiting: 0,
});

function note(difference: Difference, checked: CheckedSeals): void {
  checked.differing += 1;
  if (checked.differences.length < NAMED) checked.differences.push(difference);
}

type Chain = { tree: ReturnType<typeof growingTree>; isBroken: boolean };

/** Seals are numbered without a gap; after one that is gone no head can be worked out. */
function noteGap({ seal }: SealRow, chain: Chain, checked: CheckedSeals): void {
  for (let gone = checked.seals + 1; gone < seal; gone += 1)
    note({ table: 'seals', id: String(gone), seal: gone, what: 'missing' }, checked);
  if (seal > checked.seals + 1) chain.isBroken = true;
  checked.seals = seal;
}

/** What the seal itself says: the root over its leaves, its place in the tree of seals, and the head. */
function checkSeal({ seal, sealedAt, leaves, root, nodes, head }: SealRow, chain: Chain, checked: CheckedSeals): void {
  const hashes = hashesIn(leaves);
  const isOwn = rootOf({ from: 0, to: hashes.length }, treeOf(hashes)).equals(root);
  const leaf = sealLeaf({ seal, sealedAt, items: hashes.length, root: root.toString('hex') });
  const finished = chain.tree.add(leaf);
  const now = headOf({ seals: seal, root: chain.tree.root().toString('hex') });
  const goesOn = chain.isBroken || (head === now && Buffer.concat(finished).equals(nodes));
  checked.head = chain.isBroken ? null : now;
  if (!isOwn || !goesOn) note({ table: 'seals', id: String(seal), seal, what: 'altered' }, checked);
  // Every head after it is another one too: the first is where to look.
  if (!goesOn) chain.isBroken = true;
}

const hashesIn = (leaves: Buffer): Hash[] =>
  Array.from({ length: leaves.length / 32 }, (_, at) => leaves.subarray(32 * at, 32 * at + 32));

/** Every row that a seal covers, against its leaf. */
async function checkRows({ seal, covers, leaves }: SealRow, pool: Pool, checked: CheckedSeals): Promise<void> {
  const hashes = hashesIn(leaves);
  const places = numbersIn(covers, hashes.length);
  if (!places) {
    note({ table: 'seals', id: String(seal), seal, what: 'altered' }, checked);
    return;
  }
  const found = await leavesAt(places, pool);
  for (const [at, place] of places.entries()) {
    const leaf = found.get(place);
    if (leaf && hashes[at]?.equals(leaf)) continue;
    const row = rowAt(place);
    const table = row ? tableOf(row.kind) : 'seals';
    note({ table, id: row?.id ?? String(seal), seal, what: leaf ? 'altered' : 'missing' }, checked);
  }
  checked.rows += places.length;
}

async function leavesAt(places: readonly number[], pool: Pool): Promise<Map<number, Hash>> {
  const idsOf = new Map<OriginalKind, string[]>();
  for (const place of places) {
    const row = rowAt(place);
    if (!row) continue;
    const ids = idsOf.get(row.kind);
    if (ids) ids.push(row.id);
    else idsOf.set(row.kind, [row.id]);
  }
  const leaves = new Map<number, Hash>();
  for (const [kind, ids] of idsOf) {
    for (const original of await originalStore(pool).read(kind, ids)) leaves.set(placeOf(original), leafOf(original));
  }
  return leaves;
}

/** What no seal covers was put in where sealing had been, or has come since. */
async function findUncovered(kind: OriginalKind, pool: Pool, checked: CheckedSeals): Promise<void> {
  const placeOf0 = placeOf({ kind, id: '0' });
  for (let after: string | null = BEFORE_ALL; after !== null; ) {
    const page = await originalStore(pool).uncovered(kind, { after, step: ROWS_AT_ONCE, placeOf0 });
    for (const { id, settled } of page.rows) {
      if (settled) note({ table: tableOf(kind), id, seal: null, what: 'added' }, checked);
      else checked.waiting += 1;
    }
    after = page.nextAfter;
  }
}
