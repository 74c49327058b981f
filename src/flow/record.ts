import type { StatedFact } from '../register/fact.js';
import { nodesOf } from '../register/identity.js';
import { factStore } from '../store/facts.js';
import { inTransaction } from '../store/transaction.js';
import { foldNode } from './fold.js';

type Deps = Parameters<typeof foldNode>[1];

export type Recorded = { recorded: number; known: number };

/**
 * Records what people state, all of it or nothing, and folds whom it concerns at once, so that the register answers
 * also while no service runs. A fact that was recorded before, by id or by content, is known and changes nothing.
 */
export async function recordFacts(facts: readonly StatedFact[], recordedBy: string, deps: Deps): Promise<Recorded> {
  const statements = facts.map((fact) => ({ recordedBy, fact, nodes: nodesOf(fact) }));
  const { nodeIds, recorded } = await inTransaction(deps.pool, async (db) => {
    const store = factStore(db);
    const ids = [...new Set(facts.map(({ id }) => id))];
    const known = await store.countStated(ids);
    return { nodeIds: await store.recordStated(statements), recorded: ids.length - known };
  });
  for (const nodeId of nodeIds) await foldNode(nodeId, deps);
  return { recorded, known: facts.length - recorded };
}
