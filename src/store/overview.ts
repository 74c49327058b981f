import type { FaultCode } from '../fault.js';
import type { QuestionKind } from '../register/entry.js';
import type { MessageState } from './message.js';
import type { Db } from './transaction.js';

/** How much of something waits, and since when. */
export type Waiting = { count: number; oldestAt: Date | null };

/** Counts for people who look and machines that scrape; none of them names a person. */
export function overviewStore(db: Db) {
  return {
    async messagesSince(from: Date): Promise<{ state: MessageState; count: number }[]> {
      const { rows } = await db.query<{ state: MessageState; count: number }>(
        `select state, count(*)::int as count
           from messages
          where received_at >= $1
          group by state
          order by state`,
        [from],
      );
      return rows;
    },

    async parkedByFault(): Promise<{ fault: FaultCode; count: number; oldestAt: Date }[]> {
      const { rows } = await db.query<{ fault: FaultCode; count: number; oldestAt: Date }>(
        `select fault ->> 'code' as fault, count(*)::int as count, min(received_at) as "oldestAt"
           from messages
          where state = 'parked'
            and fault is not null
          group by fault ->> 'code'
          order by count(*) desc, fault ->> 'code'`,
      );
      return rows;
    },

    /** Messages that nobody has interpreted yet. */
    async uninterpreted(): Promise<Waiting> {
      const { rows } = await db.query<Waiting>(
        `select count(*)::int as count, min(received_at) as "oldestAt"
           from messages
          where state = 'received'`,
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
        `select question ->> 'kind' as kind, count(*)::int as count
           from entries
          cross join lateral jsonb_array_elements(entry -> 'questions') question
          group by question ->> 'kind'
          order by count(*) desc, question ->> 'kind'`,
      );
      return rows;
    },
  };
}
