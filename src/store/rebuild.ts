import type { PoolClient } from 'pg';
import type { StatedFact } from '../register/fact.js';

/** Belongs into its caller's transaction. */
export function rebuildStore(db: PoolClient) {
  return {
    /**
     * Drops everything derived. Original rows stay as they are: messages wait to be interpreted again, and the ledger
     * still knows every key, identifier and version that was given. Nothing else may write meanwhile.
     */
    async dropDerived(): Promise<void> {
      await db.query('truncate entries, mentions, nodes, interpretations');
      await db.query('update person_keys set merged_into = null where merged_into is not null');
      await db.query(
        `update messages
            set state = 'received', fault = null
          where state in ('interpreted', 'ignored', 'parked')
            and not reused`,
      );
    },

    /** Facts that people stated, in pages; `after` is the last id of the page before. */
    async statedFacts(limit: number, after: string | null = null): Promise<StatedFact[]> {
      const { rows } = await db.query<{ fact: StatedFact }>(
        `select fact
           from stated_facts
          where $1::uuid is null or id > $1
          order by id
          limit $2`,
        [after, limit],
      );
      return rows.map(({ fact }) => fact);
    },
  };
}
