import type { Pool } from 'pg';
import type { Directory } from '../organisations/directory.js';
import { londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { fold } from '../register/fold.js';
import type { Person } from '../register/identity.js';
import { nhsNode, nodesOf } from '../register/nodes.js';
import type { Original } from '../seal/originals.js';
import type { Site } from '../site.js';
import { closureStore, type Node } from '../store/closure.js';
import { evidenceStore, type Listed } from '../store/evidence.js';
import { originalStore } from '../store/originals.js';
import { parkedStore } from '../store/parked.js';
import { peopleStore } from '../store/people.js';
import { personKeyStore } from '../store/person-keys.js';
import { inTransaction } from '../store/transaction.js';
import { daysKnown, type KnownDay, type Learnt, personOf } from './known.js';
import { directoryFor } from './postcodes.js';
import { vanishedPerson } from './vanished.js';
import { ofWholeRegister } from './whole-register.js';

type Deps = { pool: Pool; site: Site; directory: Directory; now: () => Date };

/** Everything that is kept of one person, with the originals that it rests on. */
export type Gathered = {
  personKeys: [string, ...string[]];
  entry: Entry;
  /** Also what a later reading or a withdrawal has taken back; in the order in which it was learnt. */
  learnt: Learnt[];
  known: KnownDay[];
  originals: Original[];
  listed: Listed[];
};

/**
 * `unknown`: nobody said anything of this number; `parked` messages name it that nobody could read. `not-folded`: something was said just now, and is not in the register
 * yet.
 */
export type Gathering =
  | { kind: 'gathered'; gathered: Gathered }
  | { kind: 'unknown'; parked: string[] }
  | { kind: 'not-folded' };

/** What the register keeps of the person who answers to an NHS number, also a retired one. Nothing is written. */
export const gather = (nhsNumber: string, deps: Deps): Promise<Gathering> =>
  ofWholeRegister(deps.pool, () => gatherAll(nhsNumber, deps));

async function gatherAll(nhsNumber: string, deps: Deps): Promise<Gathering> {
  const { pool, now } = deps;
  const node = nhsNode(nhsNumber);
  const nodeId = await peopleStore(pool).nodeId(node);
  const closure = nodeId === null ? null : await inTransaction(pool, (db) => closureStore(db).read(nodeId));
  const nodes = closure?.nodes ?? [];
  const standing = closure && personOf(nhsNumber, closure.facts);
  const own = nodes.filter((each) => standing?.nodes.includes(each.node));
  const key =
    own.find(({ personKey }) => personKey !== null)?.personKey ??
    (standing ? null : (await personKeyStore(pool).keysGiven([node])).get(node));
  if (!key && standing) return { kind: 'not-folded' };
  if (!key) return { kind: 'unknown', parked: await parkedStore(pool).naming([node]) };

  const mentions = await evidenceStore(pool).mentions(nodes.map(({ id }) => id));
  const learnt = await learntFrom(mentions, pool);
  const person = standing ?? vanishedFrom(nhsNumber, learnt, nodes);
  const today = londonDay(now().toISOString());
  const ownNodes = new Set(nodes.flatMap(({ id, node: name }) => (person.nodes.includes(name) ? [id] : [])));
  const parked = (await parkedStore(pool).naming(person.nodes)).map((id): Named => ({ kind: 'message', id }));
  const named = [...mentions.filter(({ nodeId }) => ownNodes.has(nodeId)), ...parked];
  const personKeys = await keysOf(key, pool);
  const facts = [...person.facts, ...learnt.map(({ fact }) => fact)];
  const by = { ...deps, directory: await directoryFor(facts, deps.directory, pool) };
  return {
    kind: 'gathered',
    gathered: {
      personKeys,
      entry: fold(person, by.directory, by.site, today),
      learnt: learntOf(person, learnt),
      known: numbersOf(nhsNumber, person).flatMap((each) => [...daysKnown(each, learnt, today, by)]),
      ...(await originalsOf(named, personKeys, pool)),
    },
  };
}

/** By the identifiers that readings of then gave to the number, where they are nobody else's today. */
function vanishedFrom(nhsNumber: string, learnt: readonly Learnt[], nodes: readonly Node[]): Person {
  const others = new Set(nodes.flatMap(({ node, personKey }) => (personKey === null ? [] : [node])));
  const known = personOf(nhsNumber, learnt)?.nodes.filter((node) => !others.has(node)) ?? [];
  return vanishedPerson([...new Set([nhsNode(nhsNumber), ...known])]);
}

const numbersOf = (asked: string, { nhsNumber, formerNhsNumbers }: Person): string[] => [
  ...new Set([...(nhsNumber === null ? [] : [nhsNumber]), ...formerNhsNumbers, asked]),
];

async function keysOf(key: string, pool: Pool): Promise<[string, ...string[]]> {
  const others = (await personKeyStore(pool).keysUnder(key)).filter((each) => each !== key);
  return [key, ...others];
}

type Named = { kind: 'message' | 'stated-fact'; id: string };

const idsOf = (named: readonly Named[], kind: Named['kind']): string[] => [
  ...new Set(named.filter((each) => each.kind === kind).map(({ id }) => id)),
];

/** Every reading of every message, each until the next one of the same message, and everything stated. */
async function learntFrom(named: readonly Named[], pool: Pool): Promise<Learnt[]> {
  const store = evidenceStore(pool);
  const readings = await store.readings(idsOf(named, 'message'));
  const newer = new Map<string, Date>();
  const told: Learnt[][] = [];
  for (const { messageId: id, learntAt, facts } of readings.toReversed()) {
    const until = newer.get(id) ?? null;
    newer.set(id, learntAt);
    told.unshift(facts.map((fact) => ({ fact, learntAt, until, from: { kind: 'message', id } })));
  }
  const stated = (await store.statements(idsOf(named, 'stated-fact'))).map(
    ({ id, learntAt, fact }): Learnt => ({ fact, learntAt, until: null, from: { kind: 'stated-fact', id } }),
  );
  return [...told.flat(), ...stated].sort((a, b) => a.learntAt.getTime() - b.learntAt.getTime());
}

/** What is the person's by today's reading, and what an older reading of a message said of the same identifiers. */
function learntOf({ facts, nodes }: Person, learnt: readonly Learnt[]): Learnt[] {
  const ids = new Set(facts.map(({ id }) => id));
  const own = new Set(nodes);
  return learnt.filter(
    ({ fact, until }) => ids.has(fact.id) || (until !== null && nodesOf(fact).every((node) => own.has(node))),
  );
}

async function originalsOf(named: readonly Named[], personKeys: readonly string[], pool: Pool) {
  const [store, originals] = [evidenceStore(pool), originalStore(pool)];
  const { versions, attempts } = await store.told(personKeys);
  const messages = idsOf(named, 'message');
  const subjects = [...personKeys, ...messages.map((id) => `message:${id}`), ...versions.map((id) => `delivery:${id}`)];
  return {
    originals: [
      ...(await originals.read('message', messages)),
      ...(await originals.read('stated-fact', idsOf(named, 'stated-fact'))),
      ...(await originals.read('version', versions)),
      ...(await originals.read('attempt', attempts)),
      ...(await originals.read('look', await store.looks(subjects))),
    ],
    listed: await store.listed(personKeys),
  };
}
