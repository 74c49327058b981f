import type { Body, Directory, Meaning } from '../organisations/directory.js';
import { codeKey, NOTHING_IMPORTED, withImported } from '../organisations/imported.js';
import type { Day } from '../register/day.js';
import { type PracticeRow, practiceRows } from '../store/practices.js';
import type { Db } from '../store/transaction.js';
import { byPractice } from './postcodes.js';

/** The source of whatever `epraccur` says, in `sources.csv`. */
export const PRACTICE_FILE = 'ods-epraccur';

/** What a code means as a GP practice of an imported file; empty where none has it. A table's own practice is no concern of this. */
export async function practiceMeanings(
  { code: written, on, asOf }: { code: string; on: Day; asOf: Day },
  directory: Directory,
  db: Db,
): Promise<Meaning[]> {
  const rows = await practiceRows(db, [codeKey(written)]);
  const row = rows.findLast(({ from }) => (from ?? '') <= on) ?? rows[0];
  if (!row) return [];
  const known = { ...NOTHING_IMPORTED, edition: '', practices: byPractice(rows) };
  return [
    {
      meant: bodyOf(row),
      answersTo: row.commissioner,
      isOutsideItsLife: on < (row.openedOn ?? '') || (row.closedOn !== null && on > row.closedOn),
      resolution: withImported(directory, known).icbOfPractice(row.code, asOf),
    },
  ];
}

const bodyOf = ({ code, name, openedOn, closedOn }: PracticeRow): Body => ({
  code,
  kind: 'gp-practice',
  name,
  ods: code,
  gss: null,
  from: openedOn,
  to: closedOn,
  source: PRACTICE_FILE,
});
