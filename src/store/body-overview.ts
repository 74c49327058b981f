import type { FaultCode } from '../fault.js';
import type { DeliveryState, DueDelivery } from './deliveries.js';
import type { Db } from './transaction.js';

/** How things stand with one council or ICB. */
export type BodyRow = {
  body: string;
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
        `with states as (
           select body, state, count(*)::int as count, max(settled_at) filter (where state = 'confirmed') as confirmed_at
             from deliveries
            where $1::text is null or body = $1
            group by body, state
         ), bodies as (
           select body, jsonb_object_agg(state, count) as counts, max(confirmed_at) as confirmed_at
             from states
            group by body
         ), waiting as (
           select body, min(publication_id) as oldest
             from deliveries
            where state in ('due', 'sending', 'handed-over', 'parked')
              and ($1::text is null or body = $1)
            group by body
         ), trouble as (
           select distinct on (body) body, last_fault, claimed_at
             from deliveries
            where state in ('due', 'sending', 'parked')
              and last_fault is not null
              and ($1::text is null or body = $1)
            order by body, claimed_at desc nulls last
         )
         select b.body, b.counts, p.published_at as "oldestUndeliveredAt", b.confirmed_at as "lastConfirmedAt",
                t.last_fault as "lastFault", t.claimed_at as "lastFaultAt"
           from bodies b
           left join waiting w on w.body = b.body
           left join publications p on p.id = w.oldest
           left join trouble t on t.body = b.body
          order by b.body`,
        [body ?? null],
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
