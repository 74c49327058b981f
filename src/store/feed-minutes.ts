import type { Pool, PoolClient } from 'pg';
import type { FaultCode } from '../fault.js';
import { type Db, inTransaction } from './transaction.js';

/** A feed as the site file names it; `application` is empty where it gives none. Both empty: no feed of ours. */
export type FeedName = { sender: string; application: string };

export type FeedTotal = FeedName & {
  received: number;
  rejected: number;
  interpreted: number;
  ignored: number;
  parked: number;
  /** Of the last message, to the minute. */
  lastMinute: Date | null;
};

export type FeedHour = FeedName & { received: number; rejected: number; parked: number; faults: FaultCode[] };

/** A time in which nobody counted, and so perhaps nobody listened. */
export type Gap = { from: Date; until: Date };

/** How far the counting has come. `behind`: what came in the last minutes may be missing from the counts. */
export type Counting = { behind: boolean; gaps: Gap[] };

const CHUNK = 50_000;
const CHUNKS_A_ROUND = 40;
const DOWN_AFTER_MS = 5 * 60_000;
const BEHIND_AFTER_MS = 5 * 60_000;

/** Counts of messages by feed, made from the inbox a piece at a time, and read instead of it. */
export function feedMinutes(pool: Pool, feeds: readonly FeedName[]) {
  return {
    /**
     * Counts what has come since the last call, each message once, whoever counts. What is committed now is counted by
     * the call after the next transaction ends: usually the next one.
     */
    async count(now: Date): Promise<void> {
      for (let left = CHUNKS_A_ROUND; left > 0; left -= 1) {
        const more = await inTransaction(pool, (db) => countChunk(db, feeds, now));
        if (!more) return;
      }
    },

    async counting(now: Date): Promise<Counting> {
      const { rows } = await pool.query<{ seenAt: Date | null }>('select seen_at as "seenAt" from feed_counting');
      const { rows: gaps } = await pool.query<Gap>(
        `select down_from as "from", down_until as "until"
           from feed_gaps
          order by down_from`,
      );
      const seenAt = rows[0]?.seenAt ?? null;
      return { behind: seenAt === null || now.getTime() - seenAt.getTime() > BEHIND_AFTER_MS, gaps };
    },

    async totals(): Promise<FeedTotal[]> {
      const { rows } = await pool.query<FeedTotal>(
        `select sender, application, received::float8, rejected::float8, interpreted::float8, ignored::float8,
                parked::float8, last_minute as "lastMinute"
           from feed_totals
          order by sender, application`,
      );
      return rows;
    },

    /** What came since `from`, and how much of it is parked now. */
    async since(from: Date): Promise<FeedHour[]> {
      const { rows } = await pool.query<FeedHour>(
        `with came as (
           select sender, application, sum(received)::int as received, sum(rejected)::int as rejected,
                  min(first_id) as first_id
             from feed_minutes
            where minute >= $1
            group by sender, application
         ), stuck as (
           select ${FEED}, count(*)::int as parked, array_agg(distinct m.fault ->> 'code') as faults
             from messages m
             ${FEEDS_OF}
            where m.state = 'parked'
              and m.id >= (select min(first_id) from came)
            group by 1, 2
         )
         select came.sender, came.application, came.received, came.rejected,
                coalesce(stuck.parked, 0) as parked, coalesce(stuck.faults, '{}') as faults
           from came
           left join stuck using (sender, application)
          order by came.sender, came.application`,
        [from, ...feedLists(feeds)],
      );
      return rows;
    },

    /** Beginnings of the slots of `slotMinutes` in which anything came, oldest first. */
    async slots({ sender, application }: FeedName, since: Date, slotMinutes: number): Promise<number[]> {
      const { rows } = await pool.query<{ slot: number }>(
        `select distinct floor(extract(epoch from minute) / ($4::int * 60))::float8 * $4::int * 60000 as slot
           from feed_minutes
          where sender = $1
            and application = $2
            and minute >= $3
          order by slot`,
        [sender, application, since, slotMinutes],
      );
      return rows.map(({ slot }) => slot);
    },

    /** Forgets minutes that are older than `keepDays` before the feed's own last one: a feed long silent keeps its rhythm. */
    async forget(keepDays: number): Promise<void> {
      await pool.query(
        `delete from feed_minutes f
          using feed_totals t
          where (t.sender, t.application) = (f.sender, f.application)
            and f.minute < t.last_minute - make_interval(days => $1)`,
        [keepDays],
      );
      await pool.query(
        `delete from feed_gaps
          where down_until < (select min(last_minute) from feed_totals)`,
      );
    },
  };
}

export type FeedMinutes = ReturnType<typeof feedMinutes>;

/** The feed that a message belongs to: the one with its application, else the sender's one without, else none. */
const FEED = `coalesce(exact.sender, whole.sender, '') as sender, coalesce(exact.application, '') as application`;
const FEEDS_OF = `
             left join unnest($2::text[], $3::text[]) as exact (sender, application)
               on (exact.sender, exact.application) = (m.sender, m.application)
             left join unnest($4::text[]) as whole (sender)
               on whole.sender = m.sender`;

