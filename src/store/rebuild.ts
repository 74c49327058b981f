import type { Pool } from 'pg';
import type { StatedFact } from '../register/fact.js';
import { LOCKS } from './locks.js';
import type { Db } from './transaction.js';

/** Taken by whoever writes what is derived, to the end of the transaction: a rebuild waits for them, and they for it. */
export async function besideOthers(db: Db): Promise<void> {
  await db.query({ name: 'rebuild-beside', text: 'select pg_advisory_xact_lock_shared($1)', values: [LOCKS.rebuild] });
}

const beAlone = (db: Db) => db.query('select pg_advisory_xact_lock($1)', [LOCKS.rebuild]);

/** Of an entry, what the facts make of it: neither the day on which it was folded nor by what. */
export const DIGEST = "md5((entry - 'asOf' - 'foldedWith')::text)";

/** What has been begun; `readAt` as text, because a Date would lose the microseconds that it counts in. */
export type Rebuilding = { untilMessage: string; readAt: string | null };

export function rebuildStore(db: Db) {
  return {
    /**
     * Remembers what everybody's entry is and drops everything derived. Original rows stay as they are: messages wait to
     * be interpreted again, and the ledger still knows every key, identifier and version that was given. Belongs into its
     * caller's transaction; from its commit on nobody is folded until every one of these messages is interpreted.
     */
    async dropDerived(): Promise<void> {
      await beAlone(db);
      await db.query('truncate rebuild_before, rebuild_learnt, rebuilds');
      // A copy that came without what was derived knows at least when each message came.
      await db.query(
        `insert into rebuild_learnt (message_id, learnt_at)
         select m.id, coalesce(newest.interpreted_at, m.received_at)
           from messages m
           left join (select distinct on (message_id) message_id, interpreted_at
                        from interpretations
                       order by message_id, id desc) newest on newest.message_id = m.id
          where m.state in ('interpreted', 'ignored', 'parked')
            and not m.reused`,
      );
      await db.query(`insert into rebuild_before (person_key, digest) select person_key, ${DIGEST} from entries`);
      await db.query(
        `truncate entries, open_questions, open_charges, mentions, told_periods, parked_names, nodes, interpretations`,
      );
      await db.query(
        `insert into rebuilds (until_message, published_to)
         select (select coalesce(max(id), 0) from messages), (select coalesce(max(id), 0) from publications)`,
      );
      await db.query('update person_keys set merged_into = null where merged_into is not null');
      await db.query(
        `update messages
            set state = 'received', fault = null
          where state in ('interpreted', 'ignored', 'parked')
            and not reused`,
      );
    },

    /** Who sent the messages that are read again, each once: MSH-4 and MSH-3. */
    async senders(): Promise<{ sender: string; application: string }[]> {
      const { rows } = await db.query<{ sender: string; application: string }>(
        `select distinct sender, application
           from messages
          where state in ('received', 'interpreted', 'ignored', 'parked')
            and not reused`,
      );
      return rows;
    },

    /** Null while none is under way. `untilMessage`: the last message that was there when it began. */
    async begun(): Promise<Rebuilding | null> {
      const { rows } = await db.query<Rebuilding>(
        'select until_message as "untilMessage", read_at::text as "readAt" from rebuilds',
      );
      return rows[0] ?? null;
    },

    /** Everything that was there is read: folding goes on. */
    async readingEnded(): Promise<void> {
      await db.query('update rebuilds set read_at = clock_timestamp() where read_at is null');
    },

    /** Is a rebuild still reading what was there when it began? */
    async isReading(): Promise<boolean> {
      const { rows } = await db.query(
        `select
           from rebuilds r
          where r.read_at is null
            and exists (select from messages m where m.state = 'received' and m.id <= r.until_message)`,
      );
      return rows.length > 0;
    },

    /** Is there anybody of whom something is kept, and whom a rebuild has not folded again? Who cannot be folded is none. */
    async isIncomplete(): Promise<boolean> {
      const { rows } = await db.query(
        `select
           from rebuilds r
          where (r.read_at is null
                 and exists (select from messages m where m.state = 'received' and m.id <= r.until_message))
             or exists (select
                          from nodes n
                         where n.due_since <= coalesce(r.read_at, now())
                           and n.waits_since is null
                           and n.person_key is null)`,
      );
      return rows.length > 0;
    },

    /** Persons whose entry is another than before it was dropped, or who came or went. */
    async changed(): Promise<string[]> {
      const { rows } = await db.query<{ key: string }>(
        `select person_key as key
           from rebuild_before b
           full join (select person_key, ${DIGEST} as digest from entries) e using (person_key)
          where b.digest is distinct from e.digest
          order by person_key`,
      );
      return rows.map(({ key }) => key);
    },

    /** How many persons there are, and how many versions were published since it began. */
    async counts(): Promise<{ persons: number; published: number }> {
      const { rows } = await db.query<{ persons: number; published: number }>(
        `select (select count(*)::int from entries) as persons,
                (select count(*)::int from publications where id > (select published_to from rebuilds)) as published`,
      );
      return rows[0] ?? { persons: 0, published: 0 };
    },

    /** Belongs into its caller's transaction. */
    async ended(): Promise<void> {
      await db.query('truncate rebuild_before, rebuild_learnt, rebuilds');
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

/** Runs `work` while no other process rebuilds; null, and nothing is done, where one does. The connection holds it. */
export async function asRebuilder<T>(pool: Pool, work: () => Promise<T>): Promise<T | null> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
      LOCKS.rebuilder,
    ]);
    return rows[0]?.alone ? await work() : null;
  } finally {
    // With the connection goes the lock.
    client.release(true);
  }
}
