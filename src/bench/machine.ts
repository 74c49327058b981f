import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';

/** What the figures depend on besides the code. */
export type Machine = {
  processor: string;
  cores: number;
  memoryMb: number;
  system: string;
  node: string;
  /** Of the minute before the bench began: above 0 others were working. */
  loadAverage: number;
  /** Where the embedded database and Redis keep what they write. */
  folder: string;
  /** What is written there is lost when the power fails; the figures say nothing then. */
  inMemory: boolean;
  /** One small write and one wait for it, again and again: what the disk itself can do. */
  commitsPerSecond: number;
};

const TMPFS = 0x01021994;
const MEASURED_MS = 1_000;

export function machineFacts(): Machine {
  const folder = tmpdir();
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / 1024 ** 2),
    system: `${type()} ${release()}`,
    node: process.version,
    loadAverage: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    folder,
    inMemory: statfsSync(folder).type === TMPFS,
    commitsPerSecond: commitsPerSecond(join(folder, `aftercare-bench-commits-${process.pid}`)),
  };
}

function commitsPerSecond(file: string): number {
  const handle = openSync(file, 'w');
  try {
    const begun = performance.now();
    let commits = 0;
    for (; performance.now() - begun < MEASURED_MS; commits++) {
      writeSync(handle, 'x');
      fdatasyncSync(handle);
    }
    return commits;
  } finally {
    closeSync(handle);
    rmSync(file);
  }
}

const TELLING = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'wal_sync_method',
  'wal_compression',
  'commit_delay',
  'shared_buffers',
  'max_wal_size',
  'checkpoint_timeout',
  'autovacuum',
];

/** How the PostgreSQL of a measure is set; what decides whether a commit is on disk comes first. */
export async function databaseSettings(pool: Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ name: string; value: string }>(
    `select name, current_setting(name) as value
       from pg_settings
      where name = any ($1::text[])
      order by array_position($1::text[], name)`,
    [TELLING],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}
