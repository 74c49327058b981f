import type { Pool } from 'pg';
import type { FaultCode } from '../fault.js';
import {
  type Claim,
  type Confirmation,
  claimDue,
  confirmAll,
  endAttempt,
  HAS_NEWER,
  type Settled,
  settle,
} from './delivery-claim.js';
import { inTransaction } from './transaction.js';

export type DeliveryState = 'due' | 'sending' | 'handed-over' | 'confirmed' | 'parked' | 'overtaken';

export type DeliveryRow = {
  publicationId: string;
  personKey: string;
  body: string;
  recordVersion: number;
  state: DeliveryState;
  attempt: number;
  unsure: boolean;
  nextAttemptAt: Date;
  lastFault: FaultCode | null;
  publishedAt: Date;
  settledAt: Date | null;
};

export type DeliveryFilter = {
  bodies?: string[];
  states?: DeliveryState[];
  personKeys?: string[];
  limit: number;
  before?: string;
};

/** Where there is work: one job a person and body. `from` is when it may be tried. */
export type DueDelivery = { personKey: string; body: string; from: Date };

/** What is due, and since when, is by the database's clock alone: processes on several machines have several clocks. */
export function deliveryStore(pool: Pool) {
  return {
    /**
     * The newest versions that are due for a body, longest due first, at most `limit`. None under a key while another
     * version under it is on its way to that body; none of a paused body.
     */
    claim: (body: string, limit: number): Promise<Claim[]> => inTransaction(pool, (db) => claimDue(db, body, limit)),

    /**
     * The bodies have these versions. An unsure one is looked at again after `lookAgainMs`. In the same order: false when
     * the claim was no longer ours.
     */
    confirm: (confirmations: readonly Confirmation[]): Promise<boolean[]> =>
      inTransaction(pool, (db) => confirmAll(db, confirmations)),

    /** A file or a mailbox has it; the body has not answered. */
    handOver: ({ claim, httpStatus }: Settled): Promise<boolean> =>
      inTransaction(
        pool,
        async (db) =>
          (await settle(db, claim, { state: 'handed-over' })) && endAttempt(db, { claim, httpStatus }, 'handed-over'),
      ),

    /** To be tried again after `afterMs`; overtaken when a newer version exists. */
    fail: ({ claim, httpStatus, fault, afterMs }: Settled & { fault: FaultCode; afterMs: number }): Promise<boolean> =>
      inTransaction(
        pool,
        async (db) =>
          (await settle(db, claim, { state: 'due', fault, afterMs })) && endAttempt(db, { claim, httpStatus }, fault),
      ),

    /** For an operator. `outcome` is what the body answered; it is kept, never logged. */
    park: ({ claim, httpStatus, fault, outcome }: Settled & { fault: FaultCode; outcome: unknown }): Promise<boolean> =>
      inTransaction(
        pool,
        async (db) =>
          (await settle(db, claim, { state: 'parked', fault, outcome })) &&
          endAttempt(db, { claim, httpStatus }, fault),
      ),

    /** Claims older than the lease belong to a process that died: it may have sent. Returns what is due again. */
    async releaseStale(leaseMs: number): Promise<DueDelivery[]> {
      const { rows } = await pool.query<DueDelivery>(
        `with released as (
           update deliveries d
              set state = case when ${HAS_NEWER} then 'overtaken' else 'due' end,
                  unsure = true, next_attempt_at = now()
            where d.state = 'sending'
              and d.claimed_at < now() - $1 * interval '1 millisecond'
        returning d.publication_id, d.person_key, d.body, d.attempt, d.claimed_at
         ), ended as (
           insert into delivery_attempts (publication_id, attempt, started_at, ended_at, result)
           select publication_id, attempt, claimed_at, now(), 'no-reply'
             from released
         )
         select distinct person_key as "personKey", body, now() as "from"
           from released`,
        [leaseMs],
      );
      return rows;
    },

    /** Bodies that have something due. */
    async bodiesDue(): Promise<string[]> {
      const { rows } = await pool.query<{ body: string }>(
        `select distinct body
           from deliveries
          where state = 'due'
            and next_attempt_at <= now()`,
      );
      return rows.map(({ body }) => body);
    },

    /** Hands over again at once: parked, waiting, or given to a mailbox that never answered. The newest version only. */
    async requeue(filter: {
      publicationIds?: string[];
      bodies?: string[];
      /** Also what is confirmed: a body that has lost its data. It is read first, and sent what it does not hold. */
      confirmedToo?: boolean;
    }): Promise<DueDelivery[]> {
      const { rows } = await pool.query<DueDelivery>(
        `with requeued as (
           update deliveries d
              set state = 'due', next_attempt_at = now(), settled_at = null, outcome = null
            where (d.state in ('parked', 'due', 'handed-over') or ($3 and d.state = 'confirmed'))
              and ($1::bigint[] is null or d.publication_id = any ($1))
              and ($2::text[]   is null or d.body = any ($2))
              and not ${HAS_NEWER}
        returning person_key, body
         )
         select distinct person_key as "personKey", body, now() as "from"
           from requeued`,
        [filter.publicationIds ?? null, filter.bodies ?? null, filter.confirmedToo ?? false],
      );
      return rows;
    },

    /** Newest first. */
    async list({ bodies, states, personKeys, limit, before }: DeliveryFilter): Promise<DeliveryRow[]> {
      const { rows } = await pool.query<DeliveryRow>(
        `select d.publication_id as "publicationId", d.person_key as "personKey", d.body,
                p.record_version as "recordVersion", d.state, d.attempt, d.unsure,
                d.next_attempt_at as "nextAttemptAt", d.last_fault as "lastFault",
                p.published_at as "publishedAt", d.settled_at as "settledAt"
           from deliveries d
           join publications p on p.id = d.publication_id
          where ($1::text[] is null or d.body = any ($1))
            and ($2::text[] is null or d.state = any ($2))
            and ($3::uuid[] is null or d.person_key = any ($3))
            and ($4::bigint is null or d.publication_id < $4)
          order by d.publication_id desc
          limit $5`,
        [bodies ?? null, states ?? null, personKeys ?? null, before ?? null, limit],
      );
      return rows;
    },

    /** What the body answered when it refused; may hold patient data. */
    async outcome(publicationId: string): Promise<unknown> {
      const { rows } = await pool.query<{ outcome: unknown }>(
        `select outcome
           from deliveries
          where publication_id = $1`,
        [publicationId],
      );
      return rows[0]?.outcome ?? null;
    },

    /** How many attempts of a delivery have ended so. */
    async countEnded(publicationId: string, result: FaultCode): Promise<number> {
      const { rows } = await pool.query<{ count: number }>(
        `select count(*)::int as count
           from delivery_attempts
          where publication_id = $1
            and result = $2`,
        [publicationId, result],
      );
      return rows[0]?.count ?? 0;
    },

    /** How many wait for an operator, by body; of one that is no more, how many it has never confirmed. */
    async parked(): Promise<{ body: string; isEnded: boolean; count: number }[]> {
      const { rows } = await pool.query<{ body: string; isEnded: boolean; count: number }>(
        `select body, coalesce(last_fault = 'body-ended', false) as "isEnded", count(*)::int as count
           from deliveries
          where state = 'parked'
          group by 1, 2
          order by 1, 2`,
      );
      return rows;
    },

    /** How many deliveries are in each state, by body. */
    async counts(): Promise<{ body: string; state: DeliveryState; count: number }[]> {
      const { rows } = await pool.query<{ body: string; state: DeliveryState; count: number }>(
        `select body, state, count(*)::int as count
           from deliveries
          group by body, state
          order by body, state`,
      );
      return rows;
    },
  };
}

export type DeliveryStore = ReturnType<typeof deliveryStore>;
