import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { Directory } from '../../src/organisations/directory.js';
import { loadDirectory } from '../../src/organisations/load.js';
import { addDays } from '../../src/register/day.js';
import { MAPPINGS } from '../../src/tables.js';

/** One row of a table, by its columns. */
export type TableRow = Record<string, string>;
export type OrganisationTables = { bodies: TableRow[]; successions: TableRow[] };

const FOLDER = join(MAPPINGS, 'organisations');
const read = (file: string): TableRow[] => parse(readFileSync(join(FOLDER, file)), { columns: true });

/** The tables as they are shipped. */
export const shippedTables = (): OrganisationTables => ({
  bodies: read('bodies.csv'),
  successions: read('successions.csv'),
});

/** The tables as somebody had them who knew of no change from that day on. */
export function tablesBefore(day: string): OrganisationTables {
  const { bodies, successions } = shippedTables();
  return {
    bodies: bodies
      .filter(({ from = '' }) => from < day)
      .map((row) => ({ ...row, to: (row.to ?? '') >= addDays(day, -1) ? '' : (row.to ?? '') })),
    successions: successions.filter(({ date = '' }) => date < day),
  };
}

/** A directory of these tables, read as those of an installation are. */
export function directoryOf({ bodies, successions }: OrganisationTables): Directory {
  const folder = mkdtempSync(join(tmpdir(), 'aftercare-tables-'));
  try {
    writeFileSync(join(folder, 'bodies.csv'), csv(bodies));
    writeFileSync(join(folder, 'successions.csv'), csv(successions));
    return loadDirectory(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const csv = (rows: readonly TableRow[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    .join('\n');
