import type { ChargeKind, Stretch } from '../register/charged.js';
import type { CountedStretch } from '../register/charged-by-month.js';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import { jsonText } from './text.js';
import type { Db } from './transaction.js';

/** A charge that nobody has answered about, as the entry that asks about it holds it against the register. */
export type OpenCharge = {
  fact: string;
  service: string;
  kinds: ChargeKind[];
  pencePerWeek: number;
  stretches: Stretch[];
};

/** Charges of one service that are looked at for the same reasons. `goesOn`: those that are charged today. */
export type ChargeGroup = {
  kinds: ChargeKind[];
  for: string;
  charges: number;
  pence: number;
  goesOn: { charges: number; pencePerWeek: number };
};

export type ChargedDays = { kinds: ChargeKind[]; stretches: CountedStretch[] };

/** Somebody's place in the list, and where a page ends: the next one begins after it. */
export type ChargedPlace = { pence: number; personKey: string };

/** Who is asked whether a charge was given back: everybody, or those of the body `$1`. */
export const ASKED = `
  select distinct person_key
    from open_questions
   where kind = 'charges-unchecked'
     and ($1::text is null or $1 in (council, icb))`;

// As the register reckons: a seventh a day, rounded once a charge. What was rounded before a stretch is not counted again.
const upTo = (days: string) => `floor(pence_per_week * (${days}) / 7 + 0.5)`;
const PENCE = `coalesce(sum(${upTo('days_before + least(last_on, $2::date) - first_on + 1')} - ${upTo('days_before')})
                          filter (where first_on <= $2::date), 0)`;
const OF_BODY = '($1::text is null or $1 in (council, icb))';
const TODAY = 'first_on <= $2::date and coalesce(last_on >= $2::date, true)';

/** What was charged until a day, of a body's people or of all, found without reading entries. */
export function openChargeStore(db: Db) {
  return {
    /** How many people are asked about, with a charge or without. */
    async people(body: string | null): Promise<number> {
      const { rows } = await db.query<{ count: number }>(`select count(*)::int as count from (${ASKED}) asked`, [body]);
      return rows[0]?.count ?? 0;
    },

    async groups(body: string | null, today: Day): Promise<ChargeGroup[]> {
      const { rows } = await db.query<ChargeGroup>(
        `select kinds, service as for, count(*) filter (where stretch = 0)::int as charges, ${PENCE} as pence,
                jsonb_build_object('charges', count(*) filter (where ${TODAY}),
                                   'pencePerWeek', coalesce(sum(pence_per_week) filter (where ${TODAY}), 0)) as "goesOn"
           from open_charges
          where ${OF_BODY}
          group by kinds, service`,
        [body, today],
      );
      return rows;
    },

    /** The days on which charges that are looked at for the same reasons were charged, up to the day. */
    async days(body: string | null, today: Day): Promise<ChargedDays[]> {
      const { rows } = await db.query<ChargedDays>(
        `select kinds, json_agg(json_build_array(pence_per_week, first_on - date '1970-01-01',
                                                 least(last_on, $2::date) - date '1970-01-01', days_before)) as stretches
           from open_charges
          where first_on <= $2::date
            and ${OF_BODY}
          group by kinds`,
        [body, today],
      );
      return rows;
    },

    /** The largest sum first; of all kinds also who is asked about without a charge. */
    async places(
      { body, today, kind }: { body: string | null; today: Day; kind: ChargeKind | null },
      after: ChargedPlace | null,
      limit: number,
    ): Promise<ChargedPlace[]> {
      const { rows } = await db.query<ChargedPlace>(
        `select person_key as "personKey", pence
           from (select person_key, coalesce(pence, 0) as pence, of_kind
                   from (${ASKED}) asked
                   left join (select person_key, ${PENCE} as pence, bool_or($3::text = any (kinds)) as of_kind
                                from open_charges
                               group by person_key) charged using (person_key)) places
          where ($3 is null or of_kind)
            and ($4::float8 is null or pence < $4 or (pence = $4 and person_key > $5::uuid))
          order by pence desc, person_key
          limit $6`,
        [body, today, kind, after?.pence ?? null, after?.personKey ?? null, limit],
      );
      return rows;
    },
  };
}

type Saved = { personKey: string; entry: Entry; charges?: readonly OpenCharge[] };

/** Belongs into the fold's transaction, once what was open before is forgotten. */
export async function saveCharges(db: Db, people: readonly Saved[]): Promise<void> {
  const rows = people.flatMap(({ personKey, entry, charges = [] }) =>
    charges.flatMap((charge) => rowsOf(charge, { personKey, council: entry.council.code, icb: entry.icb.code })),
  );
  if (rows.length === 0) return;
  await db.query({
    name: 'charges-save',
    text: `insert into open_charges (person_key, fact, stretch, council, icb, service, kinds, pence_per_week, first_on,
                                     last_on, days_before)
           select "personKey", fact, stretch, council, icb, service, kinds, "pencePerWeek", first, last, before
             from jsonb_to_recordset($1::jsonb)
               as t ("personKey" uuid, fact uuid, stretch int, council text, icb text, service text, kinds text[],
                     "pencePerWeek" float8, first date, last date, before int)`,
    values: [jsonText(rows)],
  });
}

/** A charge that runs in no time of aftercare has a row without days. */
const rowsOf = ({ stretches, ...charge }: OpenCharge, person: object) =>
  (stretches.length > 0 ? stretches : [{ first: null, last: null, before: 0 }]).map((days, stretch) => ({
    ...person,
    ...charge,
    ...days,
    stretch,
  }));
