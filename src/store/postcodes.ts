import type { PoolClient } from 'pg';
import type { Day } from '../register/day.js';
import type { Db } from './transaction.js';

/** Where a postcode lies; codes are GSS codes. */
export type PostcodePlace = {
  postcode: string;
  council: string;
  lsoa11: string | null;
  lsoa21: string | null;
  subIcb: string | null;
  icb: string | null;
  introducedOn: Day | null;
};

/** Of everything that was imported up to now, and the last month that the last file told of. */
export type PostcodeEdition = { edition: string; month: string | null };

export function postcodeStore(db: Db) {
  return {
    /** Null where nothing was ever imported. */
    async edition(): Promise<PostcodeEdition | null> {
      const { rows } = await db.query<PostcodeEdition>({
        name: 'postcode-edition',
        text: 'select edition, month from postcode_imports order by id desc limit 1',
      });
      return rows[0] ?? null;
    },

    /** Those that are known, of these; each as it is looked up: capitals, without a space. */
    async places(postcodes: readonly string[]): Promise<PostcodePlace[]> {
      const { rows } = await db.query<PostcodePlace>({
        name: 'postcode-places',
        text: `select postcode, council, lsoa11, lsoa21, sub_icb as "subIcb", icb,
                      to_char(introduced_on, 'YYYY-MM-DD') as "introducedOn"
                 from postcodes
                where postcode = any ($1::text[])`,
        values: [postcodes],
      });
      return rows;
    },
  };
}

export type PostcodeImport = {
  importedBy: string;
  edition: string;
  month: string | null;
  read: number;
  added: number;
  changed: number;
  refused: number;
};

/** One import, in one transaction of its caller, who holds the lock of imports: nobody sees half of a file. */
export function postcodeImportStore(db: PoolClient) {
  return {
    async begin(): Promise<void> {
      await db.query(
        `create temporary table incoming_postcodes (
           postcode      text,
           council       text,
           lsoa11        text,
           lsoa21        text,
           sub_icb       text,
           icb           text,
           introduced_on date
         ) on commit drop`,
      );
    },

    async add(places: readonly PostcodePlace[]): Promise<void> {
      await db.query({
        name: 'postcode-incoming',
        text: `insert into incoming_postcodes
               select *
                 from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[])`,
        values: [
          places.map(({ postcode }) => postcode),
          places.map(({ council }) => council),
          places.map(({ lsoa11 }) => lsoa11),
          places.map(({ lsoa21 }) => lsoa21),
          places.map(({ subIcb }) => subIcb),
          places.map(({ icb }) => icb),
          places.map(({ introducedOn }) => introducedOn),
        ],
      });
    },

    /** Of a postcode that comes twice, the row counts by which it lies there last. What did not come stays as it was. */
    async merge(): Promise<{ added: number; changed: number }> {
      const { rows } = await db.query<{ added: number; changed: number }>(
        `with merged as (
           insert into postcodes as known (postcode, council, lsoa11, lsoa21, sub_icb, icb, introduced_on)
           select distinct on (postcode) postcode, council, lsoa11, lsoa21, sub_icb, icb, introduced_on
             from incoming_postcodes
            order by postcode, introduced_on desc nulls last, council, lsoa11, lsoa21, sub_icb, icb
               on conflict (postcode) do update
              set council = excluded.council, lsoa11 = excluded.lsoa11, lsoa21 = excluded.lsoa21,
                  sub_icb = excluded.sub_icb, icb = excluded.icb, introduced_on = excluded.introduced_on
            where (known.council, known.lsoa11, known.lsoa21, known.sub_icb, known.icb, known.introduced_on)
                  is distinct from
                  (excluded.council, excluded.lsoa11, excluded.lsoa21, excluded.sub_icb, excluded.icb,
                   excluded.introduced_on)
        returning known.xmax = 0 as added
         )
         select count(*) filter (where added)::int     as added,
                count(*) filter (where not added)::int as changed
           from merged`,
      );
      return rows[0] ?? { added: 0, changed: 0 };
    },

    async note({ importedBy, edition, month, read, added, changed, refused }: PostcodeImport): Promise<void> {
      await db.query(
        `insert into postcode_imports
                (imported_by, edition, month, rows_read, rows_new, rows_changed, rows_refused)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [importedBy, edition, month, read, added, changed, refused],
      );
    },
  };
}
