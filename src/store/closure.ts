import type { PoolClient } from 'pg';
import type { Fact } from '../register/fact.js';

export type Node = { id: string; node: string; personKey: string | null; due: boolean };

/** A fact and when we learnt it: interpreted, or recorded. */
export type LearntFact = { fact: Fact; learntAt: Date; messageId: string | null };

export type Closure = { nodes: Node[]; facts: LearntFact[] };

/** Each function belongs into its caller's transaction. */
export function closureStore(db: PoolClient) {
  return {
    /** Is anything said of this node that has not been folded? A cheap look before the locks. */
    async isDue(nodeId: string): Promise<boolean> {
      const { rows } = await db.query('select from nodes where id = $1 and due_since is not null', [nodeId]);
      return rows.length > 0;
    },

    /**
     * Everything that may concern one person: the nodes reachable from one of them through statements that name
     * several, locked, and every fact of those statements. Null when there is no such node.
     */
    async lock(nodeId: string): Promise<Closure | null> {
      const ids = await lockReachable(db, nodeId);
      if (ids.length === 0) return null;
      return { nodes: await nodesOf(db, ids), facts: await factsOf(db, ids, null) };
    },

    /** The same without a lock, to look at; with `knownAt` only what was known at that moment. */
    async read(nodeId: string, knownAt: Date | null = null): Promise<Closure | null> {
      const ids = await reachable(db, nodeId);
      if (ids.length === 0) return null;
      return { nodes: await nodesOf(db, ids), facts: await factsOf(db, ids, knownAt) };
    },

    /** The nodes of one person are folded: they answer to its key and are no longer due. */
    async settle(nodeIds: readonly string[], personKey: string | null): Promise<void> {
      await db.query(
        `update nodes
            set person_key = $2, due_since = null
          where id = any ($1::bigint[])`,
        [nodeIds, personKey],
      );
    },
  };
}

/**
 * Nodes are locked in id order. When another writer made the set larger before we had it, the locks are given back and
 * taken again in order: two folds that grow towards each other wait, and never in a ring.
 */
async function lockReachable(db: PoolClient, nodeId: string): Promise<string[]> {
  let ids = await reachable(db, nodeId);
  for (;;) {
    await db.query('savepoint closure');
    await db.query('select from nodes where id = any ($1::bigint[]) order by id for update', [ids]);
    const now = await reachable(db, nodeId);
    if (now.length === ids.length) return ids;
    await db.query('rollback to savepoint closure');
    ids = now;
  }
}

async function reachable(db: PoolClient, nodeId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: 'closure-reachable',
    text: `with recursive reached (id) as (
             select id from nodes where id = $1
              union
             select other.node_id
               from reached
              cross join lateral (
                    select b.node_id
                      from mentions a
                      join mentions b on b.message_id = a.message_id
                     where a.node_id = reached.id and a.message_id is not null
                     union
                    select b.node_id
                      from mentions a
                      join mentions b on b.stated_id = a.stated_id
                     where a.node_id = reached.id and a.stated_id is not null
                    ) other
           )
           select id from reached order by id`,
    values: [nodeId],
  });
  return rows.map(({ id }) => id);
}

async function nodesOf(db: PoolClient, ids: readonly string[]): Promise<Node[]> {
  const { rows } = await db.query<Node>(
    `select id, node, person_key as "personKey", due_since is not null as due
       from nodes
      where id = any ($1::bigint[])
      order by id`,
    [ids],
  );
  return rows;
}

/** Of each message the newest interpretation that was known; a definition that found nothing leaves nothing. */
async function factsOf(db: PoolClient, nodeIds: readonly string[], knownAt: Date | null): Promise<LearntFact[]> {
  const { rows } = await db.query<LearntFact>(
    `select fact, newest.interpreted_at as "learntAt", said.message_id as "messageId"
       from (select distinct message_id from mentions where node_id = any ($1::bigint[]) and message_id is not null) said
      cross join lateral (
            select interpreted_at, facts
              from interpretations i
             where i.message_id = said.message_id
               and ($2::timestamptz is null or i.interpreted_at <= $2)
             order by i.id desc
             limit 1
            ) newest
      cross join lateral jsonb_array_elements(newest.facts) fact
      union all
     select s.fact, s.recorded_at, null
       from stated_facts s
      where s.id in (select stated_id from mentions where node_id = any ($1::bigint[]) and stated_id is not null)
        and ($2::timestamptz is null or s.recorded_at <= $2)`,
    [nodeIds, knownAt],
  );
  return rows;
}
