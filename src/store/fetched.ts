import type { PoolClient } from 'pg';
import { overtakeOlder } from './delivery-claim.js';

/** A version that a body says to have read: `of` is our identifier of what it answers. */
export type ReadVersion = { of: string; version: number };

/**
 * Who is sent nothing and answers to a version has it. `connected`: the bodies that are sent to, whose own system confirms.
 * An identifier was given to one body, for one person: whose answer it may be was asked when it came. Belongs into the
 * transaction in which the answer is understood. It asks no node: a rebuild has none while it reads.
 */
export async function confirmFetched(
  db: PoolClient,
  read: readonly ReadVersion[],
  connected: readonly string[],
): Promise<void> {
  const { rows } = await db.query<{ id: string }>(
    `with read as (
       select p.id
         from unnest($1::uuid[], $2::int[]) as r (of, version)
         join episode_ids i on r.of = i.episode or r.of = i.flag or r.of = i.care_plan
         join publications p on (p.person_key, p.body, p.record_version) = (i.person_key, i.body, r.version)
        where p.body <> all ($3::text[])
     ), waiting as (
       select publication_id
         from deliveries
        where publication_id in (select id from read)
          and state <> 'sending'
          and (confirmed_at is null or state not in ('confirmed', 'overtaken'))
          and (state <> 'parked' or last_fault is distinct from 'body-ended')
        order by publication_id
          for update
     ), confirmed as (
       update deliveries d
          set state = case when state = 'overtaken' then state else 'confirmed' end, -- the next one is told already
              attempt = d.attempt + 1, last_fault = null, outcome = null, settled_at = now(),
              confirmed_at = coalesce(confirmed_at, now())
         from waiting w
        where d.publication_id = w.publication_id
    returning d.publication_id, d.attempt
     ), noted as (
       insert into delivery_attempts (publication_id, attempt, started_at, ended_at, result)
       select publication_id, attempt, now(), now(), 'answered'
         from confirmed
     )
     select publication_id as id
       from confirmed`,
    [read.map(({ of }) => of), read.map(({ version }) => version), connected],
  );
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id);
  await overtakeOlder(db, ids);
}
