import type { PoolClient } from 'pg';
import type { StatedFact } from '../register/fact.js';
import { nodesOf } from '../register/nodes.js';
import { factStore } from '../store/facts.js';

/** What a file or a register says, as stated facts; those that were recorded before are no news. */
export const recordAll = (facts: readonly StatedFact[], recordedBy: string, db: PoolClient) =>
  factStore(db).recordStated(facts.map((fact) => ({ recordedBy, fact, nodes: nodesOf(fact) })));
