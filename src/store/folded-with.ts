import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { COUNTED } from './overview.js';
import type { Db } from './transaction.js';

/** People whom another directory, or a day until `on`, may give another body; or everybody. */
export type Concerned = { today: string; on: Day; everybody: boolean };

/** A person's entry as it is kept, and by what it was folded. */
export type KeptEntry = { personKey: string; entry: Entry; foldedWith: string };

/** As much of an entry as a change of bodies is seen beside. */
export type KeptBodies = Pick<Entry, 'asOf' | 'council' | 'icb' | 'because'>;

/**
 * `today` is by what people are folded now, but for the postcodes, of which the database knows itself: whoever was folded by
 * anything else is another. None of these reads entries but the last two.
 */
export function foldedWithStore(db: Db) {
  return {
    /** `today`, with the edition of the postcodes that was imported last. */
    async today(today: string): Promise<string> {
      const { rows } = await db.query<{ today: string }>('select folded_with_today($1) as today', [today]);
      return rows[0]?.today ?? today;
    },

    /** How many others there are; up to `COUNTED` are counted, and almost always there is none. */
    async countOthers(today: string): Promise<number> {
      const { rows } = await db.query<{ count: number }>(
        `select count(*)::int as count
           from (select from (select from entries where folded_with < folded_with_today($1) limit $2) earlier
                  union all
                 select from (select from entries where folded_with > folded_with_today($1) limit $2) later
                  limit $2) others`,
        [today, COUNTED],
      );
      return rows[0]?.count ?? 0;
    },

    /** All others by what they were folded with, most first. */
    async others(today: string): Promise<{ foldedWith: string; count: number }[]> {
      const { rows } = await db.query<{ foldedWith: string; count: number }>(
        `select folded_with as "foldedWith", count(*)::int as count
           from entries
          where folded_with <> folded_with_today($1)
          group by folded_with
          order by count(*) desc, folded_with`,
        [today],
      );
      return rows;
    },

    /** Keys of others who were folded by `foldedWith`, in the order of keys, after one of them. */
    async page(foldedWith: string, limit: number, after: string | null): Promise<string[]> {
      const { rows } = await db.query<{ personKey: string }>(
        `select person_key as "personKey"
           from entries
          where folded_with = $1
            and ($2::uuid is null or person_key > $2)
          order by person_key
          limit $3`,
        [foldedWith, after, limit],
      );
      return rows.map(({ personKey }) => personKey);
    },

    /** How many others there are, or whom some day until `on` changes. */
    async countConcerned({ today, on, everybody }: Concerned): Promise<number> {
      const { rows } = await db.query<{ count: number }>(
        `select count(*)::int as count
           from entries
          where $3
             or folded_with <> folded_with_today($1)
             or next_change_on <= $2::date`,
        [today, on, everybody],
      );
      return rows[0]?.count ?? 0;
    },

    /** Their keys in order, after one of them. */
    async concerned({ today, on, everybody }: Concerned, limit: number, after: string | null): Promise<string[]> {
      const { rows } = await db.query<{ personKey: string }>(
        `select person_key as "personKey"
           from entries
          where ($5 or folded_with <> folded_with_today($1) or next_change_on <= $2::date)
            and ($4::uuid is null or person_key > $4)
          order by person_key
          limit $3`,
        [today, on, limit, after, everybody],
      );
      return rows.map(({ personKey }) => personKey);
    },

    async entries(personKeys: readonly string[]): Promise<KeptEntry[]> {
      const { rows } = await db.query<KeptEntry>(
        `select person_key as "personKey", entry, folded_with as "foldedWith"
           from entries
          where person_key = any ($1::uuid[])
          order by person_key`,
        [personKeys],
      );
      return rows;
    },

    /**
     * By key; of everybody there is, a whole entry would be as much again to read. Each is taken out of its storage once,
     * and out of its text when it is asked for.
     */
    async bodies(personKeys: readonly string[]): Promise<Map<string, () => KeptBodies>> {
      const { rows } = await db.query<{ personKey: string; entry: string }>(
        `select person_key as "personKey",
                jsonb_build_object('asOf', kept."asOf", 'council', kept.council, 'icb', kept.icb,
                                   'because', kept.because)::text as entry
           from entries
          cross join lateral jsonb_to_record(entry) as kept ("asOf" jsonb, council jsonb, icb jsonb, because jsonb)
          where person_key = any ($1::uuid[])`,
        [personKeys],
      );
      return new Map(rows.map(({ personKey, entry }) => [personKey, () => JSON.parse(entry) as KeptBodies]));
    },
  };
}
