import type { Pool } from 'pg';
import {
  consistencyPath,
  type Hash,
  inclusionPath,
  type Node,
  nodesOf,
  type Range,
  rootOf,
  treeOf,
} from '../seal/merkle.js';
import { type Original, placeOf, positionsIn, rangesOf } from '../seal/originals.js';
import { type SealRow, type SealStore, sealStore } from '../store/seals.js';

/** All hashes in hexadecimal. */
export type Proofs = {
  head: ProvedHead;
  noted: (ProvedHead & { path: string[] }) | null;
  seals: { seal: number; sealedAt: string; items: number; root: string; path: string[] }[];
  items: { kind: Original['kind']; id: string; seal: number; index: number; path: string[] }[];
};

/** A head that somebody noted, and over how many seals it is. */
export type NotedHead = { seals: number; hash: string };

/** With the root over its seals. */
type ProvedHead = NotedHead & { root: string };

/**
 * What proves these originals under the newest head, and that this head goes on from the one that was `noted`. An original
 * that no seal covers has no item.
 */
export async function proofsOf(originals: readonly Original[], noted: NotedHead | null, pool: Pool): Promise<Proofs> {
  const store = sealStore(pool);
  const head = await store.head();
  const places = originals.map(placeOf).sort((a, b) => a - b);
  const rows = (await store.covering(rangesOf(places))).filter(({ seal }) => seal <= head.seals);
  const paths = [
    ...rows.map(({ seal }) => inclusionPath(seal - 1, head.seals)),
    noted === null ? [] : consistencyPath(noted.seals, head.seals),
    [{ from: 0, to: head.seals }],
    [{ from: 0, to: noted?.seals ?? 0 }],
  ];
  const roots = await rootsOf(paths, store);
  const [path = [], [root = ''] = [], [notedRoot = ''] = []] = roots.slice(rows.length);
  return {
    head: { seals: head.seals, root, hash: head.head },
    noted: noted && { ...noted, root: notedRoot, path },
    seals: rows.map(({ seal, sealedAt, leaves, root }, at) => ({
      seal,
      sealedAt,
      items: leaves.length / 32,
      root: hex(root),
      path: roots[at] ?? [],
    })),
    items: rows.flatMap((row) => itemsIn(row, originals)),
  };
}

function itemsIn({ seal, covers, leaves }: SealRow, originals: readonly Original[]): Proofs['items'] {
  const hashes = Array.from({ length: leaves.length / 32 }, (_, at) => leaves.subarray(32 * at, 32 * at + 32));
  const tree = treeOf(hashes);
  const positionOf = positionsIn(covers);
  return originals.flatMap((original) => {
    const index = positionOf(placeOf(original));
    if (index === null) return [];
    const path = inclusionPath(index, hashes.length).map((range) => hex(rootOf(range, tree)));
    return [{ kind: original.kind, id: original.id, seal, index, path }];
  });
}

/** The roots of these paths, every node read once. */
async function rootsOf(paths: readonly Range[][], store: SealStore): Promise<string[][]> {
  const wanted = new Map<string, Node>();
  for (const node of paths.flat().flatMap(nodesOf)) wanted.set(nameOf(node), node);
  const hashes = await store.nodes([...wanted.values()]);
  const known = new Map<string, Hash>([...wanted.keys()].map((name, at) => [name, hashes[at] ?? Buffer.alloc(32)]));
  const hashOf = (node: Node): Hash => known.get(nameOf(node)) ?? Buffer.alloc(32);
  return paths.map((path) => path.map((range) => hex(rootOf(range, hashOf))));
}

const nameOf = ({ level, index }: Node): string => `${level} ${index}`;
const hex = (hash: Hash): string => hash.toString('hex');
