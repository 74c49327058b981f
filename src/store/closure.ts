import type { PoolClient } from 'pg';
import type { Fact, MessageFact, StatedFact } from '../register/fact.js';
import { type CompactFacts, expandFacts } from './compact-facts.js';
import { besideOthers } from './rebuild.js';
import { recordedOn } from './statements.js';
import type { Db } from './transaction.js';

export type Node = { id: string; node: string; personKey: string | null; due: boolean };

/** A fact and when we learnt it: interpreted, or recorded. */
export type LearntFact = { fact: Fact; learntAt: Date; messageId: string | null };

/**
 * Everything that may concern one person: nodes reachable from each other through statements that name several, or that
 * tell several of one period. Who is one person is decided from the facts.
 */
export type Closure = { nodes: Node[]; facts: LearntFact[] };

/** The same with its facts as the text that they are kept in. Taking them out of it is left to whoever folds them. */
export type UnreadClosure = { nodes: Node[]; read(): LearntFact[] };

export type Settled = { nodeId: string; personKey: string | null };

/** Each function belongs into its caller's transaction. */
export function closureStore(db: PoolClient) {
  return {
    /**
     * The closures of these nodes, each once, their nodes locked until the end of the transaction. With whole closures, as
     * `reachable` finds them, it asks least.
     */
    async lock(nodeIds: readonly string[]): Promise<Closure[]> {
      await besideOthers(db);
      const { parts, nodes } = await lockReachable(db, nodeIds);
      return closuresOf(parts, nodes, await factsOf(db, idsOf(nodes), null)).map(read);
    },

    /** The closure of one node without a lock, to look at; with `knownAt` only what was known at that moment. */
    async read(nodeId: string, knownAt: Date | null = null): Promise<Closure | null> {
      const parts = await reachable(db, [nodeId]);
      const nodes = await nodesOf(db, parts.flat(), 'look');
      const [closure] = closuresOf(parts, nodes, await factsOf(db, idsOf(nodes), knownAt));
      return closure ? read(closure) : null;
    },

    /** The closures of these nodes without locks, for a fold that is not kept. */
    async look(nodeIds: readonly string[]): Promise<Closure[]> {
      return (await this.lookAt(await reachable(db, nodeIds))).map(read);
    },

    /** The same of closures that `reachable` has just found: to find them again would be half the work. */
    async lookAt(parts: readonly string[][]): Promise<UnreadClosure[]> {
      await besideOthers(db);
      const nodes = await nodesOf(db, parts.flat(), 'look');
      return closuresOf(parts, nodes, await factsOf(db, idsOf(nodes), null));
    },

    /** These nodes are folded: they answer to their person's key and are no longer due. */
    async settle(settled: readonly Settled[]): Promise<void> {
      await db.query({
        name: 'closure-settle',
        text: `update nodes n
                  set person_key = t.person_key, due_since = null, waits_since = null
                 from unnest($1::bigint[], $2::uuid[]) as t (id, person_key)
                where n.id = t.id`,
        values: [settled.map(({ nodeId }) => nodeId), settled.map(({ personKey }) => personKey)],
      });
    },

    /** What could not be folded is tried again after a minute, so that it holds up nobody else meanwhile. */
    async postpone(nodeId: string): Promise<void> {
      await db.query(
        `update nodes
            set due_since = now() + interval '1 minute', waits_since = coalesce(waits_since, due_since)
          where id = $1
            and due_since is not null`,
        [nodeId],
      );
    },
  };
}

/** The node ids of each closure. */
type Parts = string[][];

/**
 * Nodes are locked in id order. When another writer made a closure larger before we had it, the locks are given back and
 * taken again in order: two folds that grow towards each other wait, and never in a ring.
 */
async function lockReachable(db: PoolClient, nodeIds: readonly string[]): Promise<{ parts: Parts; nodes: Node[] }> {
  let ids = nodeIds;
  for (;;) {
    await db.query('savepoint closure');
    const nodes = await nodesOf(db, ids, 'lock');
    // What was committed while we waited may join what was apart, so only what is read under the locks counts.
    const parts = await reachable(db, nodeIds);
    const locked = new Set(idsOf(nodes));
    if (parts.flat().every((id) => locked.has(id))) return { parts, nodes };
    const more = parts.flat();
    // A row that names what is not there: to take the locks again would never end.
    if (more.every((id) => ids.includes(id))) throw new Error('a node that is named is not there');
    await db.query('rollback to savepoint closure');
    ids = more;
  }
}

/** Step by step from nodes to those they are named with: most people are whole after the first. */
export async function reachable(db: Db, nodeIds: readonly string[]): Promise<Parts> {
  const seen = new Set(nodeIds);
  const together: string[][] = [];
  for (let next = [...seen]; next.length > 0; ) {
    const named = await namedWith(db, next);
    together.push(...named);
    next = [...new Set(named.flat())].filter((id) => !seen.has(id));
    for (const id of next) seen.add(id);
  }
  return connectedParts(together);
}

/**
 * For each of these nodes that exists: itself, and those that a statement names beside it or has given the same period. In
 * id order, however the database plans it.
 */
