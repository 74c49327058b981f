import type { PoolClient } from 'pg';
import type { FaultCode } from '../fault.js';
import { jsonText } from './text.js';

/** Holding a claim: only this attempt may settle the delivery. */
export type Claim = {
  publicationId: string;
  personKey: string;
  body: string;
  recordVersion: number;
  content: unknown;
  attempt: number;
  /** An attempt for this or an older version got no answer and may still arrive: read what the council holds first. */
  unsure: boolean;
};

/** One in doubt is looked at again after so many milliseconds. */
export type Confirmation = Settled & { lookAgainMs?: number };

export type Settled = { claim: Pick<Claim, 'publicationId' | 'attempt'>; httpStatus?: number | null };

/**
 * Is there a newer version for the key and body of delivery `d`? What is told under another key is told under other
 * identifiers, also where a merge made the two one person.
 */
export const HAS_NEWER = `exists (
                 select from deliveries newer
                  where newer.person_key = d.person_key
                    and newer.body = d.body
                    and newer.publication_id > d.publication_id)`;

/** See `deliveryStore`; belongs into a transaction of its own. */
export async function claimDue(db: PoolClient, body: string, limit: number): Promise<Claim[]> {
  const keys = await lockDue(db, body, limit);
  if (keys.length === 0) return [];
  // Its own statement: it must see what the holder of a lock has committed.
  const { rows } = await db.query<Claim>({
    name: 'delivery-claim',
    text: `with newest as (
             select distinct on (d.person_key) d.publication_id, d.person_key, d.next_attempt_at
               from unnest($2::uuid[]) as t (key)
               join deliveries d on d.person_key = t.key
              where d.body = $1
                and d.state = 'due'
              order by d.person_key, d.publication_id desc
           ), locked as (
             select d.publication_id, newest.publication_id as newest_id, newest.next_attempt_at
               from newest
               join deliveries d on d.person_key = newest.person_key
              where d.body = $1
                and d.state = 'due'
              order by d.publication_id
                for update of d
           ), overtaken as (
             update deliveries d
                set state = 'overtaken', settled_at = now()
               from locked
              where d.publication_id = locked.publication_id
                and locked.publication_id < locked.newest_id
           ), claimed as (
             update deliveries d
                set state = 'sending', attempt = d.attempt + 1, claimed_at = now(),
                    unsure = d.unsure
                          or exists (select from deliveries o
                                      where o.person_key = d.person_key
                                        and o.body = d.body
                                        and o.publication_id < d.publication_id
                                        and o.unsure)
               from locked
              where d.publication_id = locked.publication_id
                and locked.publication_id = locked.newest_id
                and locked.next_attempt_at <= now()
                and not exists (select from deliveries s
                                 where s.person_key = d.person_key
                                   and s.body = d.body
                                   and s.state = 'sending')
          returning d.publication_id, d.person_key, d.body, d.attempt, d.unsure
           )
           select c.publication_id as "publicationId", c.person_key as "personKey", c.body, c.attempt, c.unsure,
                  p.record_version as "recordVersion", p.content
             from claimed c
             join publications p on p.id = c.publication_id
            order by c.publication_id`,
    values: [body, keys],
  });
  return rows;
}

/** For whom something is due longest and nothing is on its way; a paused body gets nothing. */
async function lockDue(db: PoolClient, body: string, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ key: string }>({
    name: 'delivery-lock-due',
    text: `with waiting as (
             select person_key
               from deliveries d
              where body = $1
                and state = 'due'
                and next_attempt_at <= now()
                and not exists (select from paused_bodies where body = $1)
                and not exists (select from deliveries s
                                 where s.person_key = d.person_key
                                   and s.body = d.body
                                   and s.state = 'sending')
              order by next_attempt_at
              limit $2
           )
           select key
             from person_keys
            where key = any (array (select person_key from waiting))
            order by key
              for no key update`,
    values: [body, limit],
  });
  return rows.map(({ key }) => key);
}

type Settlement = {
  state: 'confirmed' | 'handed-over' | 'due' | 'parked';
  fault?: FaultCode;
  /** Milliseconds until it is due; as it was where none is given. */
  afterMs?: number;
  outcome?: unknown;
};

