import type { PoolClient } from 'pg';
import type { FaultDetail } from '../fault.js';
import type { MessageFact, StatedFact } from '../register/fact.js';
import { compactFacts } from './compact-facts.js';
import { parkedStore } from './parked.js';
import { besideOthers } from './rebuild.js';
import { jsonArrayText, jsonText, keyText } from './text.js';

export type Interpretation = {
  messageId: string;
  /** Digest of the feed definition and code tables. */
  definition: string;
  outcome: 'interpreted' | 'ignored' | 'parked';
  fault: FaultDetail | null;
  facts: readonly MessageFact[];
  /** Every way in which the facts name a person: `nhs:9990000018`, `local:RXT:MRN:123`. */
  nodes: readonly string[];
  /** The periods of detention it tells of, each as the sender with its own number: `RXT|P1`. */
  periods: readonly string[];
  /** Whom a parked message names, in the same form: it has no facts that would. */
  names?: readonly string[];
};

export type Statement = { recordedBy: string; fact: StatedFact; nodes: readonly string[] };

/** `nodeIds`: of the nodes to fold. `added`: the ids, in small letters, that were not there before. */
export type RecordedStated = { nodeIds: string[]; added: ReadonlySet<string> };

const idOf = ({ fact }: Statement): string => fact.id.toLowerCase();

/** Each function belongs into its caller's transaction: it locks nodes, and a rollback must undo the whole of it. */
export function factStore(db: PoolClient) {
  return {
    /**
     * Appends interpretations, sets the state of their messages and marks the persons they name as due. Recording again
     * what the newest interpretation already says changes nothing. Returns the ids of the nodes to fold.
     */
    async recordInterpretations(batch: readonly Interpretation[]): Promise<string[]> {
      await besideOthers(db);
      const { news, parkedBefore } = await withoutKnown(db, batch);
      if (news.length === 0) return [];
      await insertInterpretations(db, news);
      await parkedStore(db).note(news, parkedBefore);
      const nodeIds = await lockNodes(
        db,
        news.flatMap(({ nodes }) => nodes),
        news.map(({ messageId }) => messageId),
      );
      const pairs = news.flatMap(({ messageId, nodes }) => [...new Set(nodes)].map((node) => ({ messageId, node })));
      await db.query(
        `insert into mentions (node_id, message_id)
         select node_id, message_id
           from unnest($1::bigint[], $2::bigint[]) as t (node_id, message_id)
             on conflict do nothing`,
        [pairs.map(({ node }) => nodeIds.get(node)), pairs.map(({ messageId }) => messageId)],
      );
      await notePeriods(db, news, nodeIds);
      return markDue(db, nodeIds);
    },

    /** Appends what people state; a fact with a known id is one that is there already. */
    async recordStated(statements: readonly Statement[]): Promise<RecordedStated> {
      await besideOthers(db);
      const unique = [...new Map(statements.map((statement) => [idOf(statement), statement])).values()];
      const { rows } = await db.query<{ id: string }>(
        // Not when the transaction began, which may have waited for a rebuild: what comes after it is later than it.
        `insert into stated_facts (id, recorded_at, recorded_by, fact)
         select id, statement_timestamp(), recorded_by, fact
           from unnest($1::uuid[], $2::text[], $3::jsonb[]) as t (id, recorded_by, fact)
          order by id
             on conflict do nothing
      returning id`,
        [
          unique.map(({ fact }) => fact.id),
          unique.map(({ recordedBy }) => recordedBy),
          unique.map(({ fact }) => jsonText(fact)),
        ],
      );
      const added = new Set(rows.map(({ id }) => id));
      const nodeIds = await mentionStated(
        db,
        unique.filter((statement) => added.has(idOf(statement))),
      );
      return { nodeIds, added };
    },

    /** Those of these facts that people have stated, as they were stated. */
    async statedBefore(ids: readonly string[]): Promise<StatedFact[]> {
      const { rows } = await db.query<{ fact: StatedFact }>(
        'select fact from stated_facts where id = any ($1::uuid[])',
        [ids],
      );
      return rows.map(({ fact }) => fact);
    },

    /** Notes again whom stated facts name, after everything derived was dropped. Returns the ids of the nodes to fold. */
    nameStated: (statements: readonly Pick<Statement, 'fact' | 'nodes'>[]): Promise<string[]> =>
      mentionStated(db, statements),
  };
}

/** A fact as it stands in its row: without what PostgreSQL's text cannot hold. */
export const asStored = (fact: StatedFact): StatedFact => JSON.parse(jsonText(fact) ?? '');

type News = { news: Interpretation[]; parkedBefore: string[] };

