import type { Pool, PoolClient } from 'pg';

/** Anything that answers a query: the pool, or one client inside a transaction. */
export type Db = Pool | PoolClient;

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A client that cannot roll back is not given to the next caller.
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Whatever `work` reads is as it was at one moment; it changes nothing. */
export const atOneMoment = <T>(pool: Pool, work: (db: PoolClient) => Promise<T>): Promise<T> =>
  inTransaction(pool, async (db) => {
    await db.query('set transaction isolation level repeatable read, read only');
    return work(db);
  });
