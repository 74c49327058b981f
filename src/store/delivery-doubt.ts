import type { Pool } from 'pg';
import { type Claim, HAS_NEWER } from './delivery-claim.js';

/** A version that was confirmed after an attempt without an answer: that attempt may still arrive, and undo it. */
export type Doubt = Omit<Claim, 'unsure'>;

/** What a newer version has replaced is that one's to look at. */
const IS_NEWEST = `not ${HAS_NEWER}`;

export function doubtStore(pool: Pool) {
  return {
    /** Bodies with a confirmed version that is to be looked at now, by the database's clock. */
    async bodiesWaiting(): Promise<string[]> {
      const { rows } = await pool.query<{ body: string }>(
        `select distinct d.body
           from deliveries d
          where d.state = 'confirmed'
            and d.unsure
            and d.next_attempt_at <= now()
            and ${IS_NEWEST}`,
      );
      return rows.map(({ body }) => body);
    },

    /** A body's confirmed versions to look at now, longest waiting first. */
    async waiting(body: string, limit: number): Promise<Doubt[]> {
      const { rows } = await pool.query<Doubt>(
        `select d.publication_id as "publicationId", d.person_key as "personKey", d.body, d.attempt,
                p.record_version as "recordVersion", p.content
           from deliveries d
           join publications p on p.id = d.publication_id
          where d.body = $1
            and d.state = 'confirmed'
            and d.unsure
            and d.next_attempt_at <= now()
            and ${IS_NEWEST}
          order by d.next_attempt_at
          limit $2`,
        [body, limit],
      );
      return rows;
    },

    /** The body was found with what is right; nothing older is on its way to it any more. */
    async settle({ publicationId, attempt }: Doubt): Promise<void> {
      await pool.query(
        `update deliveries d
            set unsure = false
           from deliveries seen
          where (seen.publication_id, seen.attempt, seen.state) = ($1, $2, 'confirmed')
            and d.person_key = seen.person_key
            and d.body = seen.body
            and d.publication_id <= seen.publication_id
            and d.unsure`,
        [publicationId, attempt],
      );
    },

    /** The body could not be read: it is looked at again after `afterMs`. */
    async postpone({ publicationId, attempt }: Doubt, afterMs: number): Promise<void> {
      await pool.query(
        `update deliveries
            set next_attempt_at = now() + $3 * interval '1 millisecond'
          where (publication_id, attempt, state) = ($1, $2, 'confirmed')`,
        [publicationId, attempt, afterMs],
      );
    },

    /** The body holds something else: it is handed over again, unless a newer version is. */
    async reopen({ publicationId, attempt }: Doubt): Promise<void> {
      await pool.query(
        `update deliveries d
            set state = 'due', next_attempt_at = now(), settled_at = null
          where (d.publication_id, d.attempt, d.state) = ($1, $2, 'confirmed')
            and ${IS_NEWEST}`,
        [publicationId, attempt],
      );
    },
  };
}

export type DoubtStore = ReturnType<typeof doubtStore>;
