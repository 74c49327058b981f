import type { Db } from './transaction.js';

/** The row that something was done because of: a message, or a fact that somebody stated. */
type CauseRow = { kind: 'message' | 'stated'; row: string };

/** Finds causes for traces; nothing else reads or writes because of them. */
export function traceCauses(db: Db) {
  return {
    /** The installation's own. */
    async salt(): Promise<string> {
      const { rows } = await db.query<{ salt: string }>('select salt from trace_salt');
      return rows[0]?.salt ?? '';
    },

    /** Of each version: the newest that anybody had said of the person when it was published. */
    async ofPublications(ids: readonly string[]): Promise<Map<string, CauseRow>> {
      const { rows } = await db.query<CauseRow & { id: string }>(
        `select p.id, newest.kind, newest.row
           from publications p
          cross join lateral (
                select said.kind, said.row
                  from (select 'message' as kind, m.id::text as row, m.received_at as at
                          from nodes n
                          join mentions on mentions.node_id = n.id
                          join messages m on m.id = mentions.message_id
                         where n.person_key in (select keys_of_person from keys_of_person(p.person_key))
                         union all
                        select 'stated', s.id::text, s.recorded_at
                          from nodes n
                          join mentions on mentions.node_id = n.id
                          join stated_facts s on s.id = mentions.stated_id
                         where n.person_key in (select keys_of_person from keys_of_person(p.person_key))) said
                 where said.at <= p.published_at
                 order by said.at desc, said.row desc
                 limit 1) newest
          where p.id = any ($1::bigint[])`,
        [ids],
      );
      return new Map(rows.map(({ id, kind, row }) => [id, { kind, row }]));
    },

    /** The newest version of each person for each body. */
    async newestVersions(of: readonly { personKey: string; body: string }[]): Promise<{ id: string; body: string }[]> {
      const { rows } = await db.query<{ id: string; body: string }>(
        `select distinct on (p.person_key, p.body) p.id, p.body
           from unnest($1::uuid[], $2::text[]) as of (person_key, body)
           join publications p using (person_key, body)
          order by p.person_key, p.body, p.id desc`,
        [of.map(({ personKey }) => personKey), of.map(({ body }) => body)],
      );
      return rows;
    },
  };
}