/** Guarded by the attempt. What a newer version has overtaken meanwhile is neither tried again nor put before an operator. */
export async function settle(
  db: PoolClient,
  { publicationId, attempt }: Settled['claim'],
  to: Settlement,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update deliveries d
        set state = case when $3 in ('due', 'parked') and ${HAS_NEWER} then 'overtaken' else $3 end,
            last_fault = $4,
            next_attempt_at = coalesce(now() + $5 * interval '1 millisecond', d.next_attempt_at),
            outcome = $6,
            unsure = d.unsure or $4 is not distinct from 'no-reply',
            settled_at = case when $3 = 'due' then null else now() end
      where d.publication_id = $1
        and d.attempt = $2
        and d.state = 'sending'`,
    [publicationId, attempt, to.state, to.fault ?? null, to.afterMs ?? null, jsonText(to.outcome ?? null)],
  );
  return rowCount === 1;
}

/**
 * Bodies have these versions. Older versions that were not taken yet are overtaken. In the order of `confirmations`:
 * was the claim still ours?
 */
export async function confirmAll(db: PoolClient, confirmations: readonly Confirmation[]): Promise<boolean[]> {
  const rows = [...confirmations].sort((a, b) => Number(a.claim.publicationId) - Number(b.claim.publicationId));
  const { rows: confirmed } = await db.query<{ publicationId: string }>({
    name: 'delivery-confirm',
    text: `with answered as (
             select d.publication_id, t.http_status, t.after_ms
               from unnest($1::bigint[], $2::int[], $3::int[], $4::float8[])
                      as t (publication_id, attempt, http_status, after_ms)
               join deliveries d on (d.publication_id, d.attempt) = (t.publication_id, t.attempt)
              where d.state = 'sending'
              order by d.publication_id
                for update of d
           ), settled as (
             update deliveries d
                set state = 'confirmed', last_fault = null, outcome = null, settled_at = now(),
                    confirmed_at = coalesce(d.confirmed_at, now()),
                    next_attempt_at = coalesce(now() + a.after_ms * interval '1 millisecond', d.next_attempt_at)
               from answered a
              where d.publication_id = a.publication_id
          returning d.publication_id, d.attempt, d.claimed_at, a.http_status
           ), ended as (
             insert into delivery_attempts (publication_id, attempt, started_at, ended_at, result, http_status)
             select publication_id, attempt, claimed_at, now(), 'confirmed', http_status
               from settled
           )
           select publication_id as "publicationId"
             from settled`,
    values: [
      rows.map(({ claim }) => claim.publicationId),
      rows.map(({ claim }) => claim.attempt),
      rows.map(({ httpStatus }) => httpStatus ?? null),
      rows.map(({ lookAgainMs }) => lookAgainMs ?? null),
    ],
  });
  const ours = new Set(confirmed.map(({ publicationId }) => publicationId));
  await overtakeOlder(db, [...ours]);
  return confirmations.map(({ claim }) => ours.has(claim.publicationId));
}

/** Of the same person and body; belongs into the transaction in which these were confirmed. */
export async function overtakeOlder(db: PoolClient, publicationIds: readonly string[]): Promise<void> {
  await db.query({
    name: 'delivery-overtake',
    text: `with older as (
             select d.publication_id
               from deliveries c
               join deliveries d on d.person_key = c.person_key
              where c.publication_id = any ($1::bigint[])
                and d.body = c.body
                and d.publication_id < c.publication_id
                and d.state in ('due', 'parked', 'handed-over')
              order by d.publication_id
                for update of d
           )
           update deliveries d
              set state = 'overtaken', settled_at = now()
             from older
            where d.publication_id = older.publication_id`,
    values: [publicationIds],
  });
}

export async function endAttempt(db: PoolClient, { claim, httpStatus }: Settled, result: string): Promise<true> {
  await db.query(
    `insert into delivery_attempts (publication_id, attempt, started_at, ended_at, result, http_status)
     select publication_id, $2, claimed_at, now(), $3, $4
       from deliveries
      where publication_id = $1`,
    [claim.publicationId, claim.attempt, result, httpStatus ?? null],
  );
  return true;
}
