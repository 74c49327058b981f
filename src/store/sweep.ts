import type { Pool } from 'pg';
import type { FaultCode } from '../fault.js';

const NOT_CONNECTED: FaultCode = 'destination-missing';

export function sweepStore(pool: Pool) {
  return {
    async hasPending(): Promise<boolean> {
      const { rows } = await pool.query("select from messages where state = 'received' limit 1");
      return rows.length > 0;
    },

    /** Persons whose entry the day alone changes are due again. Node rows are taken in id order, as everywhere. */
    async markChanging(today: string, limit: number): Promise<void> {
      await pool.query(
        `update nodes
            set due_since = coalesce(due_since, now())
          where id in (select n.id
                         from nodes n
                        where n.person_key in (select person_key
                                                 from entries
                                                where next_change_on <= $1
                                                limit $2)
                        order by n.id
                          for update)`,
        [today, limit],
      );
    },

    /** A body that the site file does not connect cannot be told: an operator must see that nobody was. */
    async parkWithoutDestination(connected: readonly string[]): Promise<void> {
      await pool.query(
        `update deliveries
            set state = 'parked', last_fault = $2, settled_at = now()
          where state = 'due'
            and body <> all ($1::text[])`,
        [connected, NOT_CONNECTED],
      );
    },

    /** A body that has been connected since is told at once. */
    async releaseConnected(connected: readonly string[]): Promise<void> {
      await pool.query(
        `update deliveries
            set state = 'due', last_fault = null, settled_at = null, next_attempt_at = now()
          where state = 'parked'
            and last_fault = $2
            and body = any ($1::text[])`,
        [connected, NOT_CONNECTED],
      );
    },
  };
}
