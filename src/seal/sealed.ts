import { canonical, sha256 } from './canonical.js';
import { type Hash, leafHash } from './merkle.js';

/**
 * One batch of originals: when it was sealed, how many they are, and the root over their leaves. Numbered from 1
 * without a gap.
 */
export type Seal = { seal: number; sealedAt: string; items: number; root: string };

/** A seal's own leaf in the tree of all seals. Its time is in it, so that a seal cannot be put back in time. */
export const sealLeaf = (seal: Seal): Hash => leafHash(canonical(seal));

/** Over how many seals, and the root over them: whoever notes the head has noted both. In hexadecimal. */
export const headOf = (over: { seals: number; root: string }): string => sha256(canonical(over));
