import type { Entry, Question, QuestionKind } from '../register/entry.js';
import type { Db } from './transaction.js';

export type AskedRow = {
  personKey: string;
  name: Entry['name'];
  nhsNumber: string | null;
  status: Entry['status'];
  council: Entry['council'];
  icb: Entry['icb'];
  question: Question;
  since: Date;
};

/** Where a page ends: the next one begins after it. */
export type Place = { since: Date; personKey: string; questionId: string };

export type QuestionFilter = {
  kind?: QuestionKind | undefined;
  council?: string | undefined;
  icb?: string | undefined;
  /** Only what has been open since then or longer. */
  until?: Date | undefined;
};

/** What is open, of whom: the officers' list of work. */
export function questionStore(db: Db) {
  return {
    /** The oldest first. The entries are read last, of the questions that are shown. */
    async list({ kind, council, icb, until }: QuestionFilter, limit: number, after?: Place): Promise<AskedRow[]> {
      const { rows } = await db.query<AskedRow>(
        `select q.person_key as "personKey", e.name, e.nhs_number as "nhsNumber", e.status, e.council, e.icb, e.question,
                q.asked_since as since
           from (select person_key, question_id, asked_since
                   from open_questions
                  where ($1::text is null or kind = $1)
                    and ($2::text is null or council = $2)
                    and ($3::text is null or icb = $3)
                    and ($4::timestamptz is null or asked_since <= $4)
                    and ($5::timestamptz is null or (asked_since, person_key, question_id) > ($5, $6::uuid, $7::text))
                  order by asked_since, person_key, question_id
                  limit $8) q
          cross join lateral (select nhs_number, status, entry -> 'name' as name, entry -> 'council' as council,
                                     entry -> 'icb' as icb, question
                                from entries
                               cross join lateral jsonb_array_elements(entry -> 'questions') as question
                               where person_key = q.person_key
                                 and question ->> 'id' = q.question_id
                               limit 1) e
          order by q.asked_since, q.person_key, q.question_id`,
        [
          kind ?? null,
          council ?? null,
          icb ?? null,
          until ?? null,
          after?.since ?? null,
          after?.personKey ?? null,
          after?.questionId ?? null,
          limit,
        ],
      );
      return rows;
    },

    /** How many of each kind, of those that the rest of the filter leaves. */
    async counts({ council, icb, until }: QuestionFilter): Promise<{ kind: QuestionKind; count: number }[]> {
      const { rows } = await db.query<{ kind: QuestionKind; count: number }>(
        `select kind, count(*)::int as count
           from open_questions
          where ($1::text is null or council = $1)
            and ($2::text is null or icb = $2)
            and ($3::timestamptz is null or asked_since <= $3)
          group by kind
          order by count(*) desc, kind`,
        [council ?? null, icb ?? null, until ?? null],
      );
      return rows;
    },
  };
}
