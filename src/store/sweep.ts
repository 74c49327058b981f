import { escapeIdentifier, type Pool } from 'pg';
import type { FaultCode } from '../fault.js';

const NOT_CONNECTED: FaultCode = 'destination-missing';
const ENDED: FaultCode = 'body-ended';

export function sweepStore(pool: Pool) {
  return {
    async hasPending(): Promise<boolean> {
      const { rows } = await pool.query("select from messages where state = 'received' limit 1");
      return rows.length > 0;
    },

    /**
     * A young table that fills within minutes is planned for as if it were empty, until the database looks at it by
     * itself: whole tables are read for each job. So it is made to look. Later the database's own rhythm does.
     */
    async analyzeGrown(): Promise<void> {
      const { rows } = await pool.query<{ name: string }>(
        `select c.relname as name
           from pg_stat_user_tables s
           join pg_class c on c.oid = s.relid
          where s.schemaname = current_schema()
            and s.n_mod_since_analyze > 500
            and s.n_mod_since_analyze > c.reltuples
            and pg_catalog.pg_get_userbyid(c.relowner) = current_user`,
      );
      for (const { name } of rows) await pool.query(`analyze ${escapeIdentifier(name)}`);
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

    /** Bodies for which something waits that the site file does not connect. */
    async withoutDestination(connected: readonly string[]): Promise<string[]> {
      const { rows } = await pool.query<{ body: string }>(
        `select distinct body
           from deliveries
          where (state = 'due' or (state = 'parked' and last_fault = $2))
            and body <> all ($1::text[])`,
        [connected, NOT_CONNECTED],
      );
      return rows.map(({ body }) => body);
    },

    /**
     * A body that the site file does not connect cannot be told: an operator must see that nobody was. `ended`: those that
     * are no more, whom nobody will tell.
     */
    async parkWithoutDestination(bodies: readonly string[], ended: readonly string[]): Promise<void> {
      await pool.query(
        `update deliveries
            set state = 'parked', last_fault = case when body = any ($2::text[]) then $4 else $3 end, settled_at = now()
          where body = any ($1::text[])
            and (state = 'due' or (state = 'parked' and last_fault = $3 and body = any ($2::text[])))`,
        [bodies, ended, NOT_CONNECTED, ENDED],
      );
    },

    /** A body that has been connected since is told at once. */
    async releaseConnected(connected: readonly string[]): Promise<void> {
      await pool.query(
        `update deliveries
            set state = 'due', last_fault = null, settled_at = null, next_attempt_at = now()
          where state = 'parked'
            and last_fault = any ($2::text[])
            and body = any ($1::text[])`,
        [connected, [NOT_CONNECTED, ENDED]],
      );
    },
  };
}
