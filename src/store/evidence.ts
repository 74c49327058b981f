import type { MessageFact, StatedFact } from '../register/fact.js';
import { SEEN_IN_A_LIST } from './audit.js';
import { type CompactFacts, expandFacts } from './compact-facts.js';
import { recordedOn } from './statements.js';
import type { Db } from './transaction.js';

/** Which original names which node. */
export type Mention = { nodeId: string; kind: 'message' | 'stated-fact'; id: string };

/** What a definition found in a message, and when. */
export type Reading = { messageId: string; learntAt: Date; facts: MessageFact[] };

/** `id` is the row's. */
export type Statement = { id: string; learntAt: Date; fact: StatedFact };

/** Who saw a person in lists, and how often. */
export type Listed = { who: string; role: string; times: number; firstAt: string; lastAt: string };

/** Everything that is kept of one person, also what no longer counts. */
export function evidenceStore(db: Db) {
  return {
    async mentions(nodeIds: readonly string[]): Promise<Mention[]> {
      const { rows } = await db.query<Mention>(
        `select node_id as "nodeId", 'message' as kind, message_id as id
           from mentions
          where node_id = any ($1::bigint[])
            and message_id is not null
          union all
         select m.node_id, 'stated-fact', s.row_id
           from mentions m
           join stated_facts s on s.id = m.stated_id
          where m.node_id = any ($1::bigint[])`,
        [nodeIds],
      );
      return rows;
    },

    /** Every reading of these messages, the oldest first; of each message the newest counts. */
    async readings(messageIds: readonly string[]): Promise<Reading[]> {
      const { rows } = await db.query<Omit<Reading, 'facts'> & { facts: CompactFacts }>(
        `select message_id as "messageId", interpreted_at as "learntAt", facts
           from interpretations
          where message_id = any ($1::bigint[])
          order by id`,
        [messageIds],
      );
      return rows.map((row) => ({ ...row, facts: expandFacts(row.facts) }));
    },

    async statements(rowIds: readonly string[]): Promise<Statement[]> {
      const { rows } = await db.query<Statement>(
        `select row_id as id, recorded_at as "learntAt", fact
           from stated_facts
          where row_id = any ($1::bigint[])
          order by row_id`,
        [rowIds],
      );
      return rows.map((row) => ({ ...row, fact: recordedOn(row.fact, row.learntAt) }));
    },

    /** Row ids of what bodies were to be told under these keys, and of every attempt at it. */
    async told(personKeys: readonly string[]): Promise<{ versions: string[]; attempts: string[] }> {
      const { rows: versions } = await db.query<{ id: string }>(
        'select id from publications where person_key = any ($1::uuid[]) order by id',
        [personKeys],
      );
      const ids = versions.map(({ id }) => id);
      const { rows: attempts } = await db.query<{ id: string }>(
        'select id from delivery_attempts where publication_id = any ($1::bigint[]) order by id',
        [ids],
      );
      return { versions: ids, attempts: attempts.map(({ id }) => id) };
    },

    /** Row ids of looks at any of these subjects, those in lists left out. */
    async looks(subjects: readonly string[]): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>(
        `select id
           from audit
          where subject = any ($1::text[])
            and action <> $2
          order by id`,
        [subjects, SEEN_IN_A_LIST],
      );
      return rows.map(({ id }) => id);
    },

    async listed(subjects: readonly string[]): Promise<Listed[]> {
      const { rows } = await db.query<Listed>(
        `select who, role, count(*)::int as times,
                to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "firstAt",
                to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "lastAt"
           from audit
          where subject = any ($1::text[])
            and action = $2
          group by who, role
          order by min(at), who`,
        [subjects, SEEN_IN_A_LIST],
      );
      return rows;
    },
  };
}
