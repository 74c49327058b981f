import type {
  AttemptOriginal,
  LookOriginal,
  MessageOriginal,
  Original,
  OriginalKind,
  StatedOriginal,
  VersionOriginal,
} from '../seal/originals.js';
import type { Db } from './transaction.js';

/** To the microsecond: a Date would lose what the seal must keep. */
const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Where each kind is kept, and which rows of it are sealed. */
const ROWS: Record<OriginalKind, { table: string; id: string; only: string }> = {
  message: { table: 'messages', id: 'id', only: 'not rejected' },
  'stated-fact': { table: 'stated_facts', id: 'row_id', only: 'true' },
  version: { table: 'publications', id: 'id', only: 'true' },
  attempt: { table: 'delivery_attempts', id: 'id', only: 'true' },
  look: { table: 'audit', id: 'id', only: 'true' },
};

/** Where a kind is kept. */
export const tableOf = (kind: OriginalKind): string => ROWS[kind].table;

/**
 * Original rows as they are sealed: read anew each time, the digest of a message's bytes too. In the order of their
 * ids.
 */
export function originalStore(db: Db) {
  const readers: Record<OriginalKind, (ids: readonly string[]) => Promise<Original[]>> = {
    message: (ids) => messages(db, ids),
    'stated-fact': (ids) => statedFacts(db, ids),
    version: (ids) => versions(db, ids),
    attempt: (ids) => attempts(db, ids),
    look: (ids) => looks(db, ids),
  };
  return {
    /** Those of a kind, by row id. */
    read: async (kind: OriginalKind, ids: readonly string[]): Promise<Original[]> =>
      ids.length === 0 ? [] : readers[kind](ids),

    /** Ids of rows of a kind that are in none of the gaps that sealing has left, the oldest first. */
    async unsealed(kind: OriginalKind, limit: number): Promise<string[]> {
      const { table, id, only } = ROWS[kind];
      const { rows } = await db.query<{ id: string }>({
        name: `originals-unsealed-${kind}`,
        text: `select waiting.id
                 from (select unnest(int8multirange(int8range(settled_to, null, '()')) - sealed) as gap
                         from sealing
                        where kind = $1) gaps
                cross join lateral (
                      select ${id} as id
                        from ${table}
                       where ${id} >= lower(gap)
                         and ${id} < coalesce(upper(gap), 9223372036854775807)
                         and ${only}
                       order by ${id}
                       limit $2) waiting
                order by waiting.id
                limit $2`,
        values: [kind, limit],
      });
      return rows.map((row) => row.id);
    },

    /**
     * Of a kind, the rows after an id that no seal covers, in one step over so many rows: `settled` where sealing was past
     * them already. `nextAfter` null: these were the last.
     */
    async uncovered(kind: OriginalKind, { after, step, placeOf0 }: Page): Promise<Uncovered> {
      const { table, id, only } = ROWS[kind];
      const { rows } = await db.query<{ nextAfter: string | null; uncovered: Uncovered['rows'] | null }>(
        `with page as (
           select ${id} as id
             from ${table}
            where ${id} > $1
              and ${only}
            order by ${id}
            limit $2
         ), bounds as (
           select int8range(min(id) + $3::bigint, max(id) + $3::bigint, '[]') as places
             from page
         ), covered as (
           select coalesce(range_agg(part), '{}') as places
             from seals
            cross join bounds
            cross join lateral unnest(seals.covers * int8multirange(bounds.places)) part
            where seals.covers && bounds.places
         )
         select (select id from page offset $2 - 1) as "nextAfter",
                jsonb_agg(jsonb_build_object('id', page.id::text, 'settled', page.id <= sealing.settled_to) order by page.id)
                  as uncovered
           from page
          cross join covered
           join sealing on sealing.kind = $4
          where not covered.places @> page.id + $3::bigint`,
        [after, step, placeOf0, kind],
      );
      return { rows: rows[0]?.uncovered ?? [], nextAfter: rows[0]?.nextAfter ?? null };
    },
  };
}

/** `placeOf0`: the place of a row with id 0. */
type Page = { after: string; step: number; placeOf0: number };

/** `settled`: nothing that comes in its own time can be there. */
type Uncovered = { rows: { id: string; settled: boolean }[]; nextAfter: string | null };

async function messages(db: Db, ids: readonly string[]): Promise<MessageOriginal[]> {
  const { rows } = await db.query<MessageOriginal>({
    name: 'originals-messages',
    text: `select 'message' as kind, m.id, ${instant('m.received_at')} as "receivedAt", m.transport, m.sender,
                  m.application, m.control_id as "controlId", m.sent_at as "sentAt",
                  m.message_code as "messageCode", m.trigger, m.ack, m.reused,
                  coalesce(encode(sha256(c.content), 'hex'), '') as sha256
             from messages m
             left join message_contents c on c.message_id = m.id
            where m.id = any ($1::bigint[])
            order by m.id`,
    values: [ids],
  });
  return rows;
}

async function statedFacts(db: Db, ids: readonly string[]): Promise<StatedOriginal[]> {
  const { rows } = await db.query<StatedOriginal>({
    name: 'originals-stated',
    text: `select 'stated-fact' as kind, row_id as id, ${instant('recorded_at')} as "recordedAt",
                  recorded_by as "recordedBy", fact
             from stated_facts
            where row_id = any ($1::bigint[])
            order by row_id`,
    values: [ids],
  });
  return rows;
}

async function versions(db: Db, ids: readonly string[]): Promise<VersionOriginal[]> {
  const { rows } = await db.query<VersionOriginal>({
    name: 'originals-versions',
    text: `select 'version' as kind, id, person_key as "personKey", body, body_kind as "bodyKind",
                  record_version as "recordVersion", ${instant('published_at')} as "publishedAt", content
             from publications
            where id = any ($1::bigint[])
            order by id`,
    values: [ids],
  });
  return rows;
}

async function attempts(db: Db, ids: readonly string[]): Promise<AttemptOriginal[]> {
  const { rows } = await db.query<AttemptOriginal>({
    name: 'originals-attempts',
    text: `select 'attempt' as kind, id, publication_id as version, attempt, ${instant('started_at')} as "startedAt",
                  ${instant('ended_at')} as "endedAt", result, http_status as "httpStatus"
             from delivery_attempts
            where id = any ($1::bigint[])
            order by id`,
    values: [ids],
  });
  return rows;
}

async function looks(db: Db, ids: readonly string[]): Promise<LookOriginal[]> {
  const { rows } = await db.query<LookOriginal>({
    name: 'originals-looks',
    text: `select 'look' as kind, id, ${instant('at')} as at, who, role, action, subject, reason
             from audit
            where id = any ($1::bigint[])
            order by id`,
    values: [ids],
  });
  return rows;
}