async function namedWith(db: Db, nodeIds: readonly string[]): Promise<string[][]> {
  const { rows } = await db.query<{ ids: string[] }>({
    name: 'closure-named-with',
    text: `with named (id, other) as (
             select a.node_id, b.node_id
               from mentions a
               join mentions b on b.message_id = a.message_id
              where a.node_id = any ($1::bigint[]) and a.message_id is not null
              union
             select a.node_id, b.node_id
               from mentions a
               join mentions b on b.stated_id = a.stated_id
              where a.node_id = any ($1::bigint[]) and a.stated_id is not null
              union
             select a.node_id, b.node_id
               from told_periods a
              cross join lateral (
                    select node_id
                      from told_periods
                     where period = a.period
                     order by node_id
                     limit $2
                    ) b
              where a.node_id = any ($1::bigint[])
           )
           select array[n.id] || array_remove(array_agg(named.other), null) as ids
             from nodes n
             left join named on named.id = n.id
            where n.id = any ($1::bigint[])
            group by n.id
            order by n.id`,
    values: [nodeIds, SHARING],
  });
  return rows.map(({ ids }) => ids);
}

/**
 * Names that tell whether a period is told of one person, of two, or of so many that its number says nothing: who has
 * more is folded with the first of them, and not with everybody who was ever detained.
 */
const SHARING = 20;

function connectedParts(together: readonly string[][]): Parts {
  const parts = new Map<string, Set<string>>();
  for (const ids of together) {
    const whole = new Set(ids);
    for (const id of ids) for (const other of parts.get(id) ?? []) whole.add(other);
    for (const id of whole) parts.set(id, whole);
  }
  return [...new Set(parts.values())].map((part) => [...part]);
}

const idsOf = (nodes: readonly Node[]): string[] => nodes.map(({ id }) => id);

const read = ({ nodes, read }: UnreadClosure): Closure => ({ nodes, facts: read() });

function closuresOf(parts: readonly string[][], nodes: readonly Node[], kept: readonly KeptFacts[]): UnreadClosure[] {
  const closures = parts.map(() => ({ nodes: [] as Node[], kept: [] as KeptFacts[] }));
  const closureOf = new Map(parts.flatMap((ids, part) => ids.map((id) => [id, closures[part]] as const)));
  for (const node of nodes) closureOf.get(node.id)?.nodes.push(node);
  for (const facts of kept) closureOf.get(facts.nodeId)?.kept.push(facts);
  return closures.map(({ nodes, kept }) => ({ nodes, read: () => kept.flatMap(learntFrom) }));
}

function learntFrom({ facts, messageId, learntAt }: KeptFacts): LearntFact[] {
  if (messageId === null) return [{ fact: recordedOn(JSON.parse(facts) as StatedFact, learntAt), learntAt, messageId }];
  const told = JSON.parse(facts) as CompactFacts | MessageFact[];
  return expandFacts(told).map((fact) => ({ fact, learntAt, messageId }));
}

/** In id order. */
async function nodesOf(db: PoolClient, ids: readonly string[], to: 'look' | 'lock'): Promise<Node[]> {
  const { rows } = await db.query<Node>({
    name: `closure-${to}`,
    text: `select id, node, person_key as "personKey", due_since is not null as due
             from nodes
            where id = any ($1::bigint[])
            order by id
              ${to === 'lock' ? 'for update' : ''}`,
    values: [ids],
  });
  return rows;
}

/** What one message told, or somebody stated, as the text in which it is kept. */
type KeptFacts = { nodeId: string; facts: string; learntAt: Date; messageId: string | null };

const factsOf = async (db: PoolClient, nodeIds: readonly string[], knownAt: Date | null): Promise<KeptFacts[]> => [
  ...(await toldFacts(db, nodeIds, knownAt)),
  ...(await statedFacts(db, nodeIds, knownAt)),
];

/** Of each message the newest interpretation that was known; a definition that found nothing leaves nothing. */
async function toldFacts(db: PoolClient, nodeIds: readonly string[], knownAt: Date | null): Promise<KeptFacts[]> {
  const { rows } = await db.query<KeptFacts>({
    name: 'closure-told',
    text: `select newest.facts::text as facts, newest.interpreted_at as "learntAt", said.message_id as "messageId",
                  said.node_id as "nodeId"
             from (select message_id, min(node_id) as node_id
                     from mentions
                    where node_id = any ($1::bigint[]) and message_id is not null
                    group by message_id) said
            cross join lateral (
                  select interpreted_at, facts
                    from interpretations i
                   where i.message_id = said.message_id
                     and ($2::timestamptz is null or i.interpreted_at <= $2)
                   order by i.id desc
                   limit 1
                  ) newest`,
    values: [nodeIds, knownAt],
  });
  return rows;
}

async function statedFacts(db: PoolClient, nodeIds: readonly string[], knownAt: Date | null): Promise<KeptFacts[]> {
  const { rows } = await db.query<KeptFacts>({
    name: 'closure-stated',
    text: `select s.fact::text as facts, s.recorded_at as "learntAt", null as "messageId", said.node_id as "nodeId"
             from (select stated_id, min(node_id) as node_id
                     from mentions
                    where node_id = any ($1::bigint[]) and stated_id is not null
                    group by stated_id) said
             join stated_facts s on s.id = said.stated_id
            where $2::timestamptz is null or s.recorded_at <= $2`,
    values: [nodeIds, knownAt],
  });
  return rows;
}
