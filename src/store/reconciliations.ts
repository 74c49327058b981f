import type { Pool } from 'pg';
import type { Day } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { RegisterEntry } from '../register/register-comparison.js';
import { LOCKS } from './locks.js';
import { jsonArrayText } from './text.js';
import type { Db } from './transaction.js';

export type RegisterSource = 'sheet' | 'fhir';

export type NewReconciliation = { body: string; source: RegisterSource; asOf: Day; startedBy: string };

/** `counts`: people by kind of difference; null while it runs. */
export type Reconciliation<Counts> = NewReconciliation & {
  id: string;
  beganAt: Date;
  /** When the last page came, and when all of them had. */
  pagedAt: Date | null;
  readAt: Date | null;
  endedAt: Date | null;
  nextPage: string | null;
  /** Rows that say nothing certain of anybody. */
  refused: number;
  applied: boolean;
  counts: Counts | null;
};

/** What a version is made of at a body's server. */
export const PARTS = ['EpisodeOfCare', 'Flag', 'CarePlan'] as const;
export type PartType = (typeof PARTS)[number];

/** A resource at a body's server. `at`: where it stands there; `uuid`: the identifier that we gave it, null: it is the body's own. */
export type ResourceThere = {
  type: PartType;
  at: string;
  uuid: string | null;
  status: string;
  from: Day | null;
  to: Day | null;
};

/**
 * One row of another register. `line`: of a sheet, or the how manieth resource. `said`: null for a Flag and a CarePlan;
 * `resource`: null for a row of a sheet.
 */
export type RegisterRow = {
  line: number;
  nhsNumber: string;
  recordVersion: number | null;
  said: RegisterEntry | null;
  resource: ResourceThere | null;
};

/** As it is held against the register. */
export type RowThere = Omit<RegisterRow, 'line'>;

/** The version that a body was told last, under one of its keys. */
export type LastTold = { publicationId: string; recordVersion: number; content: unknown };

/** `told`: one for each key of the body and of the person under which the body was told, the newest first. */
export type Reconciled = { personKey: string | null; entry: Entry | null; told: LastTold[]; who: string };

const RECONCILIATION = `
  id, body, source, to_char(as_of, 'YYYY-MM-DD') as "asOf", started_by as "startedBy", began_at as "beganAt",
  paged_at as "pagedAt", read_at as "readAt", ended_at as "endedAt", next_page as "nextPage", refused, applied, counts`;

/** Of the entry `e`, what each of these bodies (`$2`) was told last, also under numbers that a merge has retired. */
const LAST_TOLD = `
  cross join lateral (
    select coalesce(jsonb_agg(jsonb_build_object('publicationId', last.id::text, 'recordVersion', last.record_version,
                                                 'content', last.content)
                              order by last.record_version desc), '[]') as told
      from (select distinct on (p.person_key, p.body) p.id, p.record_version, p.content
              from publications p
             where p.person_key in (select e.person_key union all
                                    select key from person_keys where merged_into = e.person_key)
               and p.body = any ($2::text[])
             order by p.person_key, p.body, p.record_version desc) last
  ) last_told`;

