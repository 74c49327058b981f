import type { Pool } from 'pg';
import { instantOf } from '../hl7v2/time.js';
import type { Directory } from '../organisations/directory.js';
import { addDays, type Day, type Instant } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { type Person, personsOf } from '../register/identity.js';
import { nhsNode } from '../register/nodes.js';
import { byTime, compare } from '../register/order.js';
import type { Site } from '../site.js';
import { type Closure, closureStore, type LearntFact } from '../store/closure.js';
import { parkedStore } from '../store/parked.js';
import { peopleStore } from '../store/people.js';
import { personKeyStore } from '../store/person-keys.js';
import { inTransaction } from '../store/transaction.js';
import { directoryFor } from './postcodes.js';
import { vanishedPerson } from './vanished.js';
import { ofWholeRegister } from './whole-register.js';

type Deps = { pool: Pool; site: Site; directory: Directory };

/** The day that is asked about, and up to when what we knew counts; `knownAt` null: everything known now. */
export type Then = { asOf: Day; knownAt: Date | null };

/** One fact of a person's history; `by` is the sender, or the organisation whose officer stated it. */
export type HistoryLine = {
  fact: Fact;
  learntAt: Instant;
  by: string;
  /** The message that said it first; null when a person stated it. */
  messageId: string | null;
  /** How often it was said: the tenth identical statement is the same fact. */
  times: number;
};

/** `parked`: messages that name the person and wait to be read. */
export type FoundPerson = { personKey: string | null; entry: Entry; history: HistoryLine[]; parked: string[] };

/** The last moment of a day in London: what was known by then was known on that day. */
export function endOfDay(day: Day): Date {
  const next = instantOf(addDays(day, 1).replaceAll('-', ''), 'Europe/London');
  if (next === null) throw new Error('a day after a day is a day');
  return new Date(Date.parse(next.instant) - 1);
}

/**
 * The person of an NHS number, also a retired one, as the facts make them on `then`: folded anew, nothing written.
 * Null when nothing was known. Throws Fault `rebuilding`, as does whatever else here answers from the register.
 */
export const lookUp = (nhsNumber: string, then: Then, deps: Deps): Promise<FoundPerson | null> =>
  ofWholeRegister(deps.pool, () => findPerson(nhsNumber, then, deps));

async function findPerson(nhsNumber: string, then: Then, deps: Deps): Promise<FoundPerson | null> {
  const node = nhsNode(nhsNumber);
  const id = await peopleStore(deps.pool).nodeId(node);
  const closure = id === null ? null : await readClosure(id, then, deps);
  const person = closure && personsIn(closure).find(({ nodes }) => nodes.includes(node));
  if (!closure || !person) return null;
  const entry = await entryOf(person, then, deps);
  const parked = await parkedStore(deps.pool).naming(person.nodes, then.knownAt);
  const given = await givenIn(closure, deps);
  return { personKey: keyOf(person, closure, given), entry, history: historyOf(person, closure), parked };
}

/** Messages that name somebody of whom nothing is known, and wait to be read. */
export const parkedNaming = (
  nhsNumber: string,
  { knownAt }: Pick<Then, 'knownAt'>,
  { pool }: Pick<Deps, 'pool'>,
): Promise<string[]> => ofWholeRegister(pool, () => parkedStore(pool).naming([nhsNode(nhsNumber)], knownAt));

const AT_ONCE = 200;

type EntryThen = { personKey: string; entry: Entry };

/** Everybody as the facts make them on `then`, one after the other, in the order of their keys. */
export async function* registerThen(then: Then, deps: Deps): AsyncGenerator<EntryThen> {
  let after: string | undefined;
  for (;;) {
    // By the ledger and not by the entries: who has vanished from the register since was in it then.
    const keys: string[] = await ofWholeRegister(deps.pool, () => personKeyStore(deps.pool).answering(AT_ONCE, after));
    for (const key of keys) yield* await personsUnder(key, then, deps);
    after = keys.at(-1);
    if (keys.length < AT_ONCE) return;
  }
}

/** One page looks through so many people at most: each is folded anew. */
const LOOKED_THROUGH = 500;

type PageThen = { after: string | undefined; limit: number; isAsked: (entry: Entry) => boolean };

/**
 * A page of the register as the facts make it on `then`: at least `limit` people who are asked for, or those among the
 * next `LOOKED_THROUGH`. `nextAfter`: go on after this key; null when everybody was looked at.
 */
export const registerPageThen = (then: Then, page: PageThen, deps: Deps): Promise<FoundThen> =>
  ofWholeRegister(deps.pool, () => findPageThen(then, page, deps));

type FoundThen = { people: EntryThen[]; nextAfter: string | null };

