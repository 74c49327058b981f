import { canonical } from './canonical.js';
import { type Hash, leafHash } from './merkle.js';

/** One seal: what was originals' batch, when, how many, and the root over their leaves. Numbered from 1 without a gap. */
export type Seal = { seal: number; sealedAt: string; items: number; root: string };

/** A seal's own leaf in the tree of all seals. Its time is in it, so that a seal cannot be put back in time. */
export const sealLeaf = (seal: Seal): Hash => leafHash(canonical(seal));
