import { randomUUID } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import type { Pool, PoolClient } from 'pg';
import type { Log } from '../log.js';
import type { Directory } from '../organisations/directory.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { type Person, personsOf } from '../register/identity.js';
import { nhsNode } from '../register/nodes.js';
import type { Site } from '../site.js';
import { type Closure, closureStore, reachable, type Settled } from '../store/closure.js';
import { entryStore } from '../store/entries.js';
import { ledgerStore } from '../store/ledger.js';
import { peopleStore } from '../store/people.js';
import { type Named, personKeyStore } from '../store/person-keys.js';
import { rebuildStore } from '../store/rebuild.js';
import { inTransaction } from '../store/transaction.js';
import { foldedWithToday } from './folded-with.js';
import { openChargesOf } from './open-charges.js';
import { afterSenders, fewOf, inHalves, turn } from './pace.js';
import { directoryFor } from './postcodes.js';
import { stopwatch, type Took } from './took.js';
import { type NewVersion, newVersions } from './versions.js';

export type FoldDeps = { pool: Pool; site: Site; directory: Directory; now: () => Date; today: () => Day };

export type ToDeliver = { personKey: string; body: string };

type FoldOn = FoldDeps & {
  /** Only who was due by then. */
  since?: string;
  /** The service ends: what has begun is finished, and nothing else begun. */
  stop?: AbortSignal;
  deliver: (deliveries: readonly ToDeliver[]) => void;
  traced?: ((versions: readonly ToDeliver[], took: Took) => void) | undefined;
  log: Log;
};

/** Nodes: most people have two. */
const AT_ONCE = 240;

/** Folds everybody of whom something is said that has not been folded, until nobody is left. */
export async function foldDue(deps: FoldOn): Promise<void> {
  const people = peopleStore(deps.pool);
  while (!deps.stop?.aborted && !(await rebuildStore(deps.pool).isReading())) {
    await afterSenders();
    const free = await people.freeDueNodeIds(fewOf(AT_ONCE), deps.since);
    // Whoever is left is in somebody else's hands: it is waited for.
    const due = free.length > 0 ? free : await people.dueNodeIds(fewOf(AT_ONCE), deps.since);
    if (due.length === 0) return;
    const took = stopwatch();
    // Nobody is in both halves: one would wait for the other.
    const persons = await reachable(deps.pool, due);
    const versions = await inHalves(persons, (half) => foldEach(half.flat(), deps));
    deps.traced?.(versions, took());
    deps.deliver(versions);
    await turn();
  }
}

/** Whoever else folds waits for a part and no longer: a file may concern thousands. */
export async function foldInParts(nodeIds: readonly string[], deps: FoldDeps): Promise<void> {
  for (let at = 0; at < nodeIds.length; at += AT_ONCE) {
    const persons = await reachable(deps.pool, nodeIds.slice(at, at + AT_ONCE));
    await foldNodes(persons.flat(), deps);
  }
}

/** Together; when that fails, each by itself, so that one person whom a defect of ours stops holds up nobody else. */
async function foldEach(nodeIds: readonly string[], deps: FoldOn): Promise<ToDeliver[]> {
  try {
    return await foldNodes(nodeIds, deps);
  } catch (error) {
    if (isAboutDatabase(error)) throw error;
    deps.log.warn('a batch could not be folded and is folded one by one', { count: nodeIds.length, error });
  }
  const deliveries: ToDeliver[] = [];
  for (const nodeId of nodeIds) {
    try {
      deliveries.push(...(await foldNodes([nodeId], deps)));
    } catch (error) {
      if (isAboutDatabase(error)) throw error;
      // Throws when it was the database after all, which nobody is to be blamed for.
      await inTransaction(deps.pool, (db) => closureStore(db).postpone(nodeId));
      deps.log.error('a person could not be folded and is tried again later', { nodeRow: nodeId, error });
    }
  }
  return deliveries;
}

/** An SQLSTATE that is not about data (21 to 23, 54), or a name of the system's: another time it may go well. */
export const isAboutDatabase = (error: unknown): boolean =>
  isNativeError(error) && 'code' in error && /^(?!2[123]|54)[0-9A-Z]{5}$|^E[A-Z]{3,}$/.test(String(error.code));

/**
 * Folds every person whom these nodes may concern, in one transaction that holds all their nodes, and appends a version
 * to the ledger for each body whose content differs. Nodes that are not due are left alone. Returns what is now to be
 * delivered.
 */
export function foldNodes(nodeIds: readonly string[], deps: FoldDeps): Promise<ToDeliver[]> {
  return inTransaction(deps.pool, async (db) => {
    if (await rebuildStore(db).isReading()) return [];
    const closures = await closureStore(db).lock(nodeIds);
    const due = closures.filter(({ nodes }) => nodes.some((node) => node.due));
    return due.length === 0 ? [] : foldClosures(due, deps, db);
  });
}

type Folded = { person: Person; key: string; merged: string[]; entry: Entry };