export function reconciliationStore<Counts>(db: Db) {
  return {
    /** Begins one; the rows of those before it of the same body are forgotten. */
    async begin({ body, source, asOf, startedBy }: NewReconciliation): Promise<string> {
      await db.query(
        `delete from register_rows
          where reconciliation_id in (select id from reconciliations where body = $1)`,
        [body],
      );
      const { rows } = await db.query<{ id: string }>(
        `insert into reconciliations (body, source, as_of, started_by)
         values ($1, $2, $3, $4)
         returning id`,
        [body, source, asOf, startedBy],
      );
      const [row] = rows;
      if (!row) throw new Error('a reconciliation has no id');
      return row.id;
    },

    async addRows(id: string, added: readonly RegisterRow[]): Promise<void> {
      await db.query({
        name: 'register-rows-add',
        text: `insert into register_rows
                      (reconciliation_id, line, who, person_key, nhs_number, record_version, said, resource)
               select $1, r.line, coalesce(n.person_key::text, r.nhs_number), n.person_key, r.nhs_number,
                      r.record_version, nullif(r.said, 'null'), nullif(r.resource, 'null')
                 from rows from (unnest($2::int[], $3::text[], $4::int[]), jsonb_array_elements($5::jsonb),
                                 jsonb_array_elements($6::jsonb))
                   as r (line, nhs_number, record_version, said, resource)
                 left join nodes n on n.node = 'nhs:' || r.nhs_number
                   on conflict do nothing`,
        values: [
          id,
          added.map(({ line }) => line),
          added.map(({ nhsNumber }) => nhsNumber),
          added.map(({ recordVersion }) => recordVersion),
          jsonArrayText(added.map(({ said }) => said)),
          jsonArrayText(added.map(({ resource }) => resource)),
        ],
      });
    },

    /** Whom each row names, once all of them are here: a merge may have come while they were read. */
    async identify(id: string): Promise<void> {
      await db.query(
        `update register_rows r
            set who = coalesce(n.person_key::text, r.nhs_number), person_key = n.person_key
           from register_rows o
           left join nodes n on n.node = 'nhs:' || o.nhs_number
          where r.reconciliation_id = $1
            and o.reconciliation_id = $1
            and o.line = r.line
            and r.person_key is distinct from n.person_key`,
        [id],
      );
    },

    /** Everything was read; or reading goes on at `nextPage`. */
    async reached(id: string, { nextPage, refused }: { nextPage: string | null; refused: number }): Promise<void> {
      await db.query(
        `update reconciliations
            set next_page = $2, paged_at = now(), read_at = case when $2::text is null then now() end,
                refused = refused + $3
          where id = $1`,
        [id, nextPage, refused],
      );
    },

    /** Reading does not go on: what was read is no register. */
    async giveUp(id: string): Promise<void> {
      await db.query(
        `with forgotten as (
           delete from register_rows
            where reconciliation_id = $1
         )
         update reconciliations
            set next_page = null, read_at = null
          where id = $1`,
        [id],
      );
    },

    /** How many entries are here, and on which line the last row stood. */
    async rowsOf(id: string): Promise<{ count: number; lastLine: number }> {
      const { rows } = await db.query<{ count: number; lastLine: number }>(
        `select count(said)::int as count, coalesce(max(line), 0) as "lastLine"
           from register_rows
          where reconciliation_id = $1`,
        [id],
      );
      return rows[0] ?? { count: 0, lastLine: 0 };
    },

    /** People whom the other register has, after `after`, in order; each with all rows that it has of them. */
    async people(
      id: string,
      { bodies, limit, after }: { bodies: readonly string[]; limit: number; after: string },
    ): Promise<(Reconciled & { rows: RowThere[] })[]> {
      const { rows } = await db.query<Reconciled & { rows: RowThere[] }>({
        name: 'register-rows-people',
        text: `with page as (
                 select who, min(person_key::text)::uuid as person_key,
                        jsonb_agg(jsonb_build_object('nhsNumber', nhs_number, 'said', said,
                                                     'recordVersion', record_version, 'resource', resource)
                                  order by line) as rows
                   from register_rows
                  where reconciliation_id = $1
                    and who > $4
                  group by who
                  order by who
                  limit $3
               )
               select page.who, e.person_key as "personKey", e.entry, page.rows, told
                 from page
                 left join entries e on e.person_key = page.person_key
                 ${LAST_TOLD}
                order by page.who`,
        values: [id, bodies, limit, after],
      });
      return rows;
    },

    /** People here whom that register may owe aftercare and does not have: of its own, or of whom it was told. */
    async missing(
      id: string,
      { bodies, limit, after }: { bodies: readonly string[]; limit: number; after: string | null },
    ): Promise<Reconciled[]> {
      const { rows } = await db.query<Reconciled>({
        name: 'register-rows-missing',
        text: `select e.person_key::text as who, e.person_key as "personKey", e.entry, told
                 from entries e
                 ${LAST_TOLD}
                where e.status in ('prospective', 'active')
                  and ($4::uuid is null or e.person_key > $4)
                  and (e.council = any ($2) or e.icb = any ($2) or told <> '[]')
                  and not exists (select
                                    from register_rows r
                                   where r.reconciliation_id = $1
                                     and r.who = e.person_key::text)
                order by e.person_key
                limit $3`,
        values: [id, bodies, limit, after],
      });
      return rows;
    },

    /** What the register says of people is forgotten: only the counts are kept. */
    async end(id: string, { counts, applied }: { counts: Counts; applied: boolean }): Promise<void> {
      await db.query(
        `with forgotten as (
           delete from register_rows
            where reconciliation_id = $1
         )
         update reconciliations
            set ended_at = now(), counts = $2, applied = $3
          where id = $1`,
        [id, JSON.stringify(counts), applied],
      );
    },

    /** Those of which everything is known, the newest first. */
    async ended(body: string, limit = 1): Promise<Reconciliation<Counts>[]> {
      const { rows } = await db.query<Reconciliation<Counts>>(
        `select ${RECONCILIATION}
           from reconciliations
          where body = $1
            and ended_at is not null
          order by id desc
          limit $2`,
        [body, limit],
      );
      return rows;
    },

    /** The newest first. */
    async of(body: string, limit: number): Promise<Reconciliation<Counts>[]> {
      const { rows } = await db.query<Reconciliation<Counts>>(
        `select ${RECONCILIATION}
           from reconciliations
          where body = $1
          order by id desc
          limit $2`,
        [body, limit],
      );
      return rows;
    },
  };
}

/** While one process holds the register of a body against this one, no other does: null. The lock ends with its connection. */
export async function asReconciler<T>(pool: Pool, body: string, work: () => Promise<T>): Promise<T | null> {
  const client = await pool.connect();
  const lock = [LOCKS.reconciler, body];
  try {
    const { rows } = await client.query<{ alone: boolean }>(
      'select pg_try_advisory_lock($1, hashtext($2)) as alone',
      lock,
    );
    if (!rows[0]?.alone) return null;
    // Unlocked now, and not when the server has seen that the connection is gone: the next may begin at once.
    const unlock = () => client.query('select pg_advisory_unlock($1, hashtext($2))', lock).catch(() => undefined);
    return await work().finally(unlock);
  } finally {
    client.release(true);
  }
}
