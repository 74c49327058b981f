import type { PoolClient } from 'pg';
import { LOCKS } from './locks.js';
import type { Db } from './transaction.js';

/** One body was followed by another, by ODS codes. */
export type LinkGiven = { from: string; to: string; on: string };

/** What a record says; `record` is kept and given back as it is. */
export type RecordGiven = { code: string; changedOn: string | null; record: unknown };

export type ImportKind = 'successions' | 'records' | 'links';

type ImportLine = { importedBy: string; fileName: string; kind: ImportKind };

/** What was imported of bodies. Whoever writes is in one transaction, alone: nobody sees half of a file. */
export function nationalFactStore(db: Db) {
  return {
    async links(): Promise<LinkGiven[]> {
      const { rows } = await db.query<LinkGiven>(
        `select from_code as "from", to_code as "to", to_char(happened_on, 'YYYY-MM-DD') as "on"
           from national_links
          order by from_code, to_code, happened_on`,
      );
      return rows;
    },

    async records(): Promise<unknown[]> {
      const { rows } = await db.query<{ record: unknown }>('select record from national_records order by code');
      return rows.map(({ record }) => record);
    },
  };
}

/** True while no other process changes what is known of bodies; held to the end of the transaction. */
export async function takeOrganisations(db: PoolClient): Promise<boolean> {
  const { rows } = await db.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
    LOCKS.organisations,
  ]);
  return rows[0]?.locked === true;
}

export function nationalImportStore(db: PoolClient) {
  return {
    /** The row of the import, to which everything new in the file belongs. */
    async begin({ importedBy, fileName, kind }: ImportLine): Promise<string> {
      const { rows } = await db.query<{ id: string }>(
        `insert into organisation_imports (imported_by, file_name, file_digest, kind, counts)
         values ($1, $2, '', $3, '{}')
      returning id`,
        [importedBy, fileName, kind],
      );
      return rows[0]?.id ?? '';
    },

    async end(id: string, { digest, counts }: { digest: string; counts: object }): Promise<void> {
      await db.query('update organisation_imports set file_digest = $2, counts = $3 where id = $1', [
        id,
        digest,
        JSON.stringify(counts),
      ]);
    },

    /** How many of them were not known. */
    async addLinks(importId: string, links: readonly LinkGiven[]): Promise<number> {
      const { rowCount } = await db.query({
        name: 'national-links',
        text: `insert into national_links (from_code, to_code, happened_on, import_id)
               select given.from_code, given.to_code, given.happened_on, $1
                 from unnest($2::text[], $3::text[], $4::date[]) as given (from_code, to_code, happened_on)
                   on conflict do nothing`,
        values: [importId, links.map(({ from }) => from), links.map(({ to }) => to), links.map(({ on }) => on)],
      });
      return rowCount ?? 0;
    },

    /** Of two records of one body the one that was changed last counts; of two of one day, the one that comes last. */
    async addRecord(importId: string, given: RecordGiven): Promise<'added' | 'changed' | 'same' | 'older'> {
      const { rows } = await db.query<{ how: 'added' | 'changed' | 'same' | 'older' }>({
        name: 'national-record',
        text: `with known as (
                 select record = $3::jsonb                                                    as is_same,
                        coalesce(changed_on, '-infinity') > coalesce($2::date, '-infinity') as is_newer
                   from national_records
                  where code = $1
               ), kept as (
                 insert into national_records (code, changed_on, record, import_id)
                 select $1, $2::date, $3::jsonb, $4
                  where not exists (select from known where is_same or is_newer)
                     on conflict (code) do update
                    set changed_on = excluded.changed_on, record = excluded.record, import_id = excluded.import_id
               )
               select case when not exists (select from known) then 'added'
                           when (select is_same from known)    then 'same'
                           when (select is_newer from known)   then 'older'
                           else 'changed'
                      end as how`,
        values: [given.code, given.changedOn, JSON.stringify(given.record), importId],
      });
      return rows[0]?.how ?? 'same';
    },
  };
}
