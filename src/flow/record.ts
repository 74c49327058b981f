import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PoolClient } from 'pg';
import { Fault } from '../fault.js';
import type { StatedFact } from '../register/fact.js';
import { withdrawalsAmong } from '../register/history.js';
import { nodesOf } from '../register/nodes.js';
import { type AuditLine, auditStore } from '../store/audit.js';
import { asStored, factStore } from '../store/facts.js';
import { peopleStore } from '../store/people.js';
import { personKeyStore } from '../store/person-keys.js';
import { statementStore } from '../store/statements.js';
import { type Db, inTransaction } from '../store/transaction.js';
import { type FoldDeps, foldInParts } from './fold.js';
import type { Hint } from './hints.js';
import { hintsFor } from './without-effect.js';

/** A fact that counts for nothing, with the ids of the withdrawals that took it away before: until they are withdrawn. */
export type Withdrawn = { fact: string; by: string[] };

/** `role`: as what they work who record; as an officer, where nothing else is said. */
type Deps = FoldDeps & { role?: string };

/** `knownIds`: of the facts that were recorded before. */
export type Recorded = {
  recorded: number;
  known: number;
  knownIds: ReadonlySet<string>;
  withdrawn: Withdrawn[];
  hints: Hint[];
};

/**
 * Records what people state, all of it or nothing, and folds whom it concerns at once, so that the register answers
 * also while no service runs. A fact that was recorded before, by id or by content, is known and changes nothing.
 */
export async function recordFacts(facts: readonly StatedFact[], recordedBy: string, deps: Deps): Promise<Recorded> {
  const statements = facts.map((fact) => ({ recordedBy, fact, nodes: nodesOf(fact) }));
  const ids = [...new Set(facts.map(({ id }) => id.toLowerCase()))];
  const { nodeIds, added } = await inTransaction(deps.pool, async (db) => {
    const store = factStore(db);
    const done = await store.recordStated(statements);
    // Only now: another process may have stated the same ids at this moment, and the insertion has waited for it.
    refuseOtherContent(facts, await store.statedBefore(ids));
    const unique = [...new Map(facts.map((fact) => [fact.id.toLowerCase(), fact])).values()];
    const news = unique.filter(({ id }) => done.added.has(id.toLowerCase()));
    await auditRecorded(news, { who: recordedBy, role: deps.role ?? 'officer' }, db);
    return done;
  });
  await foldInParts(nodeIds, deps);
  const recorded = added.size;
  const knownIds = new Set(ids.filter((id) => !added.has(id)));
  const hints = await inTransaction(deps.pool, (db) => hintsFor(facts, deps, db));
  const withdrawn = await withdrawnOf(facts, deps.pool);
  return { recorded, known: facts.length - recorded, knownIds, withdrawn, hints };
}

/**
 * Which of these facts counts for nothing, because it was withdrawn before, under this id or with this content. What the
 * same facts withdraw is meant so.
 */
export async function withdrawnOf(facts: readonly StatedFact[], db: Db): Promise<Withdrawn[]> {
  const stated = await statementStore(db).ofPeople([...new Set(facts.flatMap((fact) => nodesOf(fact)))]);
  if (!stated.some(({ kind }) => kind === 'withdrawn')) return [];
  const given = new Set(facts.map(({ id }) => id.toLowerCase()));
  const withdrawalsOf = withdrawalsAmong(stated);
  return facts.flatMap((fact) => {
    const by = withdrawalsOf(fact);
    return by.length === 0 || by.some((id) => given.has(id.toLowerCase())) ? [] : [{ fact: fact.id, by }];
  });
}

/** In the transaction of the facts: none of them is there without a line that says who recorded it of whom. */
async function auditRecorded(facts: readonly StatedFact[], by: { who: string; role: string }, db: PoolClient) {
  const keys = await keysOf(facts, db);
  const lines = facts.map((fact): AuditLine => {
    const reason = fact.kind.replace(/-stated$/, '').replaceAll('-', ' ');
    return { ...by, action: 'fact-recorded', subject: keys.get(nodeOf(fact)) ?? `fact:${fact.id}`, reason };
  });
  await auditStore(db).recordAll(lines);
}

const nodeOf = (fact: StatedFact): string => nodesOf(fact)[0] ?? '';

/** Whose each is, also while a rebuild has nobody folded; the first fact of a number gives the key that the fold takes. */
async function keysOf(facts: readonly StatedFact[], db: PoolClient): Promise<Map<string, string>> {
  const nodes = [...new Set(facts.map(nodeOf))];
  const personKeys = personKeyStore(db);
  const keys = new Map([...(await personKeys.keysGiven(nodes)), ...(await peopleStore(db).keysOf(nodes))]);
  for (const fact of facts) {
    const node = nodeOf(fact);
    if (fact.nhsNumber !== null && !keys.has(node)) keys.set(node, await personKeys.keyOfNode(node, randomUUID));
  }
  return keys;
}

/** An id is one fact's for ever: to say something else, withdraw it and state another. */
function refuseOtherContent(facts: readonly StatedFact[], recorded: readonly StatedFact[]): void {
  const rows = new Map(recorded.map((fact) => [fact.id.toLowerCase(), fact]));
  const other = facts.find((fact) => {
    const held = rows.get(fact.id.toLowerCase());
    return held !== undefined && !isDeepStrictEqual({ ...held, id: '' }, { ...asStored(fact), id: '' });
  });
  if (!other) return;
  throw new Fault({
    code: 'usage',
    where: `fact ${other.id}`,
    text: 'nothing was recorded: this id was recorded before with other content',
    next: 'withdraw the earlier fact and state this one under an id of its own',
  });
}
