import { EMPTY, type Hash, nodeHash } from './merkle.js';

/** A hash tree as it grows: of all its leaves it keeps as many hashes as it is high. */
export type GrowingTree = {
  /** The subtrees that this leaf finishes, the smallest first: itself, then each that ends with it. */
  add(leaf: Hash): Hash[];
  root(): Hash;
};

export function growingTree(): GrowingTree {
  /** The largest whole subtrees that make up the leaves so far, the largest first. */
  const parts: Hash[] = [];
  let size = 0;
  return {
    add(leaf) {
      let top = leaf;
      const finished = [top];
      for (let odd = size; odd % 2 === 1; odd = Math.floor(odd / 2)) {
        top = nodeHash(parts.pop() ?? EMPTY, top);
        finished.push(top);
      }
      parts.push(top);
      size += 1;
      return finished;
    },
    root: () => (parts.length === 0 ? EMPTY : parts.reduceRight((right, left) => nodeHash(left, right))),
  };
}
