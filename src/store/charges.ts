import type { Charge, OwedTime } from '../register/charged.js';
import type { Entry } from '../register/entry.js';
import type { Db } from './transaction.js';

/** Somebody of whom it is asked whether a charge was given back, and every charge that was stated. */
export type ChargedPerson = { personKey: string; entry: Entry; charges: Charge[] };

/** The same with no more than a sum needs: the charges that are asked about, and the times of aftercare. */
export type ChargedInShort = { personKey: string; episodes: OwedTime[]; charges: Charge[] };

export type ChargedFilter = {
  /** A council (GSS) or an ICB (ODS) that is responsible. */
  body?: string | undefined;
  /** Only these people. */
  keys?: readonly string[];
  limit: number;
  after?: string | null;
};

/** The facts of an entry that these questions are about. */
const ABOUT = `$.questions[*] ? (@.kind == "charges-unchecked").facts[*]
               ? (@ like_regex "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")`;

/** Charges that people stated, beside the register. */
export function chargeStore(db: Db) {
  return {
    /** In the order of their keys. */
    async people({ body, keys, limit, after = null }: ChargedFilter): Promise<ChargedPerson[]> {
      const { rows } = await db.query<ChargedPerson>(
        `with asked as (
           select distinct person_key
             from open_questions
            where kind = 'charges-unchecked'
              and ($1::text is null or $1 in (council, icb))
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

    /** In the order of their keys. Ids of facts that messages told are none of people's, and need be no UUIDs. */
    async inShort({ body, limit, after = null }: Omit<ChargedFilter, 'keys'>): Promise<ChargedInShort[]> {
      const { rows } = await db.query<ChargedInShort>(
        `with asked as (
           select distinct person_key
             from open_questions
            where kind = 'charges-unchecked'
              and ($1::text is null or $1 in (council, icb))
              and ($2::uuid is null or person_key > $2)
            order by person_key
            limit $3
         )
         select asked.person_key as "personKey", e.episodes, charges.facts as charges
           from asked
          cross join lateral (select array(select (about.id #>> '{}')::uuid
                                             from jsonb_path_query(entry, $4::jsonpath) as about (id)) as about,
                                     (select coalesce(jsonb_agg(jsonb_build_object(
                                               'status', time -> 'status', 'from', time -> 'from', 'to', time -> 'to',
                                               'toldLateOn', time -> 'toldLateOn',
                                               'plan', jsonb_build_object('accommodation', time #> '{plan,accommodation}'))),
                                             '[]')
                                        from jsonb_array_elements(entry -> 'episodes') as time) as episodes
                                from entries
                               where person_key = asked.person_key
                               limit 1) e
          cross join lateral (select coalesce(jsonb_agg(fact), '[]') as facts
                                from stated_facts
                               where id = any (e.about)
                                 and fact ->> 'kind' = 'charge') charges
          order by asked.person_key`,
        [body ?? null, after, limit, ABOUT],
      );
      return rows;
    },

    /** Charges that nobody has answered about, of those recorded since: how many by council. */
    async newSince(since: Date): Promise<{ council: string | null; count: number }[]> {
      const { rows } = await db.query<{ council: string | null; count: number }>(
        `select e.council, count(distinct s.id)::int as count
           from stated_facts s
           join mentions m on m.stated_id = s.id
           join nodes n on n.id = m.node_id
           join entries e using (person_key)
          where s.fact ->> 'kind' = 'charge'
            and s.recorded_at >= $1
            and exists (select
                          from jsonb_array_elements(e.entry -> 'questions') as question
                         where question ->> 'kind' = 'charges-unchecked'
                           and question -> 'facts' ? s.id::text)
          group by e.council`,
        [since],
      );
      return rows;
    },
  };
}
