import type { Day } from '../register/day.js';
import type { Entry, EntryStatus } from '../register/entry.js';
import { type OpenCharge, saveCharges } from './open-charges.js';
import { jsonArrayText } from './text.js';
import type { Db } from './transaction.js';

export type EntryRow = { personKey: string; entry: Entry; foldedAt: Date };

/**
 * `askedSince`: by question, when what it rests on was learnt; now, where it says nothing. `charges`: those that it asks
 * about.
 */
export type FoldedEntry = Pick<EntryRow, 'personKey' | 'entry'> & {
  /** By what, as `foldedWithStore` compares it. */
  foldedWith: string;
  askedSince?: ReadonlyMap<string, Date>;
  charges?: readonly OpenCharge[];
};

export type EntryFilter = {
  statuses?: EntryStatus[];
  /** A council (GSS) or an ICB (ODS) that is responsible. */
  body?: string;
  withQuestions?: boolean;
  limit: number;
  /** Only persons after this key: the next page. */
  after?: string;
};

export type DueFilter = {
  by: Day;
  /** A council (GSS) or an ICB (ODS) that is responsible. */
  body?: string | undefined;
  limit: number;
  /** Only who comes after: the next page. */
  after?: { dueOn: Day; personKey: string } | undefined;
};

/** The first day on which something open is due; what is due by a day nobody knows yet counts from its beginning. */
export const firstDue = ({ clocks }: Entry): Day | null =>
  clocks
    .flatMap(({ state, startedOn, dueOn }) => (state === 'done' ? [] : [dueOn ?? startedOn]))
    .sort()
    .at(0) ?? null;

/** An entry that an earlier version of this program stored has nothing of what was added since, until it is folded again. */
function readable(row: EntryRow): EntryRow {
  const { clocks = [], episodes, icb } = row.entry;
  return {
    ...row,
    entry: { ...row.entry, clocks, episodes: episodes.map((each) => ({ ...each, icb: each.icb ?? icb })) },
  };
}

export function entryStore(db: Db) {
  return {
    /** Belongs into the fold's transaction. */
    async save(people: readonly FoldedEntry[]): Promise<void> {
      await db.query({
        name: 'entries-save',
        text: `insert into entries (person_key, nhs_number, status, council, icb, entry, next_change_on, due_on,
                                    folded_with)
               select person_key, nhs_number, status, council, icb, entry, next_change_on, due_on, folded_with
                 from rows from (unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[],
                                        $7::date[], $8::text[]),
                                 jsonb_array_elements($9::jsonb))
                   as t (person_key, nhs_number, status, council, icb, next_change_on, due_on, folded_with, entry)
                   on conflict (person_key) do update
                  set nhs_number = excluded.nhs_number, status = excluded.status, council = excluded.council,
                      icb = excluded.icb, entry = excluded.entry, next_change_on = excluded.next_change_on,
                      due_on = excluded.due_on, folded_with = excluded.folded_with, folded_at = now()`,
        values: [
          people.map(({ personKey }) => personKey),
          people.map(({ entry }) => entry.nhsNumber),
          people.map(({ entry }) => entry.status),
          people.map(({ entry }) => entry.council.code),
          people.map(({ entry }) => entry.icb.code),
          people.map(({ entry }) => entry.nextChangeOn),
          people.map(({ entry }) => firstDue(entry)),
          people.map(({ foldedWith }) => foldedWith),
          jsonArrayText(people.map(({ entry }) => entry)),
        ],
      });
      await forgetAsked(
        db,
        people.map(({ personKey }) => personKey),
      );
      await saveQuestions(db, people);
      await saveCharges(db, people);
    },

    /** Records of which nothing is left that anybody said, or that were merged into others. */
    async remove(personKeys: readonly string[]): Promise<void> {
      if (personKeys.length === 0) return;
      await db.query('delete from entries where person_key = any ($1::uuid[])', [personKeys]);
      await forgetAsked(db, personKeys);
    },

    async get(personKey: string): Promise<EntryRow | null> {
      const { rows } = await db.query<EntryRow>(
        `select person_key as "personKey", entry, folded_at as "foldedAt"
           from entries
          where person_key = $1`,
        [personKey],
      );
      return rows.map(readable)[0] ?? null;
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
      return rows.map(readable)[0] ?? null;
    },

    /** Those of whom a number is known, that answers today or was retired by a merge; by that number. */
    async byNhsNumbers(nhsNumbers: readonly string[]): Promise<Map<string, EntryRow>> {
      const { rows } = await db.query<EntryRow & { number: string }>(
        `select t.number, e.person_key as "personKey", e.entry, e.folded_at as "foldedAt"
           from unnest($1::text[]) as t (number)
           join nodes n on n.node = 'nhs:' || t.number
           join entries e on e.person_key = n.person_key`,
        [nhsNumbers],
      );
      return new Map(rows.map(({ number, ...row }) => [number, readable(row)]));
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
      return rows.map(readable);
    },

    /** For whom something open is due by that day, the longest due first. */
    async due({ by, body, limit, after }: DueFilter): Promise<EntryRow[]> {
      const { rows } = await db.query<EntryRow>(
        `select person_key as "personKey", entry, folded_at as "foldedAt"
           from entries
          where due_on <= $1
            and ($2::text is null or $2 in (council, icb))
            and ($3::date is null or (due_on, person_key) > ($3, $4::uuid))
          order by due_on, person_key
          limit $5`,
        [by, body ?? null, after?.dueOn ?? null, after?.personKey ?? null, limit],
      );
      return rows.map(readable);
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

/** What is open takes the place of what was: an answered question is gone, and the charge that it was about. */
async function forgetAsked(db: Db, personKeys: readonly string[]): Promise<void> {
  await db.query({
    name: 'asked-forget',
    text: `with charges as (delete from open_charges where person_key = any ($1::uuid[]))
           delete from open_questions where person_key = any ($1::uuid[])`,
    values: [personKeys],
  });
}

/** One that is asked again keeps its age. */
async function saveQuestions(db: Db, people: readonly FoldedEntry[]): Promise<void> {
  const open = people.flatMap(({ personKey, entry, askedSince }) =>
    entry.questions.map(({ id, kind }) => ({ personKey, id, kind, since: askedSince?.get(id) ?? null, entry })),
  );
  if (open.length === 0) return;
  await db.query({
    name: 'questions-save',
    text: `insert into open_questions (person_key, question_id, kind, asked_since, council, icb)
           select person_key, question_id, kind, coalesce(asked_since, date_trunc('milliseconds', now())), council, icb
             from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[])
               as t (person_key, question_id, kind, asked_since, council, icb)
               on conflict do nothing`,
    values: [
      open.map(({ personKey }) => personKey),
      open.map(({ id }) => id),
      open.map(({ kind }) => kind),
      open.map(({ since }) => since),
      open.map(({ entry }) => entry.council.code),
      open.map(({ entry }) => entry.icb.code),
    ],
  });
}

export type EntryStore = ReturnType<typeof entryStore>;
