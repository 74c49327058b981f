import type { PoolClient } from 'pg';
import type { Mappings } from '../interpret/mappings.js';
import { type Mistake, readStatedFact, readStatedFacts } from '../interpret/stated.js';
import type { Entry } from '../register/entry.js';
import type { LocalId, StatedFact } from '../register/fact.js';
import { nodesOf } from '../register/nodes.js';
import { closureStore } from '../store/closure.js';
import { factStore } from '../store/facts.js';
import { ledgerStore, type Publication } from '../store/ledger.js';
import { peopleStore } from '../store/people.js';
import { rebuildStore } from '../store/rebuild.js';
import { inRehearsal, type PersonEntry, replayStore } from '../store/replay.js';
import { type FoldDeps, foldClosures, type ToDeliver } from './fold.js';
import { recordFacts, withdrawnOf } from './record.js';
import { hintsFor } from './without-effect.js';

export { type Mistake, statedSchema } from '../interpret/stated.js';

type Deps = FoldDeps & { mappings: Mappings; role?: string };

/**
 * One fact that is recorded now; `known`: it was before. `withdrawnBy`: the withdrawals for which it does not count. No key while a rebuild keeps everybody
 * from being folded.
 */
export type StatedOne = {
  fact: StatedFact;
  known: boolean;
  withdrawnBy: string[];
  /** Why it does nothing yet. */
  hint: string | null;
  personKey: string | null;
};
export type Stated = { kind: 'stated'; facts: StatedOne[] };
type Wrong<M> = { kind: 'mistakes'; mistakes: M[] };

/**
 * Facts by people, NDJSON: all of it or nothing; a mistake is text that names its line.
 * Throws Fault `usage` where an id was recorded before with other content.
 */
export async function stateLines(
  ndjson: string | Uint8Array,
  recordedBy: string,
  deps: Deps,
): Promise<Stated | Wrong<string>> {
  const read = readStatedFacts(ndjson, deps.mappings.codes);
  return read.kind === 'mistakes' ? read : state(read.facts, recordedBy, deps);
}

/** One fact of a person, in the form of `contract.md`. `localIds` name a person who has no NHS number. */
export type Statement = { stated: object; localIds: readonly LocalId[] };

/** Records one fact, or says what is wrong with each field. */
export async function stateOne(
  { stated, localIds }: Statement,
  recordedBy: string,
  deps: Deps,
): Promise<Stated | Wrong<Mistake>> {
  const read = readStatedFact(stated, deps.mappings.codes, localIds);
  return read.kind === 'mistakes' ? read : state([read.fact], recordedBy, deps);
}

async function state(facts: readonly StatedFact[], recordedBy: string, deps: Deps): Promise<Stated> {
  const { knownIds, withdrawn, hints } = await recordFacts(facts, recordedBy, deps);
  const nodes = facts.map((fact) => nodesOf(fact)[0] ?? '');
  const isRepeated = ({ id }: StatedFact, at: number) => facts.findIndex((other) => other.id === id) < at;
  const keys = await peopleStore(deps.pool).keysOf(nodes);
  return {
    kind: 'stated',
    facts: facts.map((fact, at) => ({
      fact,
      known: knownIds.has(fact.id.toLowerCase()) || isRepeated(fact, at),
      withdrawnBy: withdrawn.find((each) => each.fact === fact.id)?.by ?? [],
      hint: hints.find(({ nth }) => nth === at + 1)?.text ?? null,
      personKey: keys.get(nodes[at] ?? '') ?? null,
    })),
  };
}

/** What would come of a fact: everybody whom it concerns, before and after, and the versions that bodies would be sent. */
export type Rehearsed = {
  kind: 'rehearsed';
  fact: StatedFact;
  known: boolean;
  /** The withdrawals for which it would not count. */
  withdrawnBy: string[];
  /** Why it would do nothing yet. */
  hint: string | null;
  before: PersonEntry[];
  after: PersonEntry[];
  versions: Publication[];
};

/** Records the fact, folds whom it concerns and looks, in a transaction that is undone. */
export async function rehearse(
  { stated, localIds }: Statement,
  deps: Deps,
): Promise<Rehearsed | Wrong<Mistake> | { kind: 'rebuilding' }> {
  const read = readStatedFact(stated, deps.mappings.codes, localIds);
  if (read.kind === 'mistakes') return read;
  if (await rebuildStore(deps.pool).isReading()) return { kind: 'rebuilding' };
  return inRehearsal(deps.pool, (db) => rehearseIn(db, read.fact, deps));
}

async function rehearseIn(db: PoolClient, fact: StatedFact, deps: Deps): Promise<Rehearsed> {
  const nodes = nodesOf(fact);
  const { nodeIds } = await replayStore(db).around({ names: nodes, periods: [], messageIds: [] });
  // What waits to be folded anyway is no difference that this fact makes.
  await foldDueOf(nodeIds, deps, db);
  const before = await replayStore(db).entriesOf(nodeIds);
  const known = (await factStore(db).statedBefore([fact.id])).length > 0;
  const { nodeIds: named } = await factStore(db).recordStated([{ recordedBy: 'rehearsal', fact, nodes }]);
  const all = [...new Set([...nodeIds, ...named])];
  const due = await foldDueOf(all, deps, db);
  const after = await replayStore(db).entriesOf(all);
  const withdrawnBy = (await withdrawnOf([fact], db)).flatMap(({ by }) => by);
  const [hint] = await hintsFor([fact], deps, db);
  const told = { fact, known, withdrawnBy, hint: hint?.text ?? null };
  return { kind: 'rehearsed', ...told, before, after, versions: await versionsFor(due, db) };
}

async function foldDueOf(nodeIds: readonly string[], deps: Deps, db: PoolClient): Promise<ToDeliver[]> {
  const closures = await closureStore(db).lock(nodeIds);
  const due = closures.filter(({ nodes }) => nodes.some((node) => node.due));
  return due.length === 0 ? [] : foldClosures(due, deps, db);
}

async function versionsFor(due: readonly ToDeliver[], db: PoolClient): Promise<Publication[]> {
  const latest = await ledgerStore(db).latest([...new Set(due.map(({ personKey }) => personKey))]);
  return latest.filter(({ personKey, body }) => due.some((each) => each.personKey === personKey && each.body === body));
}

/** Of several, the entry of this key. */
export const entryUnder = (people: readonly PersonEntry[], personKey: string): Entry | null =>
  people.find((person) => person.personKey === personKey)?.entry ?? null;
