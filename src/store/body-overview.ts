import type { FaultCode } from '../fault.js';
import type { DeliveryState, DueDelivery } from './deliveries.js';
import { COUNTED } from './overview.js';
import type { Db } from './transaction.js';

/** How things stand with one council or ICB. */
export type BodyRow = {
  body: string;
  /** Confirmed and overtaken are counted up to `COUNTED`. */
  counts: Partial<Record<DeliveryState, number>>;
  /** Since when the body lacks something. */
  oldestUndeliveredAt: Date | null;
  lastConfirmedAt: Date | null;
  /** Of what it does not have: the newest trouble. */
  lastFault: FaultCode | null;
  lastFaultAt: Date | null;
};

export function bodyStore(db: Db) {
  return {
    /** Every body that was ever told something, or the one that is asked for. */
    async all(body?: string): Promise<BodyRow[]> {
      const { rows } = await db.query<BodyRow>(
        `with recursive settled (body) as (
           select min(body) from deliveries where state in ('confirmed', 'overtaken')
            union all
           select (select min(d.body) from deliveries d where d.state in ('confirmed', 'overtaken') and d.body > s.body)
             from settled s
            where s.body is not null
         ), open as (
           select body, state, count(*)::int as count, min(publication_id) as oldest
             from deliveries
            where state in ('due', 'sending', 'handed-over', 'parked')
              and ($1::text is null or body = $1)
            group by body, state
         ), done as (
           select s.body, asked.state, counted.count
             from settled s
            cross join (values ('confirmed'), ('overtaken')) as asked (state)
            cross join lateral (select count(*)::int as count
                                  from (select
                                          from deliveries d
                                         where d.body = s.body
                                           and d.state = asked.state
                                           and d.state in ('confirmed', 'overtaken')
                                         limit $2) first) counted
            where ($1::text is null or s.body = $1)
              and counted.count > 0
         ), bodies as (
           select body, jsonb_object_agg(state, count) as counts, min(oldest) as oldest
             from (select body, state, count, oldest from open
                    union all
                   select body, state, count, null from done) each
            group by body
         ), trouble as (
           select distinct on (body) body, last_fault, claimed_at
             from deliveries
            where state in ('due', 'sending', 'parked')
              and last_fault is not null
              and ($1::text is null or body = $1)
            order by body, claimed_at desc nulls last
         )
         select b.body, b.counts, p.published_at as "oldestUndeliveredAt",
                (select max(d.settled_at) from deliveries d where d.body = b.body and d.state = 'confirmed')
                  as "lastConfirmedAt",
                t.last_fault as "lastFault", t.claimed_at as "lastFaultAt"
           from bodies b
           left join publications p on p.id = b.oldest
           left join trouble t on t.body = b.body
          order by b.body`,
        [body ?? null, COUNTED],
      );
      return rows;
    },

    /** What may be tried now for a body, soonest first: to wake its workers. */
    async dueFor(body: string, limit: number): Promise<DueDelivery[]> {
      const { rows } = await db.query<DueDelivery>(
        `select person_key as "personKey", body, min(next_attempt_at) as "from"
           from deliveries
          where state = 'due'
            and body = $1
          group by person_key, body
          order by min(next_attempt_at)
          limit $2`,
        [body, limit],
      );
      return rows;
    },
  };
}
