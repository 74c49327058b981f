import type { Day } from '../register/day.js';
import type { Entry, EntryStatus } from '../register/entry.js';
import { jsonText } from './text.js';
import type { Db } from './transaction.js';

export type EntryRow = { personKey: string; entry: Entry; foldedAt: Date };

export type EntryFilter = {
  statuses?: EntryStatus[];
  /** A council (GSS) or an ICB (ODS) that is responsible. */
  body?: string;
  withQuestions?: boolean;
  limit: number;
  /** Only persons after this key: the next page. */
  after?: string;
};

export function entryStore(db: Db) {
  return {
    /** `merged` are the keys of records that are now this person: their entries go. Belongs into the fold's transaction. */
    async save(personKey: string, entry: Entry, merged: readonly string[] = []): Promise<void> {
      await db.query('delete from entries where person_key = any ($1::uuid[])', [merged]);
      await db.query(
        `insert into entries (person_key, nhs_number, status, council, icb, entry, next_change_on)
         values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (person_key) do update
            set nhs_number = excluded.nhs_number, status = excluded.status, council = excluded.council,
                icb = excluded.icb, entry = excluded.entry, next_change_on = excluded.next_change_on, folded_at = now()`,
        [
          personKey,
          entry.nhsNumber,
          entry.status,
          entry.council.code,
          entry.icb.code,
          jsonText(entry),
          entry.nextChangeOn,
        ],
      );
    },

    /** Records of which nothing is left that anybody said. */
    async remove(personKeys: readonly string[]): Promise<void> {
      if (personKeys.length > 0)
        await db.query('delete from entries where person_key = any ($1::uuid[])', [personKeys]);
    },

    async get(personKey: string): Promise<EntryRow | null> {
      const { rows } = await db.query<EntryRow>(
        `select person_key as "personKey", entry, folded_at as "foldedAt"
           from entries
          where person_key = $1`,
        [personKey],
      );
      return rows[0] ?? null;
    },

    /** By the number that answers today or one that was retired by a merge. */
    async byNhsNumber(nhsNumber: string): Promise<EntryRow | null> {
      const { rows } = await db.query<EntryRow>(
        `select e.person_key as "personKey", e.entry, e.folded_at as "foldedAt"
           from entries e
          where e.nhs_number = $1
             or e.person_key = (select person_key from nodes where node = 'nhs:' || $1)
          order by e.nhs_number is distinct from $1
          limit 1`,
        [nhsNumber],
      );
      return rows[0] ?? null;
    },

    async list({ statuses, body, withQuestions, limit, after }: EntryFilter): Promise<EntryRow[]> {
      const { rows } = await db.query<EntryRow>(
        `select person_key as "personKey", entry, folded_at as "foldedAt"
           from entries
          where ($1::text[] is null or status = any ($1))
            and ($2::text   is null or $2 in (council, icb))
            and (not $3 or jsonb_array_length(entry -> 'questions') > 0)
            and ($4::uuid   is null or person_key > $4)
          order by person_key
          limit $5`,
        [statuses ?? null, body ?? null, withQuestions ?? false, after ?? null, limit],
      );
      return rows;
    },

    /** Persons whose entry is another one on `day` by the passing of time alone. */
    async changingBy(day: Day, limit: number): Promise<string[]> {
      const { rows } = await db.query<{ key: string }>(
        `select person_key as key
           from entries
          where next_change_on <= $1
          order by next_change_on, person_key
          limit $2`,
        [day, limit],
      );
      return rows.map(({ key }) => key);
    },

    async counts(): Promise<{ status: EntryStatus; count: number }[]> {
      const { rows } = await db.query<{ status: EntryStatus; count: number }>(
        `select status, count(*)::int as count
           from entries
          group by status
          order by status`,
      );
      return rows;
    },
  };
}

export type EntryStore = ReturnType<typeof entryStore>;