/** Locks the messages, in id order, so that two workers with the same message come one after the other. */
async function withoutKnown(db: PoolClient, batch: readonly Interpretation[]): Promise<News> {
  const newest = new Map(batch.map((interpretation) => [interpretation.messageId, interpretation]));
  const ids = [...newest.keys()];
  await db.query('select from messages where id = any ($1::bigint[]) order by id for update', [ids]);
  const { rows } = await db.query<{ messageId: string; definition: string; outcome: string }>(
    `select distinct on (message_id) message_id as "messageId", definition, outcome
       from interpretations
      where message_id = any ($1::bigint[])
      order by message_id, id desc`,
    [ids],
  );
  const known = new Map(rows.map((row) => [row.messageId, `${row.definition} ${row.outcome}`]));
  const news = [...newest.values()].filter(
    ({ messageId, definition, outcome }) => known.get(messageId) !== `${definition} ${outcome}`,
  );
  const wasParked = new Set(rows.flatMap(({ messageId, outcome }) => (outcome === 'parked' ? [messageId] : [])));
  return { news, parkedBefore: news.flatMap(({ messageId }) => (wasParked.has(messageId) ? [messageId] : [])) };
}

async function insertInterpretations(db: PoolClient, batch: readonly Interpretation[]): Promise<void> {
  await db.query(
    `with found as (
       select message_id, definition, outcome, fault, facts
         from rows from (unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[]), json_array_elements($5::json))
           as t (message_id, definition, outcome, fault, facts)
     ), settled as (
       update messages m
          set state = found.outcome, fault = found.fault
         from found
        where m.id = found.message_id
          and m.id = any ($1) -- by the index: how many are found is not known when this is planned
          and not m.rejected
     )
     insert into interpretations (message_id, interpreted_at, definition, outcome, fault, facts)
     select message_id, coalesce(before.learnt_at, now()), definition, outcome, fault, facts
       from found
       left join rebuild_learnt before using (message_id)
      order by message_id`,
    [
      batch.map(({ messageId }) => messageId),
      batch.map(({ definition }) => definition),
      batch.map(({ outcome }) => outcome),
      batch.map(({ fault }) => jsonText(fault)),
      jsonArrayText(batch.map(({ facts }) => compactFacts(facts))),
    ],
  );
}

/** Under one name of each message: the others are found from it. */
async function notePeriods(
  db: PoolClient,
  batch: readonly Interpretation[],
  nodeIds: ReadonlyMap<string, string>,
): Promise<void> {
  const told = batch.flatMap(({ nodes: [node], periods }) =>
    node === undefined ? [] : periods.map((period) => ({ node, period })),
  );
  if (told.length === 0) return;
  await db.query(
    `insert into told_periods (period, node_id)
     select period, node_id
       from unnest($1::text[], $2::bigint[]) as t (period, node_id)
         on conflict do nothing`,
    [told.map(({ period }) => keyText(period)), told.map(({ node }) => nodeIds.get(node))],
  );
}

async function mentionStated(
  db: PoolClient,
  statements: readonly Pick<Statement, 'fact' | 'nodes'>[],
): Promise<string[]> {
  if (statements.length === 0) return [];
  const nodeIds = await lockNodes(
    db,
    statements.flatMap(({ nodes }) => nodes),
  );
  const pairs = statements.flatMap(({ fact, nodes }) => [...new Set(nodes)].map((node) => ({ id: fact.id, node })));
  await db.query(
    `insert into mentions (node_id, stated_id)
     select node_id, stated_id
       from unnest($1::bigint[], $2::uuid[]) as t (node_id, stated_id)
         on conflict do nothing`,
    [pairs.map(({ node }) => nodeIds.get(node)), pairs.map(({ id }) => id)],
  );
  return markDue(db, nodeIds);
}

/**
 * Makes the nodes that are missing, then locks all of them in id order, as the fold does. The lock comes before the
 * mention: a fold that holds the node never overlooks a mention that commits meanwhile. Nodes that only an older
 * interpretation of the messages named are among them: their person has lost a statement.
 */
async function lockNodes(
  db: PoolClient,
  names: readonly string[],
  messageIds: readonly string[] = [],
): Promise<Map<string, string>> {
  const nodes = [...new Set(names)];
  await db.query(
    `insert into nodes (node, due_since)
     select node, now()
       from unnest($1::text[]) as t (node)
      order by node collate "C"
         on conflict do nothing`,
    [nodes],
  );
  const { rows } = await db.query<{ id: string; node: string }>(
    // Each kind by its own index: with "or" every node there is would be read.
    `select id, node
       from nodes
      where id in (select id from nodes where node = any ($1::text[])
                    union
                   select node_id from mentions where message_id = any ($2::bigint[]))
      order by id
        for update`,
    [nodes, messageIds],
  );
  return new Map(rows.map(({ id, node }) => [node, id]));
}

async function markDue(db: PoolClient, nodeIds: Map<string, string>): Promise<string[]> {
  const ids = [...nodeIds.values()];
  await db.query(
    `update nodes
        set due_since = now()
      where id = any ($1::bigint[])
        and (due_since is null or due_since > now())`,
    [ids],
  );
  return ids;
}
