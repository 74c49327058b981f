import type { PoolClient } from 'pg';
import type { Day } from '../register/day.js';
import type { Db } from './transaction.js';

/** To whom a small area belongs from a day on; `subIcb` and `icb` are ODS codes, `council` a GSS code. */
export type SmallAreaRow = { lsoa: string; from: Day; subIcb: string; icb: string | null; council: string | null };

/** What is known of these small areas, the latest first. */
export async function smallAreaRows(db: Db, lsoas: readonly string[]): Promise<SmallAreaRow[]> {
  const { rows } = await db.query<SmallAreaRow>({
    name: 'small-areas',
    text: `select lsoa, to_char(from_on, 'YYYY-MM-DD') as "from", sub_icb as "subIcb", icb, council
             from small_areas
            where lsoa = any ($1::text[])
            order by lsoa, from_on desc`,
    values: [lsoas],
  });
  return rows;
}

/** One import, in one transaction of its caller, who holds the lock of imports. */
export function smallAreaImportStore(db: PoolClient) {
  return {
    async begin(): Promise<void> {
      await db.query(
        `create temporary table incoming_small_areas (
           lsoa    text,
           from_on date,
           sub_icb text,
           icb     text,
           council text
         ) on commit drop`,
      );
    },

    async add(areas: readonly SmallAreaRow[]): Promise<void> {
      await db.query(
        `insert into incoming_small_areas
         select *
           from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[])`,
        [
          areas.map(({ lsoa }) => lsoa),
          areas.map(({ from }) => from),
          areas.map(({ subIcb }) => subIcb),
          areas.map(({ icb }) => icb),
          areas.map(({ council }) => council),
        ],
      );
    },

    /** What did not come stays as it was; what a file leaves empty takes nothing away. `same` counts area and day. */
    async merge(): Promise<{ added: number; changed: number; same: number }> {
      const { rows } = await db.query<{ added: number; changed: number; same: number }>(
        `with incoming as (
           select distinct on (lsoa, from_on) lsoa, from_on, sub_icb, icb, council
             from incoming_small_areas
            order by lsoa, from_on, sub_icb, icb, council
         ), merged as (
           insert into small_areas as known (lsoa, from_on, sub_icb, icb, council)
           select lsoa, from_on, sub_icb, icb, council
             from incoming
               on conflict (lsoa, from_on) do update
              set sub_icb = excluded.sub_icb,
                  icb     = coalesce(excluded.icb, known.icb),
                  council = coalesce(excluded.council, known.council)
            where (known.sub_icb, known.icb, known.council)
                  is distinct from
                  (excluded.sub_icb, coalesce(excluded.icb, known.icb), coalesce(excluded.council, known.council))
        returning known.xmax = 0 as added
         )
         select (select count(*)::int from merged where added)                                as added,
                (select count(*)::int from merged where not added)                            as changed,
                (select count(*)::int from incoming) - (select count(*)::int from merged)     as same`,
      );
      return rows[0] ?? { added: 0, changed: 0, same: 0 };
    },
  };
}
