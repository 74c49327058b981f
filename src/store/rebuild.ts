import type { StatedFact } from '../register/fact.js';
import { LOCKS } from './locks.js';
import type { Db } from './transaction.js';

/** Taken by whoever writes what is derived, to the end of the transaction: a rebuild waits for them, and they for it. */
export async function besideOthers(db: Db): Promise<void> {
  await db.query({ name: 'rebuild-beside', text: 'select pg_advisory_xact_lock_shared($1)', values: [LOCKS.rebuild] });
}

const beAlone = (db: Db) => db.query('select pg_advisory_xact_lock($1)', [LOCKS.rebuild]);

export function rebuildStore(db: Db) {
  return {
    /**
     * Drops everything derived. Original rows stay as they are: messages wait to be interpreted again, and the ledger
     * still knows every key, identifier and version that was given. Belongs into its caller's transaction; from its
     * commit on nobody is folded until every one of these messages is interpreted.
     */
    async dropDerived(): Promise<void> {
      await beAlone(db);
      await db.query('truncate entries, mentions, told_periods, nodes, interpretations, rebuilds');
      await db.query('insert into rebuilds (until_message) select coalesce(max(id), 0) from messages');
      await db.query('update person_keys set merged_into = null where merged_into is not null');
      await db.query(
        `update messages
            set state = 'received', fault = null
          where state in ('interpreted', 'ignored', 'parked')
            and not reused`,
      );
    },

    /** The last message that was there when the rebuild began. */
    async untilMessage(): Promise<string> {
      const { rows } = await db.query<{ id: string }>('select until_message as id from rebuilds');
      return rows[0]?.id ?? '0';
    },

    /** The database's clock, as text: a Date would lose the microseconds that it counts in. */
    async now(): Promise<string> {
      const { rows } = await db.query<{ now: string }>('select clock_timestamp()::text as now');
      return rows[0]?.now ?? 'infinity';
    },

    /** Everything that was there is read: folding goes on. */
    async readingEnded(): Promise<void> {
      await db.query('delete from rebuilds');
    },

    /** Is a rebuild still reading what was there when it began? */
    async isReading(): Promise<boolean> {
      const { rows } = await db.query(
        `select
           from rebuilds r
          where exists (select from messages m where m.state = 'received' and m.id <= r.until_message)`,
      );
      return rows.length > 0;
    },

    /** Each person's entry as a digest. */
    async entryDigests(): Promise<Map<string, string>> {
      const { rows } = await db.query<{ key: string; digest: string }>(
        'select person_key as key, md5(entry::text) as digest from entries',
      );
      return new Map(rows.map(({ key, digest }) => [key, digest]));
    },

    async publicationCount(): Promise<number> {
      const { rows } = await db.query<{ count: number }>('select count(*)::int as count from publications');
      return rows[0]?.count ?? 0;
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
