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

export type Settled = { claim: Pick<Claim, 'publicationId' | 'attempt'>; httpStatus?: number | null };

/** See `deliveryStore`; belongs into a transaction of its own. */
export async function claimNewest(
  db: PoolClient,
  { personKey, body, now }: { personKey: string; body: string; now: Date },
): Promise<Claim | null> {
  // Its own statement: the next one must see what the holder of the lock has committed.
  const { rows: keys } = await db.query<{ key: string }>(
    `select key
       from person_keys
      where key in (select keys_of_person from keys_of_person($1))
      order by key
        for no key update`,
    [personKey],
  );
  const { rows } = await db.query<Claim>(
    `with newest as (
       select d.publication_id
         from deliveries d
        where (d.person_key, d.body) = ($1, $2)
          and d.state = 'due'
          and d.next_attempt_at <= $3
          and not exists (select from deliveries s
                           where s.person_key = any ($4::uuid[])
                             and s.body = $2
                             and s.state = 'sending')
        order by d.publication_id desc
        limit 1
          for update
     ), claimed as (
       update deliveries d
          set state = 'sending', attempt = d.attempt + 1, claimed_at = $3,
              unsure = d.unsure
                    or exists (select from deliveries o
                                where o.person_key = any ($4::uuid[])
                                  and o.body = d.body
                                  and o.publication_id < d.publication_id
                                  and o.unsure)
         from newest
        where d.publication_id = newest.publication_id
    returning d.publication_id, d.person_key, d.body, d.attempt, d.unsure
     ), begun as (
       insert into delivery_attempts (publication_id, attempt)
       select publication_id, attempt
         from claimed
     )
     select c.publication_id as "publicationId", c.person_key as "personKey", c.body, c.attempt, c.unsure,
            p.record_version as "recordVersion", p.content
       from claimed c
       join publications p on p.id = c.publication_id`,
    [personKey, body, now, keys.map(({ key }) => key)],
  );
  return rows[0] ?? null;
}

type Settlement = {
  state: 'confirmed' | 'handed-over' | 'due' | 'parked';
  fault?: FaultCode;
  nextAttemptAt?: Date | undefined;
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
        set state = case when $3 in ('due', 'parked')
                          and exists (select from deliveries newer
                                       where newer.person_key in (select keys_of_person from keys_of_person(d.person_key))
                                         and newer.body = d.body
                                         and newer.publication_id > d.publication_id)
                         then 'overtaken' else $3 end,
            last_fault = $4,
            next_attempt_at = coalesce($5, d.next_attempt_at),
            outcome = $6,
            unsure = d.unsure or $4 is not distinct from 'no-reply',
            settled_at = case when $3 = 'due' then null else now() end
      where d.publication_id = $1
        and d.attempt = $2
        and d.state = 'sending'`,
    [publicationId, attempt, to.state, to.fault ?? null, to.nextAttemptAt ?? null, jsonText(to.outcome ?? null)],
  );
  return rowCount === 1;
}

export async function endAttempt(db: PoolClient, { claim, httpStatus }: Settled, result: string): Promise<true> {
  await db.query(
    `update delivery_attempts
        set ended_at = now(), result = $3, http_status = $4
      where publication_id = $1
        and attempt = $2`,
    [claim.publicationId, claim.attempt, result, httpStatus ?? null],
  );
  return true;
}
