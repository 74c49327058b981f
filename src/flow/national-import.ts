import type { PoolClient } from 'pg';
import type { Directory } from '../organisations/directory.js';
import type { Differing } from '../organisations/sub-icb-file.js';
import type { Day } from '../register/day.js';
import { type DirectoryImportKind, importStore } from '../store/imports.js';
import { editionAfter, type RefusedRows, refusedRows, type Tally } from './national-file.js';

export type How = {
  file: string;
  importedBy: string;
  today: Day;
  directory: Directory;
  progress(read: number): void;
};

/** One kind of national file: told by its first line, and read in one transaction of its caller. */
export type NationalImport = {
  recognises(first: string): boolean;
  read(db: PoolClient, how: How): Promise<ImportReport>;
};

/** What an import did. `added`, `changed` and `same` count postcodes, practices, or small areas and the days they are of. */
export type ImportReport = {
  kind: 'postcodes' | 'gp-practices' | 'small-areas' | 'sub-icbs';
  file: string;
  read: number;
  added: number;
  changed: number;
  same: number;
  leftOut: Record<string, number>;
  refused: RefusedRows[];
  /** Of all of its kind that was imported up to now; null where nothing is kept of it. */
  edition: string | null;
  /** The last month that a file of postcodes tells of, and that of the file that was imported before: `2026-05`. */
  month: string | null;
  monthBefore: string | null;
  /** What the tables say otherwise. */
  differing: (Differing & { line: number })[];
};

/** Notes an import that is done, and says what it did; a file that changes nothing leaves the edition as it was. */
export async function noted(
  kind: DirectoryImportKind,
  { tally, counts, before }: { tally: Tally; counts: Counts; before: string | null },
  { file, importedBy }: How,
  db: PoolClient,
): Promise<ImportReport> {
  const changesNothing = before !== null && counts.added + counts.changed === 0;
  const edition = changesNothing ? before : editionAfter(before, tally.digest);
  const { read, leftOut } = tally;
  await importStore(db).note({ kind, importedBy, edition, read, ...counts, refused: refusedRows(tally) });
  return { ...noReport(kind, file), read, ...counts, leftOut, refused: [...tally.refused.values()], edition };
}

/** How many were new, are others now, and are as before. */
export type Counts = Pick<ImportReport, 'added' | 'changed' | 'same'>;

/** A report of a file in which nothing was found yet. */
export const noReport = (kind: ImportReport['kind'], file: string): ImportReport => ({
  kind,
  file,
  read: 0,
  added: 0,
  changed: 0,
  same: 0,
  leftOut: {},
  refused: [],
  edition: null,
  month: null,
  monthBefore: null,
  differing: [],
});