/** What a fold makes of some closures: entries, and versions for the ledger. Nothing of it is written yet. */
export type FoldResult = {
  closures: readonly Closure[];
  people: Folded[];
  before: string[];
  versions: NewVersion[];
  /** By what they were folded. */
  foldedWith: string;
};

/** The caller holds the nodes of these closures. */
export const foldClosures = async (
  closures: readonly Closure[],
  deps: FoldDeps,
  db: PoolClient,
): Promise<ToDeliver[]> => keepFold(await foldOf(closures, deps, db), db);

/** Writes no more than keys of persons who had none. `before`: the keys that had an entry. */
export async function foldOf(closures: readonly Closure[], deps: FoldDeps, db: PoolClient): Promise<FoldResult> {
  const directory = await directoryFor(factsIn(closures), deps.directory, db);
  const people = await foldPeople(closures, { ...deps, directory }, db);
  const before = closures.flatMap(({ nodes }) => nodes.flatMap(({ personKey }) => personKey ?? []));
  const told = [
    ...people.map(({ key, merged, entry }) => ({ keys: [key, ...merged] as const, entry })),
    ...goneFrom(before, people).map((key) => ({ keys: [key] as const, entry: null })),
  ];
  const versions = await newVersions(told, deps, ledgerStore(db));
  return { closures, people, before, versions, foldedWith: foldedWithToday({ site: deps.site, directory }) };
}

/** Belongs into the transaction in which the fold was made. Returns what is now to be delivered. */
export async function keepFold(
  { closures, people, before, versions, foldedWith }: FoldResult,
  db: PoolClient,
): Promise<ToDeliver[]> {
  const living = new Set(people.map(({ key }) => key));
  const learntAt = learntAtIn(closures);
  const entries = entryStore(db);
  await entries.remove([...before, ...people.flatMap(({ merged }) => merged)].filter((key) => !living.has(key)));
  await entries.save(
    people.map(({ person, key, entry }) => {
      const charges = openChargesOf(entry, person.facts);
      return { personKey: key, entry, foldedWith, askedSince: askedSince(entry, person, learntAt), charges };
    }),
  );
  await ledgerStore(db).publish(versions);
  await closureStore(db).settle(settledBy(closures, people));
  return versions.map(({ personKey, body }) => ({ personKey, body }));
}

/** Those of whom nothing is left that anybody said; who was merged goes on as another. */
function goneFrom(before: readonly string[], people: readonly Folded[]): string[] {
  const going = new Set(people.flatMap(({ key, merged }) => [key, ...merged]));
  return [...new Set(before)].filter((key) => !going.has(key));
}

async function foldPeople(closures: readonly Closure[], deps: FoldDeps, db: PoolClient): Promise<Folded[]> {
  const persons: Person[] = [];
  for (const { facts } of closures) persons.push(...personsOf(facts.map(({ fact }) => fact)));
  const keys = await personKeyStore(db).keysFor(persons.map(namedBy), randomUUID);
  const people: Folded[] = [];
  for (const [at, person] of persons.entries()) {
    const { key = '', merged = [] } = keys[at] ?? {};
    const entry = fold(person, deps.directory, deps.site, deps.today());
    people.push({ person, key, merged, entry });
    await turn();
  }
  return people;
}

const factsIn = (closures: readonly Closure[]): Fact[] =>
  closures.flatMap(({ facts }) => facts.map(({ fact }) => fact));

/** When each fact was first learnt, by its id. */
function learntAtIn(closures: readonly Closure[]): Map<string, number> {
  const learnt = new Map<string, number>();
  for (const { fact, learntAt } of closures.flatMap(({ facts }) => facts)) {
    learnt.set(fact.id, Math.min(learnt.get(fact.id) ?? Infinity, learntAt.getTime()));
  }
  return learnt;
}

/** A question is open since the last of the facts that it rests on was learnt; one that names none rests on them all. */
function askedSince({ questions }: Entry, person: Person, learntAt: ReadonlyMap<string, number>): Map<string, Date> {
  const all = person.facts.map(({ id }) => id);
  return new Map(
    questions.map(({ id, facts }) => {
      const learnt = (facts.length > 0 ? facts : all).flatMap((fact) => learntAt.get(fact) ?? []);
      return [id, new Date(Math.max(0, ...learnt))];
    }),
  );
}

export const namedBy = ({ nhsNumber, nodes: [first = '', ...nodes] }: Person): Named => ({
  number: nhsNumber === null ? null : nhsNode(nhsNumber),
  nodes: [first, ...nodes],
});

/** Nodes of which nothing is left that anybody said answer to nobody. */
function settledBy(closures: readonly Closure[], people: readonly Folded[]): Settled[] {
  const keyOf = new Map(people.flatMap(({ person, key }) => person.nodes.map((node) => [node, key] as const)));
  return closures.flatMap(({ nodes }) =>
    nodes.map(({ id, node }) => ({ nodeId: id, personKey: keyOf.get(node) ?? null })),
  );
}
