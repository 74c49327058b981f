import type { Pool } from 'pg';

/** How a PostgreSQL server is set, as far as it decides whether what was committed stays. */
export type ServerSettings = {
  version: string;
  versionNumber: number;
  synchronousCommit: string;
  fsync: string;
  fullPageWrites: string;
  /** A standby, which takes no writes. */
  inRecovery: boolean;
  clock: Date;
};

export async function serverSettings(pool: Pool): Promise<ServerSettings | null> {
  const { rows } = await pool.query<ServerSettings>(
    `select current_setting('server_version')          as version,
            current_setting('server_version_num')::int as "versionNumber",
            current_setting('synchronous_commit')      as "synchronousCommit",
            current_setting('fsync')                   as fsync,
            current_setting('full_page_writes')        as "fullPageWrites",
            pg_is_in_recovery()                        as "inRecovery",
            clock_timestamp()                          as clock`,
  );
  return rows[0] ?? null;
}
