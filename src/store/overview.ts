import { FAULTS, type FaultCode } from '../fault.js';
import type { QuestionKind } from '../register/entry.js';
import type { Db } from './transaction.js';

/** How much of something waits, and since when. */
export type Waiting = { count: number; oldestAt: Date | null };

/** Beyond this the exact number tells nobody anything, and counting on would read a large table. */
export const COUNTED = 10_001;

/** What came in one minute; rejected is what was not let in. */
export type FlowMinute = { minute: Date; received: number; rejected: number };

/** Counts for people who look and machines that scrape; none of them names a person. */
export function overviewStore(db: Db) {
  return {
    /** What came in each minute since, where anything came: what is counted already, and the newest that is not yet. */
    async minutes(from: Date): Promise<FlowMinute[]> {
      const { rows } = await db.query<FlowMinute>(
        `select minute, sum(received)::int as received, sum(rejected)::int as rejected
           from (select minute, received, rejected
                   from feed_minutes
                  where minute >= $1
                  union all
                 select date_trunc('minute', received_at), (not rejected)::int, rejected::int
                   from (select received_at, rejected
                           from messages
                          where id > (select counted_to from feed_counting)
                          order by id desc
                          limit $2) uncounted
                  where received_at >= $1) come
          group by minute
          order by minute`,
        [from, COUNTED],
      );
      return rows;
    },

    /** Up to `COUNTED` of each are counted. */
    async parkedByFault(): Promise<{ fault: FaultCode; count: number; oldestAt: Date }[]> {
      const { rows } = await db.query<{ fault: FaultCode; count: number; oldestAt: Date }>(
        `select cause.fault, parked.count, parked."oldestAt"
           from unnest($1::text[]) as cause (fault)
          cross join lateral (select count(*)::int as count, min(received_at) as "oldestAt"
                                from (select received_at
                                        from messages
                                       where state = 'parked'
                                         and fault ->> 'code' = cause.fault
                                       order by id
                                       limit $2) counted) parked
          where parked.count > 0
          order by parked.count desc, cause.fault`,
        [Object.keys(FAULTS), COUNTED],
      );
      return rows;
    },

    /** Messages that nobody has interpreted yet; up to `COUNTED` are counted. */
    async uninterpreted(): Promise<Waiting> {
      const { rows } = await db.query<Waiting>(
        `select count(*)::int as count, min(received_at) as "oldestAt"
           from (select received_at
                   from messages
                  where state = 'received'
                  order by id
                  limit $1) counted`,
        [COUNTED],
      );
      return rows[0] ?? { count: 0, oldestAt: null };
    },

    /** Versions that their body does not have yet. */
    async undelivered(): Promise<(Waiting & { body: string })[]> {
      const { rows } = await db.query<Waiting & { body: string }>(
        `select d.body, count(*)::int as count, min(p.published_at) as "oldestAt"
           from deliveries d
           join publications p on p.id = d.publication_id
          where d.state in ('due', 'sending', 'handed-over', 'parked')
          group by d.body
          order by d.body`,
      );
      return rows;
    },

    async questions(): Promise<{ kind: QuestionKind; count: number }[]> {
      const { rows } = await db.query<{ kind: QuestionKind; count: number }>(
        `select question.kind, sum(alike.count)::int as count
           from (select asked, count(*) as count
                   from entries
                  where asked <> '[]'
                  group by asked) alike
          cross join lateral jsonb_array_elements_text(alike.asked) as question (kind)
          group by question.kind
          order by sum(alike.count) desc, question.kind`,
      );
      return rows;
    },
  };
}
