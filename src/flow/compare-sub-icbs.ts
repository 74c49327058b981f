import type { PoolClient } from 'pg';
import { type Differing, type SubIcbRow, subIcbFile } from '../organisations/sub-icb-file.js';
import { newTally, readRows, type Tally, unusable } from './national-file.js';
import { type How, type ImportReport, type NationalImport, noReport } from './national-import.js';

/** A look-up of sub-ICB locations is compared with the tables, which have them; nothing of it is kept. */
export const subIcbsComparison = (how: Pick<How, 'directory'>): NationalImport => ({
  recognises: (first) => subIcbFile(first, how.directory) !== null,
  read: compareIn,
});

type Compared = Extract<SubIcbRow, { kind: 'compared' }>;

async function compareIn(_: PoolClient, { file, directory, progress }: How): Promise<ImportReport> {
  const tally: Tally<'nowhere', 'cells' | 'code'> = newTally({ nowhere: 0 });
  const differing: (Differing & { line: number })[] = [];
  let same = 0;
  await readRows<Compared, 'nowhere', 'cells' | 'code'>(
    file,
    tally,
    (header) => {
      const found = subIcbFile(header, directory);
      if (found === null) throw unusable(file, 'is no look-up of sub-ICB locations');
      return { isHeader: true, read: found.read };
    },
    async (rows) => {
      for (const { line, row } of rows) {
        if (row.differing.length === 0) same++;
        differing.push(...row.differing.map((each) => ({ ...each, line })));
      }
      progress(tally.read);
    },
  );
  const { read, leftOut } = tally;
  return { ...noReport('sub-icbs', file), read, same, leftOut, refused: [...tally.refused.values()], differing };
}
