import type { Db } from './transaction.js';

export const CHANGE_STATES = ['staged', 'confirmed', 'refused', 'applied'] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

/** The cells of a row of the tables, by column. */
type Cells = Readonly<Record<string, string>>;

/** A row for one of the tables of organisations, with who decided about it. */
export type ChangeRow = {
  id: string;
  what: 'body' | 'succession';
  row: Cells;
  base: Cells | null;
  continues: boolean;
  needsConfirming: boolean;
  why: string;
  state: ChangeState;
  foundAt: Date;
  /** The file that it was found with, without its path. */
  file: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  because: string | null;
  /** Of changes that were applied together. */
  editionId: string | null;
};

export type ChangeFound = Pick<ChangeRow, 'what' | 'row' | 'base' | 'continues' | 'needsConfirming' | 'why'> & {
  digest: string;
};

/** What was found, under its number here. */
export type ChangeKept = ChangeFound & { id: string };

export type Decision = { state: 'confirmed' | 'refused'; by: string; because: string };

const COLUMNS = `c.id, c.what, c.row, c.base, c.continues, c.needs_confirming as "needsConfirming", c.why, c.state,
                        c.found_at as "foundAt", i.file_name as file, c.decided_by as "decidedBy",
                        c.decided_at as "decidedAt", c.because, c.edition_id as "editionId"`;

export function organisationChangeStore(db: Db) {
  return {
    /** In the order in which they were found. */
    async all(states: readonly ChangeState[] = CHANGE_STATES): Promise<ChangeRow[]> {
      const { rows } = await db.query<ChangeRow>(
        `select ${COLUMNS}
           from organisation_changes c
           left join organisation_imports i on i.id = c.import_id
          where c.state = any ($1::text[])
          order by c.id`,
        [states],
      );
      return rows;
    },

    /** What was applied up to an edition, in the order in which it was. */
    async appliedUpTo(editionId: string): Promise<ChangeRow[]> {
      const { rows } = await db.query<ChangeRow>(
        `select ${COLUMNS}
           from organisation_changes c
           left join organisation_imports i on i.id = c.import_id
          where c.state = 'applied' and c.edition_id <= $1
          order by c.edition_id, c.id`,
        [editionId],
      );
      return rows;
    },

    /** Null where nothing was ever applied. */
    async edition(): Promise<{ id: string; edition: string } | null> {
      const { rows } = await db.query<{ id: string; edition: string }>({
        name: 'organisation-edition',
        text: 'select id, edition from organisation_editions order by id desc limit 1',
      });
      return rows[0] ?? null;
    },

    /** What is found now takes the place of what was found before; what somebody decided stays. Gives back what is new. */
    async replaceFound(found: readonly ChangeFound[], importId: string | null): Promise<ChangeKept[]> {
      await db.query(`delete from organisation_changes where state = 'staged' and digest <> all ($1::text[])`, [
        found.map(({ digest }) => digest),
      ]);
      const { rows } = await db.query<{ id: string; digest: string }>(
        `insert into organisation_changes
                (digest, what, row, base, continues, needs_confirming, why, state, import_id)
         select given.digest, given.what, given.row, given.base, given.continues, given."needsConfirming", given.why,
                'staged', $2
           from jsonb_to_recordset($1::jsonb)
             as given (digest text, what text, row jsonb, base jsonb, continues boolean, "needsConfirming" boolean, why text)
             on conflict (digest) do nothing
      returning id, digest`,
        [JSON.stringify(found), importId],
      );
      const added = new Map(rows.map(({ id, digest }) => [digest, id]));
      return found.flatMap((change) => {
        const id = added.get(change.digest);
        return id === undefined ? [] : [{ ...change, id }];
      });
    },

    async decide(id: string, row: Cells, { state, by, because }: Decision): Promise<void> {
      await db.query(
        `update organisation_changes
            set state = $2, row = $3, decided_by = $4, decided_at = now(), because = $5
          where id = $1 and state <> 'applied'`,
        [id, state, JSON.stringify(row), by, because],
      );
    },

    /** Refuses these that were applied, in a new edition. */
    async withdraw(
      ids: readonly string[],
      { edition, by, because }: { edition: string; by: string; because: string },
    ): Promise<void> {
      await db.query('insert into organisation_editions (edition, applied_by) values ($1, $2)', [edition, by]);
      await db.query(
        `update organisation_changes
            set state = 'refused', edition_id = null, decided_by = $2, decided_at = now(), because = $3
          where id = any ($1::bigint[])
            and state = 'applied'`,
        [ids, by, because],
      );
    },

    /** Sets these, and none that was refused meanwhile, to applied in a new edition. */
    async apply(ids: readonly string[], { edition, by }: { edition: string; by: string }): Promise<void> {
      await db.query(
        `with new_edition as (
           insert into organisation_editions (edition, applied_by)
           values ($1, $2)
        returning id
         )
         update organisation_changes
            set state = 'applied', edition_id = new_edition.id
           from new_edition
          where organisation_changes.id = any ($3::bigint[]) and state in ('staged', 'confirmed')`,
        [edition, by, ids],
      );
    },
  };
}
