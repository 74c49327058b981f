import type { Charge } from '../register/charged.js';
import type { Entry } from '../register/entry.js';
import { ASKED } from './open-charges.js';
import type { Db } from './transaction.js';

/** Somebody of whom it is asked whether a charge was given back, and every charge that was stated. */
export type ChargedPerson = { personKey: string; entry: Entry; charges: Charge[] };

export type ChargedFilter = {
  /** A council (GSS) or an ICB (ODS) that is responsible. */
  body?: string | undefined;
  /** Only these people. */
  keys?: readonly string[];
  limit: number;
  after?: string | null;
};

/** Charges that people stated, beside the register. */
export function chargeStore(db: Db) {
  return {
    /** In the order of their keys. */
    async people({ body, keys, limit, after = null }: ChargedFilter): Promise<ChargedPerson[]> {
      const { rows } = await db.query<ChargedPerson>(
        `with asked as (
           ${ASKED}
              and ($2::uuid is null or person_key > $2)
              and ($4::uuid[] is null or person_key = any ($4))
            order by person_key
            limit $3
         )
         select e.person_key as "personKey", e.entry, charges.facts as charges
           from asked
           join entries e using (person_key)
          cross join lateral (select coalesce(jsonb_agg(distinct s.fact), '[]') as facts
                                from nodes n
                                join mentions m on m.node_id = n.id
                                join stated_facts s on s.id = m.stated_id
                               where n.person_key = e.person_key
                                 and s.fact ->> 'kind' = 'charge') charges
          order by e.person_key`,
        [body ?? null, after, limit, keys ?? null],
      );
      return rows;
    },

    /** Charges that nobody has answered about, of those recorded since: how many by council. */
    async newSince(since: Date): Promise<{ council: string | null; count: number }[]> {
      const { rows } = await db.query<{ council: string | null; count: number }>(
        `select c.council, count(distinct s.id)::int as count
           from stated_facts s
           join open_charges c on c.fact = s.id
          where s.fact ->> 'kind' = 'charge'
            and s.recorded_at >= $1
          group by c.council`,
        [since],
      );
      return rows;
    },
  };
}
