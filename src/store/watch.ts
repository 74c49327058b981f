import type { Pool } from 'pg';
import type { FaultCode } from '../fault.js';
import { LOCKS } from './locks.js';
import { inTransaction } from './transaction.js';

/** Figures and codes, never a person. */
export type AlertDetails = Record<string, string | number | null>;

/** What a round found of one subject. `unsure` leaves an open alert open and begins none. */
export type Judged = { kind: string; subject: string; is: 'bad' | 'good' | 'unsure'; details: AlertDetails };

export type Alert = {
  id: string;
  kind: string;
  subject: string;
  details: AlertDetails;
  beganAt: Date;
  endedAt: Date | null;
  endedBecause: 'over' | 'not-judged' | null;
};

/** A beginning or an ending that a channel has not taken yet. */
export type Telling = Alert & { moment: 'began' | 'ended'; attempt: number };

export type Changes = { began: Alert[]; ended: Alert[] };

const ALERT = `
  a.id, a.kind, a.subject, a.details, a.began_at as "beganAt", a.ended_at as "endedAt",
  a.ended_because as "endedBecause"`;

export function watchStore(pool: Pool) {
  return {
    /**
     * Begins what is bad, ends what is good, and ends what nobody has judged since `forgottenBefore`. An open alert has
     * the figures of the last round in which it was bad. Each beginning and ending is to be told once on each of
     * `channels`.
     */
    settle: (judged: readonly Judged[], { channels, now, forgottenBefore }: Settling): Promise<Changes> =>
      inTransaction(pool, async (db) => {
        await db.query('select pg_advisory_xact_lock($1)', [LOCKS.watch]);
        const { rows: began } = await db.query<Alert>(
          `insert into alerts as a (kind, subject, details, began_at, judged_at)
           select kind, subject, details, $4, $4
             from unnest($1::text[], $2::text[], $3::jsonb[]) as bad (kind, subject, details)
               on conflict (kind, subject) where ended_at is null do nothing
        returning ${ALERT}`,
          [...columns(judged.filter(({ is }) => is === 'bad')), now],
        );
        const { rows: over } = await db.query<Alert>(
          `update alerts a
              set ended_at = $3, ended_because = 'over', judged_at = $3
             from unnest($1::text[], $2::text[]) as good (kind, subject)
            where a.ended_at is null
              and (a.kind, a.subject) = (good.kind, good.subject)
        returning ${ALERT}`,
          [...columns(judged.filter(({ is }) => is === 'good')).slice(0, 2), now],
        );
        await db.query(
          `update alerts a
              set judged_at = $5, details = case when seen.bad then seen.details else a.details end
             from unnest($1::text[], $2::text[], $3::jsonb[], $4::boolean[]) as seen (kind, subject, details, bad)
            where a.ended_at is null
              and (a.kind, a.subject) = (seen.kind, seen.subject)`,
          [...columns(judged), judged.map(({ is }) => is === 'bad'), now],
        );
        const { rows: forgotten } = await db.query<Alert>(
          `update alerts a
              set ended_at = $1, ended_because = 'not-judged'
            where a.ended_at is null
              and a.judged_at < $2
        returning ${ALERT}`,
          [now, forgottenBefore],
        );
        await db.query(
          `with open as (
             insert into alert_tellings (alert_id, channel, moment, due_at)
             select a.id, channel, 'began', $2
               from alerts a
              cross join unnest($1::text[]) as channel
              where a.ended_at is null
                 on conflict do nothing
           )
           insert into alert_tellings (alert_id, channel, moment, due_at)
           select t.alert_id, t.channel, 'ended', $2
             from alert_tellings t
            where t.alert_id = any ($3::bigint[])
              and t.moment = 'began'
               on conflict do nothing`,
          [channels, now, [...over, ...forgotten].map(({ id }) => id)],
        );
        return { began, ended: [...over, ...forgotten] };
      }),

    /**
     * Everything that a channel has not taken, oldest first; nothing while it is being told by another process or rests
     * after a failure. Whoever claims has until `leaseUntil`; if nothing is heard, it is claimed again.
     */
    claim: (channel: string, { now, leaseUntil, notEndedBefore }: Claiming): Promise<Telling[]> =>
      inTransaction(pool, async (db) => {
        await db.query('select pg_advisory_xact_lock($1)', [LOCKS.watch]);
        const { rows } = await db.query<Telling>(
          `with claimed as (
             update alert_tellings t
                set attempt = t.attempt + 1, due_at = $3
               from alerts a
              where a.id = t.alert_id
                and t.channel = $1
                and t.told_at is null
                and (a.ended_at is null or a.ended_at >= $4)
                and not exists (select from alert_tellings resting
                                 where resting.channel = $1
                                   and resting.told_at is null
                                   and resting.due_at > $2)
          returning t.alert_id, t.moment, t.attempt
           )
           select ${ALERT}, c.moment, c.attempt
             from claimed c
             join alerts a on a.id = c.alert_id
            order by case c.moment when 'began' then a.began_at else a.ended_at end, a.id, c.moment`,
          [channel, now, leaseUntil, notEndedBefore],
        );
        return rows;
      }),

    async told(channel: string, tellings: readonly Telling[], now: Date): Promise<void> {
      await pool.query(
        `update alert_tellings t
            set told_at = $4, problem = null
           from unnest($2::bigint[], $3::text[]) as told (alert_id, moment)
          where t.channel = $1
            and (t.alert_id, t.moment) = (told.alert_id, told.moment)
            and t.told_at is null`,
        [channel, tellings.map(({ id }) => id), tellings.map(({ moment }) => moment), now],
      );
    },

    /** `problem` is a code of ours or the system's. */
    async notTold(channel: string, tellings: readonly Telling[], problem: string, again: Date): Promise<void> {
      await pool.query(
        `update alert_tellings t
            set due_at = $4, problem = $5
           from unnest($2::bigint[], $3::text[]) as tried (alert_id, moment)
          where t.channel = $1
            and (t.alert_id, t.moment) = (tried.alert_id, tried.moment)
            and t.told_at is null`,
        [channel, tellings.map(({ id }) => id), tellings.map(({ moment }) => moment), again, problem],
      );
    },

    /** Alerts that have begun and not ended, oldest first. */
    async open(): Promise<Alert[]> {
      const { rows } = await pool.query<Alert>(
        `select ${ALERT}
           from alerts a
          where a.ended_at is null
          order by a.began_at, a.id`,
      );
      return rows;
    },

    /** When somebody last counted what came, which each round of the watch begins with; null when nobody ever has. */
    async lookedAt(): Promise<Date | null> {
      const { rows } = await pool.query<{ at: Date | null }>('select seen_at as at from feed_counting');
      return rows[0]?.at ?? null;
    },

    /** How many beginnings and endings wait to be told; those of alerts that ended before `notEndedBefore` are given up. */
    async untold(notEndedBefore: Date): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        `select count(*)::int as count
           from alert_tellings t
           join alerts a on a.id = t.alert_id
          where t.told_at is null
            and (a.ended_at is null or a.ended_at >= $1)`,
        [notEndedBefore],
      );
      return rows[0]?.count ?? 0;
    },

    /** Versions that wait for each body, and since when the oldest was published. */
    async undelivered(): Promise<{ body: string; count: number; oldestAt: Date }[]> {
      const { rows } = await pool.query<{ body: string; count: number; oldestAt: Date }>(
        `select w.body, w.count, p.published_at as "oldestAt"
           from (select body, count(*)::int as count, min(publication_id) as oldest
                   from deliveries
                  where state in ('due', 'sending')
                  group by body) w
           join publications p on p.id = w.oldest
          order by w.body`,
      );
      return rows;
    },

    /** What somebody has to settle: not what bodies that are no more have never confirmed. */
    async parkedDeliveries(): Promise<{ body: string; fault: FaultCode; count: number }[]> {
      const { rows } = await pool.query<{ body: string; fault: FaultCode; count: number }>(
        `select body, last_fault as fault, count(*)::int as count
           from deliveries
          where state = 'parked'
            and last_fault is distinct from 'body-ended'
          group by body, last_fault
          order by body, last_fault`,
      );
      return rows;
    },

    /** Since when somebody waits of whom something is said that has not been folded; null when nobody does. */
    async oldestUnfoldedAt(): Promise<Date | null> {
      const { rows } = await pool.query<{ at: Date | null }>(
        `select min(coalesce(waits_since, due_since)) as at
           from nodes
          where due_since is not null`,
      );
      return rows[0]?.at ?? null;
    },

    /** When the oldest message came that nobody has interpreted; null when none waits. */
    async oldestUninterpretedAt(): Promise<Date | null> {
      const { rows } = await pool.query<{ receivedAt: Date }>(
        `select received_at as "receivedAt"
           from messages
          where state = 'received'
          order by id
          limit 1`,
      );
      return rows[0]?.receivedAt ?? null;
    },
  };
}

type Settling = { channels: readonly string[]; now: Date; forgottenBefore: Date };
type Claiming = { now: Date; leaseUntil: Date; notEndedBefore: Date };

export type WatchStore = ReturnType<typeof watchStore>;

const columns = (judged: readonly Judged[]): [string[], string[], string[]] => [
  judged.map(({ kind }) => kind),
  judged.map(({ subject }) => subject),
  judged.map(({ details }) => JSON.stringify(details)),
];
