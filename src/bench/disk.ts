import type { Pool } from 'pg';
import { type Measured, row } from './figures.js';
import { openHouse } from './house.js';
import type { Keeper } from './keeper.js';
import { type Bench, onPostgres } from './measure.js';
import type { Kind } from './messages.js';
import { playRounds } from './rounds.js';
import { newRun } from './run.js';
import { countsOf, stillOpen, unless } from './settled.js';

const PERSONS = 400;
/** Two stays in hospital, five messages each. */
const COURSE = 10;
const BYTES_IN_KB = 1_024;
const TARGET = { most: 6 };

/** What a message adds to the database on disk, tables and indexes and queue: in a usual course, and at the worst. */
export async function measureDisk(keeper: Keeper, bench: Bench): Promise<Measured> {
  const persons = bench.options.persons ?? PERSONS;
  const usual = await grown(keeper, bench, { kind: 'course', persons, rounds: COURSE });
  bench.say(`disk: ${usual.kbAMessage.toFixed(1)} KB a message in a usual course`);
  const worst = await grown(keeper, bench, { kind: 'discharge', persons: persons * 5, rounds: 1 });
  bench.say(`disk: ${worst.kbAMessage.toFixed(1)} KB a message where each is another person's discharge`);
  return {
    rows: [
      row('disk', `a message, ${COURSE} a person`, [usual.kbAMessage, 'KB'], TARGET),
      row('disk', "a message, each another person's discharge", [worst.kbAMessage, 'KB']),
      row('disk', `write-ahead log a message, ${COURSE} a person`, [usual.walKbAMessage, 'KB']),
      row('disk', "write-ahead log a message, each another person's", [worst.walKbAMessage, 'KB']),
    ],
    problems: [...usual.problems, ...worst.problems],
    details: { disk: { usual: usual.details, worst: worst.details } },
  };
}

type Part = { kind: Kind; persons: number; rounds: number };

async function grown(keeper: Keeper, bench: Bench, { kind, persons, rounds }: Part) {
  const { connections } = bench.options;
  const house = await openHouse(keeper, onPostgres(bench));
  const service = await house.start();
  const pool = await house.database();
  const before = await sizesOf(pool);
  const people = { kind, run: newRun(), first: 0, persons };
  const { sent, refused, open } = await playRounds(house, service, { people, rounds, connections });
  const { walBytes } = await sizesOf(pool);
  await service.stop();
  await pool.query('vacuum (analyze)');
  const after = await sizesOf(pool);
  const { messages, parked } = await countsOf(pool);
  const tables = await largestTables(pool);
  await house.letGo();
  const where = `disk, ${kind}`;
  return {
    kbAMessage: (after.databaseBytes - before.databaseBytes) / sent / BYTES_IN_KB,
    walKbAMessage: (walBytes - before.walBytes) / sent / BYTES_IN_KB,
    problems: [
      ...stillOpen(where, open),
      ...unless(`${where}: answers that were not AA`, refused, 0),
      ...unless(`${where}: messages in the inbox`, messages, persons * rounds),
      ...unless(`${where}: messages parked`, parked, 0),
    ],
    details: { messages: sent, persons, bytesAMessage: perMessage(tables, sent) },
  };
}

type Sizes = { databaseBytes: number; walBytes: number };

/** The log is the whole server's: on a server that others use it says too much. */
async function sizesOf(pool: Pool): Promise<Sizes> {
  const { rows } = await pool.query<Sizes>(
    `select pg_database_size(current_database())::float8              as "databaseBytes",
            pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8      as "walBytes"`,
  );
  return rows[0] ?? { databaseBytes: 0, walBytes: 0 };
}

type TableSize = { name: string; bytes: number };

/** With their indexes. */
async function largestTables(pool: Pool): Promise<TableSize[]> {
  const { rows } = await pool.query<TableSize>(
    `select n.nspname || '.' || c.relname as name, pg_total_relation_size(c.oid)::float8 as bytes
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r'
        and n.nspname in ('public', 'bullmq')
      order by bytes desc
      limit 15`,
  );
  return rows;
}

const perMessage = (tables: readonly TableSize[], messages: number): Record<string, number> =>
  Object.fromEntries(tables.map(({ name, bytes }) => [name, Math.round(bytes / messages)]));