/** Parameters 2 to 4 of `FEEDS_OF`. */
function feedLists(feeds: readonly FeedName[]): [string[], string[], string[]] {
  const exact = feeds.filter(({ application }) => application !== '');
  const whole = feeds.filter(({ application }) => application === '');
  return [
    exact.map(({ sender }) => sender),
    exact.map(({ application }) => application),
    whole.map(({ sender }) => sender),
  ];
}

type Progress = { countedTo: string; settledTo: string; seenTo: string; seenAt: Date | null; over: boolean };

/** False when there is nothing more to count for now, or another process counts. */
async function countChunk(db: PoolClient, feeds: readonly FeedName[], now: Date): Promise<boolean> {
  const { rows } = await db.query<Progress>(
    `select counted_to as "countedTo", settled_to as "settledTo", seen_to as "seenTo", seen_at as "seenAt",
            -- A restored backup brings a number of another server's: nothing of that time runs here.
            seen_xmax is null or seen_xmax > pg_snapshot_xmax(pg_current_snapshot())
                              or seen_xmax <= pg_snapshot_xmin(pg_current_snapshot()) as over
       from feed_counting
        for update skip locked`,
  );
  const [progress] = rows;
  if (!progress) return false;
  const counted = progress.over ? await countArrivals(db, feeds, progress) : progress.countedTo;
  const settled = await countOutcomes(db, feeds, progress.settledTo, counted);
  const more = counted !== progress.countedTo || settled !== progress.settledTo;
  if (counted === progress.seenTo) await lookAhead(db, progress, now);
  return more;
}

async function countArrivals(db: Db, feeds: readonly FeedName[], { countedTo, seenTo }: Progress): Promise<string> {
  if (countedTo === seenTo) return countedTo;
  const to = chunkEnd(countedTo, seenTo);
  await db.query(
    `with counted as (
       select ${FEED}, date_trunc('minute', m.received_at) as minute, min(m.id) as first_id,
              count(*) filter (where not m.rejected)::int as received,
              count(*) filter (where m.rejected)::int     as rejected
         from messages m
         ${FEEDS_OF}
        where m.id > $1
          and m.id <= $5
        group by 1, 2, 3
     ), by_minute as (
       insert into feed_minutes as f (sender, application, minute, received, rejected, first_id)
       select sender, application, minute, received, rejected, first_id
         from counted
           on conflict (sender, application, minute) do update
          set received = f.received + excluded.received,
              rejected = f.rejected + excluded.rejected,
              first_id = least(f.first_id, excluded.first_id)
     ), in_all as (
       insert into feed_totals as t (sender, application, received, rejected, last_minute)
       select sender, application, sum(received), sum(rejected), max(minute)
         from counted
        group by sender, application
           on conflict (sender, application) do update
          set received    = t.received + excluded.received,
              rejected    = t.rejected + excluded.rejected,
              last_minute = greatest(t.last_minute, excluded.last_minute)
     )
     update feed_counting
        set counted_to = $5`,
    [countedTo, ...feedLists(feeds), to],
  );
  return to;
}

/** Up to the oldest message that waits: everything before it has an outcome. */
async function countOutcomes(db: Db, feeds: readonly FeedName[], settledTo: string, countedTo: string) {
  const { rows } = await db.query<{ to: string }>(
    `select greatest($1::bigint, least($2::bigint, (select id - 1
                                                      from messages
                                                     where state = 'received'
                                                     order by id
                                                     limit 1))) as to`,
    [settledTo, countedTo],
  );
  const to = chunkEnd(settledTo, rows[0]?.to ?? settledTo);
  if (to === settledTo) return settledTo;
  await db.query(
    `with settled as (
       select ${FEED},
              count(*) filter (where m.state = 'interpreted') as interpreted,
              count(*) filter (where m.state = 'ignored')     as ignored,
              count(*) filter (where m.state = 'parked')      as parked
         from messages m
         ${FEEDS_OF}
        where m.id > $1
          and m.id <= $5
        group by 1, 2
     ), in_all as (
       insert into feed_totals as t (sender, application, interpreted, ignored, parked)
       select sender, application, interpreted, ignored, parked
         from settled
           on conflict (sender, application) do update
          set interpreted = t.interpreted + excluded.interpreted,
              ignored     = t.ignored + excluded.ignored,
              parked      = t.parked + excluded.parked
     )
     update feed_counting
        set settled_to = $5`,
    [settledTo, ...feedLists(feeds), to],
  );
  return to;
}

const chunkEnd = (from: string, to: string): string => String(Math.min(Number(to), Number(from) + CHUNK));

/** Notes how far the inbox goes now. A long time since the last note is a time in which nothing of ours ran. */
async function lookAhead(db: Db, { seenAt }: Progress, now: Date): Promise<void> {
  if (seenAt !== null && now.getTime() - seenAt.getTime() > DOWN_AFTER_MS) {
    await db.query('insert into feed_gaps (down_from, down_until) values ($1, $2) on conflict do nothing', [
      seenAt,
      now,
    ]);
  }
  await db.query(
    `update feed_counting
        set seen_to   = greatest(seen_to, (select coalesce(max(id), 0) from messages)),
            seen_xmax = pg_snapshot_xmax(pg_current_snapshot()),
            seen_at   = greatest(seen_at, $1)`,
    [now],
  );
}
