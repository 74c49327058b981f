import type { Db } from './transaction.js';

/** Why nothing is handed over to a body, since when, and who decided so. */
export type Pause = { body: string; pausedAt: Date; pausedBy: string; reason: string };

/** Bodies to which nothing is handed over. The rows are the truth: a queue may be emptied at any time. */
export function pauseStore(db: Db) {
  return {
    async all(): Promise<Pause[]> {
      const { rows } = await db.query<Pause>(
        `select body, paused_at as "pausedAt", paused_by as "pausedBy", reason
           from paused_bodies
          order by body`,
      );
      return rows;
    },

    /** False when it is paused already: the first reason stays. */
    async pause({ body, pausedBy, reason }: Omit<Pause, 'pausedAt'>): Promise<boolean> {
      const { rowCount } = await db.query(
        `insert into paused_bodies (body, paused_by, reason)
         values ($1, $2, $3)
             on conflict (body) do nothing`,
        [body, pausedBy, reason],
      );
      return rowCount === 1;
    },

    /** False when it is not paused. */
    async resume(body: string): Promise<boolean> {
      const { rowCount } = await db.query('delete from paused_bodies where body = $1', [body]);
      return rowCount === 1;
    },
  };
}
