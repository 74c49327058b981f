import type { Day } from '../register/day.js';
import type { Clock } from '../register/entry.js';
import type { Db } from './transaction.js';

/** How many things that two bodies owe together are in one state. Null where it is not known who is responsible. */
/** `days`: how long these versions have been waited for. */
export type UnconfirmedCount = { council: string | null; icb: string | null; days: number; count: number };

export type ClockCount = {
  council: string | null;
  icb: string | null;
  state: Exclude<Clock['state'], 'done'>;
  count: number;
};

/** A letter of one day to one contact of a partnership. */
export type Letter = { council: string; icb: string; recipient: string; day: Day };

type Claiming = { now: Date; leaseUntil: Date };

/** Figures about what is due, and who was told of them; none of it names a person. */
export function dueStore(db: Db) {
  return {
    async clockCounts(): Promise<ClockCount[]> {
      const { rows } = await db.query<ClockCount>(
        `select council, icb, clock.state, count(*)::int as count
           from entries
          cross join lateral jsonb_array_elements_text(clock_states) as clock (state)
          where clock_states <> '[]'
          group by council, icb, clock.state
          order by council, icb, clock.state`,
      );
      return rows;
    },

    /**
     * Versions that no body has confirmed, by who is responsible now; not of bodies that are no more. What waited before it,
     * since the last that the body confirmed, waits still: whoever is told anew every week would never have waited.
     */
    async unconfirmed(now: Date): Promise<UnconfirmedCount[]> {
      const { rows } = await db.query<UnconfirmedCount>(
        `select e.council, e.icb, extract(day from $1 - waiting.since)::int as days, count(*)::int as count
           from deliveries d
           join publications p on p.id = d.publication_id
          cross join lateral (
                  select coalesce(max(before.record_version), 0) as confirmed
                    from publications before
                    join deliveries b on b.publication_id = before.id
                   where before.person_key = p.person_key
                     and before.body = p.body
                     and before.record_version < p.record_version
                     and b.confirmed_at is not null) as held
          cross join lateral (
                  select min(untaken.published_at) as since
                    from publications untaken
                   where untaken.person_key = p.person_key
                     and untaken.body = p.body
                     and untaken.record_version > held.confirmed
                     and untaken.record_version <= p.record_version) as waiting
           join person_keys k on k.key = d.person_key
           left join entries e on e.person_key = coalesce(k.merged_into, k.key)
          where d.state in ('due', 'sending', 'handed-over', 'parked')
            and d.last_fault is distinct from 'body-ended'
            and waiting.since < $1 - interval '1 day'
          group by 1, 2, 3`,
        [now],
      );
      return rows;
    },

    /** Is everybody folded for this day? While the night's changes wait, or a rebuild goes on, the figures do too. */
    async isFoldedFor(day: Day): Promise<boolean> {
      const { rows } = await db.query(
        `select
          where exists (select from rebuilds)
             or exists (select from entries where next_change_on <= $1)`,
        [day],
      );
      return rows.length === 0;
    },

    /** Which attempt this is; null where the letter was taken, or another process writes it. */
    async claimLetter({ council, icb, recipient, day }: Letter, { now, leaseUntil }: Claiming): Promise<number | null> {
      const { rows } = await db.query<{ attempt: number }>(
        `insert into due_letters as l (council, icb, recipient, day, due_at)
         values ($1, $2, $3, $4, $6)
             on conflict (day, council, icb, recipient) do update
            set attempt = l.attempt + 1, due_at = $6
          where l.told_at is null
            and l.due_at <= $5
      returning l.attempt`,
        [council, icb, recipient, day, now, leaseUntil],
      );
      return rows[0]?.attempt ?? null;
    },

    async letterTaken({ council, icb, recipient, day }: Letter, now: Date): Promise<void> {
      await db.query(
        `update due_letters
            set told_at = $5, problem = null
          where (day, council, icb, recipient) = ($4::date, $1::text, $2::text, $3::text)
            and told_at is null`,
        [council, icb, recipient, day, now],
      );
    },

    /** `problem` is a code of ours or the mail system's. */
    async letterNotTaken({ council, icb, recipient, day }: Letter, problem: string, again: Date): Promise<void> {
      await db.query(
        `update due_letters
            set due_at = $6, problem = $5
          where (day, council, icb, recipient) = ($4::date, $1::text, $2::text, $3::text)
            and told_at is null`,
        [council, icb, recipient, day, problem, again],
      );
    },
  };
}
