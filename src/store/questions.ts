import type { Entry, Question, QuestionKind } from '../register/entry.js';
import type { Db } from './transaction.js';

export type AskedRow = {
  personKey: string;
  name: Entry['name'];
  nhsNumber: string | null;
  status: Entry['status'];
  questions: Question[];
};

/** Who has open questions: the officers' list of work. */
export function questionStore(db: Db) {
  return {
    /** In the order of the persons' keys; `kind` narrows it to those who are asked that. The entries are read last. */
    async list({ kind, after, limit }: { kind?: QuestionKind | undefined; after?: string | undefined; limit: number }) {
      const { rows } = await db.query<AskedRow>(
        `select person_key as "personKey", entry -> 'name' as name, nhs_number as "nhsNumber", status,
                entry -> 'questions' as questions
           from entries
          where person_key = any (array(select person_key
                                          from entries
                                         where asked <> '[]'
                                           and ($1::text is null or asked ? $1)
                                           and ($2::uuid is null or person_key > $2)
                                         order by person_key
                                         limit $3))
          order by person_key`,
        [kind ?? null, after ?? null, limit],
      );
      return rows;
    },
  };
}
