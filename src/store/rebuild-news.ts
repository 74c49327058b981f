import type { Entry } from '../register/entry.js';
import type { LearntFact } from './closure.js';
import { DIGEST } from './rebuild.js';
import { jsonArrayText } from './text.js';
import type { Db } from './transaction.js';

/** What was said after a rebuild began, and what was before. */
export function rebuildNewsStore(db: Db) {
  return {
    /** Nodes that something names which was not read when it began: recorded, or read for the first time, since. */
    async nodesWithNews(): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>(
        `select m.node_id as id
           from mentions m
           left join rebuild_learnt l on l.message_id = m.message_id
          where m.message_id is not null
            and l.message_id is null
          union
         select m.node_id
           from stated_facts s
           join mentions m on m.stated_id = s.id
          where s.recorded_at >= (select began_at from rebuilds)
          order by id`,
      );
      return rows.map(({ id }) => id);
    },

    /** Of these facts, whether each was known when it began. */
    async knownThen(facts: readonly LearntFact[]): Promise<(fact: LearntFact) => boolean> {
      const { rows: read } = await db.query<{ id: string }>(
        'select message_id as id from rebuild_learnt where message_id = any ($1::bigint[])',
        [facts.flatMap(({ messageId }) => messageId ?? [])],
      );
      const { rows: since } = await db.query<{ id: string }>(
        'select id from stated_facts where id = any ($1::uuid[]) and recorded_at >= (select began_at from rebuilds)',
        [facts.flatMap(({ fact, messageId }) => (messageId === null ? [fact.id] : []))],
      );
      const [messages, news] = [read, since].map((rows) => new Set(rows.map(({ id }) => id)));
      return ({ fact, messageId }) =>
        messageId === null ? !news?.has(fact.id.toLowerCase()) : messages?.has(messageId) === true;
    },

    /** The keys that were given for these nodes; `digest` null: there was no such person. */
    async before(nodes: readonly string[]): Promise<{ key: string; anchor: string; digest: string | null }[]> {
      const { rows } = await db.query<{ key: string; anchor: string; digest: string | null }>(
        `select k.key, k.anchor, b.digest
           from person_keys k
           left join rebuild_before b on b.person_key = k.key
          where k.anchor = any ($1::text[])`,
        [nodes],
      );
      return rows;
    },

    /** As of the entries that were remembered. */
    async digestsOf(entries: readonly Entry[]): Promise<Set<string>> {
      const { rows } = await db.query<{ digest: string }>(
        `select ${DIGEST} as digest from jsonb_array_elements($1::jsonb) as t (entry)`,
        [jsonArrayText(entries)],
      );
      return new Set(rows.map(({ digest }) => digest));
    },
  };
}
