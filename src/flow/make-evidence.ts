import type { Pool } from 'pg';
import type { Log } from '../log.js';
import type { Original } from '../seal/originals.js';
import { auditStore } from '../store/audit.js';
import { originalStore } from '../store/originals.js';
import { type NotedHead, type Proofs, proofsOf } from './proofs.js';
import { sealNow } from './seal.js';

type Deps = { pool: Pool; who: string; noted: NotedHead | null; log: Log };

/** `made`: the line of the audit that says so, sealed with the originals. */
export type Proved = { made: Original; proofs: Proofs };

/**
 * Records that a document about a person is made, with the digest of all it says, seals whatever is not sealed yet, and
 * proves the originals. The record comes before the document: nobody has seen a person without it.
 */
export async function proveDocument(
  originals: readonly Original[],
  { subject, reason }: { subject: string; reason: string },
  { pool, who, noted, log }: Deps,
): Promise<Proved> {
  const id = await auditStore(pool).recordOne({ who, role: 'officer', action: 'evidence-made', subject, reason });
  const [made] = await originalStore(pool).read('look', [id]);
  if (!made) throw new Error('a line of the audit is gone as soon as it was written');
  await sealNow({ pool, log });
  return { made, proofs: await proofsOf([...originals, made], noted, pool) };
}
