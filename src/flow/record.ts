import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../fault.js';
import type { StatedFact } from '../register/fact.js';
import { nodesOf } from '../register/identity.js';
import { factStore } from '../store/facts.js';
import { inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldNodes } from './fold.js';

/** `knownIds`: of the facts that were recorded before. */
export type Recorded = { recorded: number; known: number; knownIds: ReadonlySet<string> };

/**
 * Records what people state, all of it or nothing, and folds whom it concerns at once, so that the register answers
 * also while no service runs. A fact that was recorded before, by id or by content, is known and changes nothing.
 */
export async function recordFacts(facts: readonly StatedFact[], recordedBy: string, deps: FoldDeps): Promise<Recorded> {
  const statements = facts.map((fact) => ({ recordedBy, fact, nodes: nodesOf(fact) }));
  const { nodeIds, recorded, knownIds } = await inTransaction(deps.pool, async (db) => {
    const store = factStore(db);
    const ids = [...new Set(facts.map(({ id }) => id))];
    const known = await store.statedBefore(ids);
    refuseOtherContent(facts, known);
    const knownIds = new Set(known.map(({ id }) => id));
    return { nodeIds: await store.recordStated(statements), recorded: ids.length - known.length, knownIds };
  });
  if (nodeIds.length > 0) await foldNodes(nodeIds, deps);
  return { recorded, known: facts.length - recorded, knownIds };
}

/** An id is one fact's for ever: to say something else, withdraw it and state another. */
function refuseOtherContent(facts: readonly StatedFact[], known: readonly StatedFact[]): void {
  const before = new Map(known.map((fact) => [fact.id, fact]));
  const other = facts.find((fact) => {
    const held = before.get(fact.id.toLowerCase());
    return held !== undefined && !isDeepStrictEqual({ ...held, id: '' }, { ...fact, id: '' });
  });
  if (!other) return;
  throw new Fault({
    code: 'usage',
    where: `fact ${other.id}`,
    text: 'nothing was recorded: this id was recorded before with other content',
    next: 'withdraw the earlier fact and state this one under an id of its own',
  });
}
