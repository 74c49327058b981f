import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonical } from '../../src/seal/canonical.js';
import {
  consistencyPath,
  EMPTY,
  type Hash,
  inclusionPath,
  isConsistent,
  leafHash,
  nodeHash,
  type Range,
  rootFrom,
  rootOf,
  treeOf,
} from '../../src/seal/merkle.js';
import { placeOf, positionsIn, rangesOf } from '../../src/seal/originals.js';

const MOST = 70;
const leavesOf = (size: number): Hash[] => Array.from({ length: size }, (_, i) => leafHash(`leaf ${i}`));

/** As RFC 9162 defines it, word by word. */
function plainRoot(leaves: readonly Hash[]): Hash {
  const [only, ...more] = leaves;
  if (!only) return EMPTY;
  if (more.length === 0) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(plainRoot(leaves.slice(0, split)), plainRoot(leaves.slice(split)));
}

const hashesOf = (path: readonly Range[], leaves: readonly Hash[]): Hash[] =>
  path.map(({ from, to }) => plainRoot(leaves.slice(from, to)));

const withOneBitChanged = (hash: Hash, bit: number): Hash => {
  const changed = Buffer.from(hash);
  changed.writeUInt8(changed.readUInt8((bit >> 3) % 32) ^ (1 << (bit & 7)), (bit >> 3) % 32);
  return changed;
};

test('the hashes of RFC 9162: of no leaf, of a leaf and of two', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  expect(EMPTY.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(leafHash('')).toEqual(sha256(Buffer.from([0])));
  const [a, b] = [leafHash('a'), leafHash('b')];
  expect(nodeHash(a, b)).toEqual(sha256(Buffer.concat([Buffer.from([1]), a, b])));
  expect(rootOf({ from: 0, to: 0 }, treeOf([]))).toEqual(EMPTY);
});

test('every leaf of a tree of every size is proved, by a path no longer than the tree is high', () => {
  for (let size = 1; size <= MOST; size += 1) {
    const leaves = leavesOf(size);
    const root = rootOf({ from: 0, to: size }, treeOf(leaves));
    expect(root).toEqual(plainRoot(leaves));
    leaves.forEach((leaf, index) => {
      const path = hashesOf(inclusionPath(index, size), leaves);
      expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
      expect(rootFrom(leaf, index, size, path)).toEqual(root);
    });
  }
});

const aLeafOfATree = fc
  .integer({ min: 1, max: MOST })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1), bit: fc.nat(255), at: fc.nat() }));

test('one bit changed anywhere, another place, another size or a path of another length prove nothing', () => {
  fc.assert(
    fc.property(aLeafOfATree, ({ size, index, bit, at }) => {
      const leaves = leavesOf(size);
      const leaf = leaves[index] ?? EMPTY;
      const root = plainRoot(leaves);
      const path = hashesOf(inclusionPath(index, size), leaves);
      expect(rootFrom(withOneBitChanged(leaf, bit), index, size, path)).not.toEqual(root);
      expect(rootFrom(leaf, (index + 1) % size, size, path)).not.toEqual(size === 1 ? null : root);
      expect(rootFrom(leaf, index, size, [...path, leaf])).not.toEqual(root);
      expect(rootFrom(leaf, size, size, path)).toBeNull();
      if (path.length === 0) return;
      const wrong = path.with(at % path.length, withOneBitChanged(path[at % path.length] ?? EMPTY, bit));
      expect(rootFrom(leaf, index, size, wrong)).not.toEqual(root);
      expect(rootFrom(leaf, index, size, path.slice(1))).not.toEqual(root);
    }),
  );
});

test('every tree is proved to go on from every older one, and from nothing else', () => {
  for (let size = 1; size <= MOST; size += 1) {
    const leaves = leavesOf(size);
    const newer = { size, hash: plainRoot(leaves) };
    for (let older = 1; older <= size; older += 1) {
      const head = { size: older, hash: plainRoot(leaves.slice(0, older)) };
      const path = hashesOf(consistencyPath(older, size), leaves);
      expect(isConsistent(head, newer, path)).toBe(true);
      const rewritten = plainRoot(leaves.slice(0, older).with(0, leafHash('something else')));
      expect(isConsistent({ size: older, hash: rewritten }, newer, path)).toBe(false);
      if (path.length > 0) expect(isConsistent(head, newer, path.slice(1))).toBe(false);
      if (older < size) expect(isConsistent({ ...head, size: older + 1 }, newer, path)).toBe(false);
    }
  }
  const head = { size: 3, hash: plainRoot(leavesOf(3)) };
  expect(isConsistent({ size: 0, hash: EMPTY }, head, [])).toBe(false);
  expect(isConsistent({ size: 4, hash: head.hash }, head, [])).toBe(false);
});

test('a value has one text, in whatever order its members were written', () => {
  expect(canonical({ b: [1, null, { d: 'ß\u2028"', c: true }], a: undefined, aa: -0.5 })).toBe(
    `{"aa":-0.5,"b":[1,null,{"c":true,"d":"ß\u2028\\""}]}`,
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonical(turned)).toBe(canonical(value));
      expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('what a seal covers is told as ranges, and each row finds its leaf again', () => {
  const places = [1, 2, 3, 7, 1e15 + 7, 1e15 + 8, 4e15 + 1];
  expect(placeOf({ kind: 'look', id: '1' })).toBe(4e15 + 1);
  const ranges = rangesOf(places);
  expect(ranges).toBe('{[1,3],[7,7],[1000000000000007,1000000000000008],[4000000000000001,4000000000000001]}');
  const asTold = '{[1,4),[7,8),[1000000000000007,1000000000000009),[4000000000000001,4000000000000002)}';
  expect(places.map(positionsIn(asTold))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([0, 4, 8, 1e15].map(positionsIn(asTold))).toEqual([null, null, null, null]);
});
