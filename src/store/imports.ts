import type { PoolClient } from 'pg';
import { LOCKS } from './locks.js';
import type { Db } from './transaction.js';

export type DirectoryImportKind = 'gp-practices' | 'small-areas';

export type DirectoryImport = {
  kind: DirectoryImportKind;
  importedBy: string;
  edition: string;
  read: number;
  added: number;
  changed: number;
  refused: number;
};

/** The editions of everything that was imported up to now, as people are folded by them; null where nothing was. */
export async function importedEditions(db: Db): Promise<string | null> {
  const { rows } = await db.query<{ editions: string | null }>({
    name: 'imported-editions',
    text: 'select imported_editions() as editions',
  });
  return rows[0]?.editions ?? null;
}

/** Imports come one after another, each in one transaction of its caller: nobody sees half of a file. */
export function importStore(db: PoolClient) {
  return {
    /** False while another process imports. */
    async begin(): Promise<boolean> {
      const { rows } = await db.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
        LOCKS.imports,
      ]);
      return rows[0]?.locked === true;
    },

    /** Null where nothing of the kind was ever imported. */
    async edition(kind: DirectoryImportKind): Promise<string | null> {
      const { rows } = await db.query<{ edition: string }>(
        'select edition from directory_imports where kind = $1 order by id desc limit 1',
        [kind],
      );
      return rows[0]?.edition ?? null;
    },

    async note({ kind, importedBy, edition, read, added, changed, refused }: DirectoryImport): Promise<void> {
      await db.query(
        `insert into directory_imports
                (kind, imported_by, edition, rows_read, rows_new, rows_changed, rows_refused)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [kind, importedBy, edition, read, added, changed, refused],
      );
    },
  };
}
