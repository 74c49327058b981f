import type { Db } from './transaction.js';

export type ProcessRole = 'listen' | 'work' | 'console';

/** A role of a process. `seconds`: how long it has not been seen; `lost`: too long for one that runs. */
export type ProcessSeen = { role: ProcessRole; host: string; seconds: number; lost: boolean };

/** Beyond this nobody is only busy, or waits for a database that is started again. */
const LOST_AFTER = "interval '30 seconds'";

/** What runs, by the database's clock. */
export function processStore(db: Db) {
  return {
    /** It runs. Whoever was lost in one of its roles has been replaced by it, and is no longer missed. */
    async seen(id: string, host: string, roles: readonly ProcessRole[]): Promise<void> {
      await db.query(
        `with replaced as (
           delete from processes
            where role = any ($3::text[])
              and id <> $1
              and seen_at < now() - ${LOST_AFTER}
         )
         insert into processes (id, host, role)
         select $1, $2, role
           from unnest($3::text[]) as mine (role)
             on conflict (id, role) do update set seen_at = now()`,
        [id, host, roles],
      );
    },

    /** It has ended as it should. */
    async ended(id: string): Promise<void> {
      await db.query('delete from processes where id = $1', [id]);
    },

    /** Those seen last come first. */
    async all(): Promise<ProcessSeen[]> {
      const { rows } = await db.query<ProcessSeen>(
        `select role, host, extract(epoch from now() - seen_at)::int as seconds, seen_at < now() - ${LOST_AFTER} as lost
           from processes
          order by seen_at desc`,
      );
      return rows;
    },
  };
}
