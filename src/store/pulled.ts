import type { Db } from './transaction.js';

/** The latest version that a body was told of somebody. `replies`: what bodies answered, as the entry has it. */
export type PulledVersion = {
  id: string;
  personKey: string;
  body: string;
  recordVersion: number;
  content: unknown;
  publishedAt: Date;
  replies: unknown;
};

/** `bodies`, `personKeys` null: of all. Told from `from` on and before `until`. */
export type PulledFilter = {
  bodies: readonly string[] | null;
  personKeys: readonly string[] | null;
  from: Date | null;
  until: Date | null;
  after: string;
  limit: number;
};

/** The ledger as bodies read it. */
export function pulledStore(db: Db) {
  return {
    /** In the order in which they were told; a version that a later one has replaced is not there. */
    async versions({ bodies, personKeys, from, until, after, limit }: PulledFilter): Promise<PulledVersion[]> {
      const { rows } = await db.query<PulledVersion>(
        `select p.id::text, p.person_key as "personKey", p.body, p.record_version as "recordVersion", p.content,
                p.published_at as "publishedAt", coalesce(e.entry -> 'replies', '[]') as replies
           from publications p
           left join person_keys k on k.key = p.person_key
           left join entries e on e.person_key = coalesce(k.merged_into, p.person_key)
          where p.id > $1
            and ($2::text[]      is null or p.body = any ($2))
            and ($3::uuid[]      is null or p.person_key = any ($3))
            and ($4::timestamptz is null or date_trunc('milliseconds', p.published_at) >= $4)
            and ($5::timestamptz is null or date_trunc('milliseconds', p.published_at) < $5)
            and not exists (select
                              from publications later
                             where later.person_key = p.person_key
                               and later.body = p.body
                               and later.record_version > p.record_version)
          order by p.id
          limit $6`,
        [after, bodies, personKeys, from, until, limit],
      );
      return rows;
    },
  };
}
