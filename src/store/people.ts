import type { QueryConfig } from 'pg';
import type { Db } from './transaction.js';

const DUE = `select id
               from nodes
              where due_since <= coalesce($2::timestamptz, now())
              order by due_since, id
              limit $1`;

/** Questions about nodes and persons that need no lock. */
export function peopleStore(db: Db) {
  return {
    /** Ids of nodes that wait to be folded, longest waiting first; with `since` only those that waited then. */
    dueNodeIds: (limit: number, since: string | null = null): Promise<string[]> =>
      dueIn(db, { name: 'people-due', text: DUE, values: [limit, since] }),

    /** Of those, the ones that nobody holds at this moment: whoever folds beside others takes others. */
    freeDueNodeIds: (limit: number, since: string | null = null): Promise<string[]> =>
      dueIn(db, { name: 'people-due-free', text: `${DUE} for no key update skip locked`, values: [limit, since] }),

    /** The id of `nhs:9990000018` or `local:RXT:MRN:123`. */
    async nodeId(node: string): Promise<string | null> {
      const { rows } = await db.query<{ id: string }>('select id from nodes where node = $1', [node]);
      return rows[0]?.id ?? null;
    },

    /** Of each of these names that somebody answers to: the key of who does. */
    async keysOf(nodes: readonly string[]): Promise<Map<string, string>> {
      const { rows } = await db.query<{ node: string; personKey: string }>(
        `select node, person_key as "personKey"
           from nodes
          where node = any ($1::text[])
            and person_key is not null`,
        [nodes],
      );
      return new Map(rows.map(({ node, personKey }) => [node, personKey]));
    },

    /** One node of each person, for a job that folds them. */
    async nodeIdsOf(personKeys: readonly string[]): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>(
        `select min(id) as id
           from nodes
          where person_key = any ($1::uuid[])
          group by person_key
          order by min(id)`,
        [personKeys],
      );
      return rows.map(({ id }) => id);
    },
  };
}

async function dueIn(db: Db, query: QueryConfig): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(query);
  return rows.map(({ id }) => id);
}
