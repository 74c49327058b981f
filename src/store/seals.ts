import type { Hash, Node } from '../seal/merkle.js';
import type { OriginalKind } from '../seal/originals.js';
import { LOCKS } from './locks.js';
import type { Db } from './transaction.js';

/** `covers`: the places of its rows, as a multirange. `leaves`, `nodes`: hashes one after the other. */
export type SealRow = {
  seal: number;
  sealedAt: string;
  covers: string;
  leaves: Buffer;
  root: Buffer;
  nodes: Buffer;
  head: string;
};

/** `seals`: how many it is over. */
export type SealHead = { seals: number; head: string; sealedAt: string | null };

/** What one round has sealed of a kind. `whole`: nothing of it was left that could be seen. */
export type SealedOf = { kind: OriginalKind; ids: string; whole: boolean };

const SEALED_AT = `to_char(sealed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const SEAL = `id as seal, ${SEALED_AT} as "sealedAt", covers, leaves, root, nodes, encode(head, 'hex') as head`;

/** The functions that write belong into one transaction, which holds the lock. */
export function sealStore(db: Db) {
  return {
    /**
     * To the end of the transaction: one process seals at a time. False where another does and `waits` is not given.
     */
    async lock(waits: boolean): Promise<boolean> {
      const take = waits
        ? 'select pg_advisory_xact_lock($1) is not null as locked'
        : 'select pg_try_advisory_xact_lock($1) as locked';
      const { rows } = await db.query<{ locked: boolean }>(take, [LOCKS.seal]);
      return rows[0]?.locked ?? false;
    },

    /**
     * Kinds of which nobody can still commit a row up to what was sealed when it was last noted. A transaction that had a
     * number by then had an identity too, or took one within the statement: hence the minutes. A noted identity that lies
     * ahead is another server's, of before a restore.
     */
    async over(): Promise<OriginalKind[]> {
      const { rows } = await db.query<{ kind: OriginalKind }>({
        name: 'seals-over',
        text: `select kind
                 from sealing
                where seen_at < now() - interval '10 minutes'
                  and (seen_xmax <= pg_snapshot_xmin(pg_current_snapshot())
                       or seen_xmax > pg_snapshot_xmax(pg_current_snapshot()))`,
      });
      return rows.map(({ kind }) => kind);
    },

    /** The number, and the time, of the seal that is made now. */
    async next(): Promise<{ seal: number; sealedAt: string }> {
      const { rows } = await db.query<{ seal: number; sealedAt: string }>(
        `select coalesce(max(id), 0) + 1 as seal,
                to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sealedAt"
           from seals`,
      );
      return rows[0] ?? { seal: 1, sealedAt: new Date().toISOString() };
    },

    async append({ seal, sealedAt, covers, leaves, root, nodes, head }: SealRow): Promise<void> {
      await db.query(
        `insert into seals (id, sealed_at, covers, leaves, root, nodes, head)
         values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'))`,
        [seal, sealedAt, covers, leaves, root, nodes, head],
      );
    },

    /** Notes what was sealed, and moves on where nothing older can come any more. */
    async noteSealed(sealed: readonly SealedOf[], over: readonly OriginalKind[]): Promise<void> {
      await db.query({
        name: 'seals-note',
        text: `with done as (
                 select s.kind, s.sealed + t.ids as sealed, s.seen_at, s.seen_to,
                        t.whole and s.kind = any ($4::text[]) as over,
                        case when t.whole and s.kind = any ($4::text[]) then s.seen_to else s.settled_to end as settled_to
                   from unnest($1::text[], $2::int8multirange[], $3::boolean[]) as t (kind, ids, whole)
                   join sealing s on s.kind = t.kind
                  where not isempty(t.ids)
                     or s.kind = any ($4::text[]) and s.seen_to > s.settled_to
               ), noted as (
                 select kind, settled_to, sealed - int8multirange(int8range(null, settled_to, '(]')) as sealed,
                        coalesce(upper(sealed) - 1, seen_to) as last, over or seen_at is null as anew
                   from done
               )
               update sealing s
                  set sealed     = noted.sealed,
                      settled_to = noted.settled_to,
                      seen_to    = case when anew then greatest(s.seen_to, noted.last) else s.seen_to end,
                      seen_xmax  = case when anew then pg_snapshot_xmax(pg_current_snapshot()) else s.seen_xmax end,
                      seen_at    = case when anew then now() else s.seen_at end
                 from noted
                where s.kind = noted.kind`,
        values: [sealed.map(({ kind }) => kind), sealed.map(({ ids }) => ids), sealed.map(({ whole }) => whole), over],
      });
    },

    /** Nodes of the tree of seals, in the order asked for. Each lies where its last seal is. */
    async nodes(wanted: readonly Node[]): Promise<Hash[]> {
      if (wanted.length === 0) return [];
      const { rows } = await db.query<{ hash: Buffer }>({
        name: 'seals-nodes',
        text: `select substring(s.nodes from 32 * wanted.level + 1 for 32) as hash
                 from unnest($1::int[], $2::int[]) with ordinality as wanted (id, level, position)
                 join seals s on s.id = wanted.id
                order by wanted.position`,
        values: [wanted.map(({ level, index }) => (index + 1) * 2 ** level), wanted.map(({ level }) => level)],
      });
      return rows.map(({ hash }) => hash);
    },

    /** Every seal that covers any of these places. */
    async covering(places: string): Promise<SealRow[]> {
      const { rows } = await db.query<SealRow>(
        `select ${SEAL}
           from seals
          where covers && $1::int8multirange
          order by id`,
        [places],
      );
      return rows;
    },

    /** The next after a seal, in order. */
    async after(seal: number, limit: number): Promise<SealRow[]> {
      const { rows } = await db.query<SealRow>(
        `select ${SEAL}
           from seals
          where id > $1
          order by id
          limit $2`,
        [seal, limit],
      );
      return rows;
    },

    async head(): Promise<SealHead> {
      const { rows } = await db.query<SealHead>(
        `select id as seals, encode(head, 'hex') as head, ${SEALED_AT} as "sealedAt"
           from seals
          order by id desc
          limit 1`,
      );
      return rows[0] ?? { seals: 0, head: '', sealedAt: null };
    },

    /** How many seals a head is over; null where it is none of ours. */
    async sizeOf(head: string): Promise<number | null> {
      const { rows } = await db.query<{ id: number }>(`select id from seals where head = decode($1, 'hex')`, [head]);
      return rows[0]?.id ?? null;
    },
  };
}

export type SealStore = ReturnType<typeof sealStore>;
