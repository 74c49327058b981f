import type { PoolClient } from 'pg';
import type { Day } from '../register/day.js';
import type { Db } from './transaction.js';

/** A GP practice under one commissioner; both by ODS code, in capitals. */
export type PracticeRow = {
  code: string;
  commissioner: string;
  from: Day | null;
  to: Day | null;
  name: string;
  status: string;
  openedOn: Day | null;
  closedOn: Day | null;
};

/** What is known of these practices, each in order of time. */
export async function practiceRows(db: Db, codes: readonly string[]): Promise<PracticeRow[]> {
  const { rows } = await db.query<PracticeRow>({
    name: 'gp-practices',
    text: `select code, commissioner, name, status,
                  to_char(from_on, 'YYYY-MM-DD')   as "from",
                  to_char(to_on, 'YYYY-MM-DD')     as "to",
                  to_char(opened_on, 'YYYY-MM-DD') as "openedOn",
                  to_char(closed_on, 'YYYY-MM-DD') as "closedOn"
             from gp_practices
            where code = any ($1::text[])
            order by code, from_on nulls first`,
    values: [codes],
  });
  return rows;
}

/** Puts these rows in the place of everything that is known of their practices. */
export async function replacePractices(db: PoolClient, practices: readonly PracticeRow[]): Promise<void> {
  await db.query('delete from gp_practices where code = any ($1::text[])', [practices.map(({ code }) => code)]);
  await db.query(
    `insert into gp_practices (code, commissioner, from_on, to_on, name, status, opened_on, closed_on)
     select *
       from unnest($1::text[], $2::text[], $3::date[], $4::date[], $5::text[], $6::text[], $7::date[], $8::date[])`,
    [
      practices.map(({ code }) => code),
      practices.map(({ commissioner }) => commissioner),
      practices.map(({ from }) => from),
      practices.map(({ to }) => to),
      practices.map(({ name }) => name),
      practices.map(({ status }) => status),
      practices.map(({ openedOn }) => openedOn),
      practices.map(({ closedOn }) => closedOn),
    ],
  );
}
