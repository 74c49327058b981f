import type { PoolClient } from 'pg';
import { overtakeOlder } from './delivery-claim.js';

/** A version that a body says to have read: `node` is one name of the person, `of` our identifier of what it answers. */
export type ReadVersion = { node: string; of: string; version: number };

/**
 * Who is sent nothing and answers to a version has it. `connected`: the bodies that are sent to, whose own system confirms.
 * Belongs into the transaction in which the answer is understood.
 */
export async function confirmFetched(
  db: PoolClient,
  read: readonly ReadVersion[],
  connected: readonly string[],
): Promise<void> {
  const { rows } = await db.query<{ id: string }>(
    `with read as (
       select d.publication_id
         from unnest($1::text[], $2::text[], $3::int[]) as r (node, of, version)
         join nodes n on n.node = r.node
        cross join lateral keys_of_person(n.person_key) as key
         join episode_ids i on i.person_key = key and r.of in (i.episode::text, i.flag::text, i.care_plan::text)
         join publications p on (p.person_key, p.body, p.record_version) = (i.person_key, i.body, r.version)
         join deliveries d on d.publication_id = p.id
        where d.body <> all ($4::text[])
     ), waiting as (
       select publication_id
         from deliveries
        where publication_id in (select publication_id from read)
          and (state in ('due', 'handed-over') or (state = 'parked' and last_fault = 'destination-missing'))
        order by publication_id
          for update
     )
     update deliveries d
        set state = 'confirmed', last_fault = null, outcome = null, settled_at = now(),
            confirmed_at = coalesce(d.confirmed_at, now())
       from waiting w
      where d.publication_id = w.publication_id
  returning d.publication_id as id`,
    [read.map(({ node }) => node), read.map(({ of }) => of), read.map(({ version }) => version), connected],
  );
  if (rows.length > 0)
    await overtakeOlder(
      db,
      rows.map(({ id }) => id),
    );
}