async function findPageThen(then: Then, { after, limit, isAsked }: PageThen, deps: Deps): Promise<FoundThen> {
  const keys = await personKeyStore(deps.pool).answering(LOOKED_THROUGH, after);
  const people: EntryThen[] = [];
  for (const [at, key] of keys.entries()) {
    people.push(...(await personsUnder(key, then, deps)).filter(({ entry }) => isAsked(entry)));
    const isLast = at === keys.length - 1 && keys.length < LOOKED_THROUGH;
    if (people.length >= limit) return { people, nextAfter: isLast ? null : key };
  }
  return { people, nextAfter: keys.length < LOOKED_THROUGH ? null : (keys.at(-1) ?? null) };
}

/** What was known of one person, and the entry that it made. */
export type PersonThen = { personKey: string; entry: Entry; facts: LearntFact[] };

/** Those who answer to this key today, as the facts make them on `then`: who is one person today may have been several. */
export async function personsUnder(personKey: string, then: Then, deps: Deps): Promise<PersonThen[]> {
  const closure = await closureUnder(personKey, then, deps);
  if (!closure) return [];
  const given = await givenIn(closure, deps);
  const learnt = new Map<Fact, LearntFact>(closure.facts.map((each) => [each.fact, each]));
  const people: PersonThen[] = [];
  for (const person of personsIn(closure).filter((each) => keyOf(each, closure, given) === personKey)) {
    const facts = person.facts.flatMap((fact) => learnt.get(fact) ?? []);
    people.push({ personKey, entry: await entryOf(person, then, deps), facts });
  }
  return people;
}

/** What the register says of somebody by a key today; of whom nothing is left that anybody says, that nothing is known. */
export async function underKey(personKey: string, asOf: Day, deps: Deps): Promise<PersonThen> {
  const then = { asOf, knownAt: null };
  const [person] = await personsUnder(personKey, then, deps);
  if (person) return person;
  const gone = vanishedPerson(await personKeyStore(deps.pool).anchorsOf(personKey));
  return { personKey, entry: await entryOf(gone, then, deps), facts: [] };
}

/** Whoever was folded has the key there: the ledger is asked only of the others. */
const givenIn = async ({ nodes }: Closure, { pool }: Deps): Promise<ReadonlyMap<string, string>> =>
  personKeyStore(pool).keysGiven(nodes.filter(({ personKey }) => personKey === null).map(({ node }) => node));

/** By a node that answers to the key; where none does any more, by one for which it was given. */
async function closureUnder(personKey: string, then: Then, deps: Deps): Promise<Closure | null> {
  const [node] = await peopleStore(deps.pool).nodeIdsOf([personKey]);
  if (node !== undefined) return readClosure(node, then, deps);
  for (const anchor of await personKeyStore(deps.pool).anchorsOf(personKey)) {
    const id = await peopleStore(deps.pool).nodeId(anchor);
    if (id !== null) return readClosure(id, then, deps);
  }
  return null;
}

const readClosure = (nodeId: string, { knownAt }: Then, { pool }: Deps): Promise<Closure | null> =>
  inTransaction(pool, (db) => closureStore(db).read(nodeId, knownAt));

const personsIn = ({ facts }: Closure): Person[] => personsOf(facts.map(({ fact }) => fact));

const entryOf = async (person: Person, { asOf }: Then, { pool, directory, site }: Deps): Promise<Entry> =>
  fold(person, await directoryFor(person.facts, directory, pool), site, asOf);

/**
 * Today's key of whoever has the first of these identifiers that has been folded; of somebody of whom nothing is left,
 * the key that was `given` once. Null when none was.
 */
function keyOf({ nodes }: Person, closure: Closure, given: ReadonlyMap<string, string>): string | null {
  const keys = new Map(closure.nodes.map(({ node, personKey }) => [node, personKey]));
  const folded = nodes.map((node) => keys.get(node) ?? null).find((key) => key !== null) ?? null;
  return folded ?? nodes.map((node) => given.get(node)).find((key) => key !== undefined) ?? null;
}

/** In the order of when it was true. */
function historyOf({ facts }: Person, closure: Closure): HistoryLine[] {
  const learnt = new Map<Fact, LearntFact>(closure.facts.map((each) => [each.fact, each]));
  const said = new Map<string, LearntFact[]>();
  for (const fact of facts) {
    const found = learnt.get(fact);
    if (found) said.set(fact.id, [...(said.get(fact.id) ?? []), found]);
  }
  const lines = [...said.values()].flatMap((times): HistoryLine[] => {
    const [first] = times.toSorted((a, b) => a.learntAt.getTime() - b.learntAt.getTime());
    if (!first) return [];
    const { fact, messageId } = first;
    const by = fact.source.by === 'message' ? fact.source.sender : fact.source.statedBy.organisation;
    return [{ fact, learntAt: first.learntAt.toISOString(), by, messageId, times: times.length }];
  });
  return lines.sort(({ fact: a }, { fact: b }) => byTime(a.effectiveAt, b.effectiveAt) || compare(a.id, b.id));
}
