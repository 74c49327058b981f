import { keyText } from './text.js';
import type { Db } from './transaction.js';

type Read = { messageId: string; outcome: string; names?: readonly string[] | undefined };

/** Whom messages name that nobody could interpret. */
export function parkedStore(db: Db) {
  return {
    /**
     * What is no longer parked names nobody here: `before`, those that were until now. Belongs into the transaction that
     * keeps the interpretations.
     */
    async note(batch: readonly Read[], before: readonly string[]): Promise<void> {
      await forget(db, before);
      const named = batch.flatMap(({ messageId, outcome, names = [] }) =>
        outcome === 'parked' ? [...new Set(names.map(keyText))].map((node) => ({ messageId, node })) : [],
      );
      if (named.length === 0) return;
      await db.query(
        `insert into parked_names (node, message_id)
         select node, message_id
           from unnest($1::text[], $2::bigint[]) as t (node, message_id)
             on conflict do nothing`,
        [named.map(({ node }) => node), named.map(({ messageId }) => messageId)],
      );
    },

    /** Messages that wait and name any of these, the oldest first; with `until` only those received by then. */
    async naming(nodes: readonly string[], until: Date | null = null): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>(
        `select distinct m.id
           from parked_names p
           join messages m on m.id = p.message_id
          where p.node = any ($1::text[])
            and m.state = 'parked'
            and ($2::timestamptz is null or m.received_at <= $2)
          order by m.id`,
        [nodes.map(keyText), until],
      );
      return rows.map(({ id }) => id);
    },

    /** The same for whoever answers to a key. */
    async namingPerson(personKey: string, until: Date | null = null): Promise<string[]> {
      const { rows } = await db.query<{ node: string }>(
        `select node
           from nodes
          where person_key = $1
          union
         select anchor
           from person_keys
          where key = $1
             or merged_into = $1`,
        [personKey],
      );
      return parkedStore(db).naming(
        rows.map(({ node }) => node),
        until,
      );
    },
  };
}

/** Hardly ever is there one: a batch that is read for the first time asks nothing. */
async function forget(db: Db, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  await db.query({
    name: 'parked-forget',
    text: 'delete from parked_names where message_id = any ($1::bigint[])',
    values: [messageIds],
  });
}
