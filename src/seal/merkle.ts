import { createHash } from 'node:crypto';

/** Hash trees as RFC 9162 section 2.1 has them, over SHA-256. Leaves are given by their hashes. */
export type Hash = Buffer;

/** Leaves `from` to `to`, the last left out. */
export type Range = { from: number; to: number };

/** The root of the 2^level leaves that begin at leaf index × 2^level: what never changes as the tree grows. */
export type Node = { level: number; index: number };

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const leafHash = (data: string): Hash => createHash('sha256').update(LEAF).update(data).digest();
export const nodeHash = (left: Hash, right: Hash): Hash =>
  createHash('sha256').update(NODE).update(left).update(right).digest();

/** The root of a tree without leaves, and so the head before the first seal. */
export const EMPTY: Hash = createHash('sha256').digest();

/** The nodes that make up a range which begins where a tree of its size may begin, the largest first. */
export function nodesOf({ from, to }: Range): Node[] {
  const nodes: Node[] = [];
  for (let at = from; at < to; ) {
    const level = Math.floor(Math.log2(to - at));
    nodes.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return nodes;
}

/** The root over a range, from its nodes. */
export function rootOf(range: Range, hashOf: (node: Node) => Hash): Hash {
  const hashes = nodesOf(range).map(hashOf);
  const last = hashes.pop();
  return last === undefined ? EMPTY : hashes.reduceRight((right, left) => nodeHash(left, right), last);
}

/** Every node of a tree whose leaves are all at hand. */
export function treeOf(leaves: readonly Hash[]): (node: Node) => Hash {
  const levels: Hash[][] = [[...leaves]];
  for (let below = levels[0] ?? []; below.length > 1; ) {
    const above: Hash[] = [];
    for (let at = 0; at + 1 < below.length; at += 2) above.push(nodeHash(below[at] ?? EMPTY, below[at + 1] ?? EMPTY));
    levels.push(above);
    below = above;
  }
  return ({ level, index }) => {
    const found = levels[level]?.[index];
    if (!found) throw new Error('a node was asked of a smaller tree');
    return found;
  };
}

/** Whose roots prove that leaf `index` is in a tree of `size` (RFC 9162, 2.1.3.1), in the order of the path. */
export function inclusionPath(index: number, size: number): Range[] {
  const path: Range[] = [];
  let { from, to } = { from: 0, to: size };
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    path.unshift(index < middle ? { from: middle, to } : { from, to: middle });
    [from, to] = index < middle ? [from, middle] : [middle, to];
  }
  return path;
}

/** Whose roots prove that a tree of `size` began as the one of `older` leaves (RFC 9162, 2.1.4.1); `older` from 1. */
export function consistencyPath(older: number, size: number): Range[] {
  const path: Range[] = [];
  let { from, to } = { from: 0, to: size };
  while (older < to) {
    const middle = from + splitOf(to - from);
    path.unshift(older <= middle ? { from: middle, to } : { from, to: middle });
    [from, to] = older <= middle ? [from, middle] : [middle, to];
  }
  return from === 0 ? path : [{ from, to }, ...path];
}

/** The largest power of two that is smaller. */
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1));

/**
 * The root that a path leads to from leaf `index` of `size`; null when no path of this length does (RFC 9162, 2.1.3.2).
 */
export function rootFrom(leaf: Hash, index: number, size: number, path: readonly Hash[]): Hash | null {
  if (index >= size) return null;
  let [own, last, root] = [index, size - 1, leaf];
  for (const beside of path) {
    if (last === 0) return null;
    if (own % 2 === 1 || own === last) {
      root = nodeHash(beside, root);
      while (own % 2 === 0 && own !== 0) [own, last] = [half(own), half(last)];
    } else root = nodeHash(root, beside);
    [own, last] = [half(own), half(last)];
  }
  return last === 0 ? root : null;
}

export type Head = { size: number; hash: Hash };

/** Whether the newer tree began as the older one, by a path of `consistencyPath` (RFC 9162, 2.1.4.2). */
export function isConsistent(older: Head, newer: Head, path: readonly Hash[]): boolean {
  if (older.size < 1 || older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && older.hash.equals(newer.hash);
  const [first, ...rest] = isPowerOfTwo(older.size) ? [older.hash, ...path] : path;
  if (!first) return false;
  let [own, last] = [older.size - 1, newer.size - 1];
  while (own % 2 === 1) [own, last] = [half(own), half(last)];
  let [then, now] = [first, first];
  for (const beside of rest) {
    if (last === 0) return false;
    if (own % 2 === 1 || own === last) {
      [then, now] = [nodeHash(beside, then), nodeHash(beside, now)];
      while (own % 2 === 0 && own !== 0) [own, last] = [half(own), half(last)];
    } else now = nodeHash(now, beside);
    [own, last] = [half(own), half(last)];
  }
  return last === 0 && then.equals(older.hash) && now.equals(newer.hash);
}

const half = (count: number): number => Math.floor(count / 2);
const isPowerOfTwo = (count: number): boolean => Number.isInteger(Math.log2(count));
