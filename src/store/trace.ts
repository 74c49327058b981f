import type { MessageFact } from '../register/fact.js';
import { type CompactFacts, expandFacts } from './compact-facts.js';
import type { Db } from './transaction.js';

export type DeliveryAttempt = {
  attempt: number;
  startedAt: Date;
  endedAt: Date | null;
  /** `confirmed`, `handed-over` or a fault code; null while it runs. */
  result: string | null;
  httpStatus: number | null;
};

/** From a message to whom it concerns, and from a version to how it was delivered. */
export function traceStore(db: Db) {
  return {
    /** What the newest definition found in a message; null while nobody has interpreted it. */
    async found(messageId: string): Promise<{ interpretedAt: Date; facts: MessageFact[] } | null> {
      const { rows } = await db.query<{ interpretedAt: Date; facts: CompactFacts }>(
        `select interpreted_at as "interpretedAt", facts
           from interpretations
          where message_id = $1
          order by id desc
          limit 1`,
        [messageId],
      );
      const [newest] = rows;
      return newest ? { ...newest, facts: expandFacts(newest.facts) } : null;
    },

    /** Keys of the persons whom a message names, those that answer today. */
    async personsOf(messageId: string): Promise<string[]> {
      const { rows } = await db.query<{ key: string }>(
        `select distinct coalesce(k.merged_into, k.key) as key
           from mentions m
           join nodes n on n.id = m.node_id
           join person_keys k on k.key = n.person_key
          where m.message_id = $1
          order by key`,
        [messageId],
      );
      return rows.map(({ key }) => key);
    },

    /** Oldest first; the last may still run. */
    async attempts(publicationId: string): Promise<DeliveryAttempt[]> {
      const { rows } = await db.query<DeliveryAttempt>(
        `select attempt, started_at as "startedAt", ended_at as "endedAt", result, http_status as "httpStatus"
           from delivery_attempts
          where publication_id = $1
          union all
         select attempt, claimed_at, null, null, null
           from deliveries
          where publication_id = $1
            and state = 'sending'
          order by attempt`,
        [publicationId],
      );
      return rows;
    },
  };
}
