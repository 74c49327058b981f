import type { PoolClient } from 'pg';
import { type AreaLeftOut, type AreaRefusal, type AreaRow, areaFile } from '../organisations/area-file.js';
import { importStore } from '../store/imports.js';
import { type SmallAreaRow, smallAreaImportStore } from '../store/small-areas.js';
import { newTally, nothingIn, type Opened, readRows, refuse, type Tally, unusable } from './national-file.js';
import { type How, type ImportReport, type NationalImport, noted } from './national-import.js';

/** To whom each small area belongs, from the day of each edition on; an edition leaves those before it as they are. */
export const areasImport: NationalImport = {
  recognises: (first) => areaFile(first) !== null,
  read: importIn,
};

export type AreaTally = Tally<AreaLeftOut, AreaRefusal | 'twice'>;
type AreaLine = Extract<AreaRow, { kind: 'areas' }>;

export const newAreaTally = (): AreaTally => newTally({ outside: 0, nowhere: 0 });

/** Hands over the small areas of a file, many at a time. Throws Fault `usage` for what is no look-up of them. */
export function readAreas(
  file: string,
  tally: AreaTally,
  take: (areas: SmallAreaRow[]) => Promise<void>,
): Promise<void> {
  const told = new Map<string, string>();
  const contradicts = (areas: readonly SmallAreaRow[]): boolean =>
    areas.some(({ lsoa, from, subIcb }) => (told.get(`${lsoa}@${from}`) ?? subIcb) !== subIcb);
  return readRows<AreaLine, AreaLeftOut, AreaRefusal | 'twice'>(
    file,
    tally,
    (header) => opened(file, header),
    (rows) =>
      take(
        rows.flatMap(({ line, row: { lsoa, areas } }) => {
          const found = areas.map((area) => ({ lsoa, ...area }));
          if (contradicts(found)) {
            refuse(tally, 'twice', line);
            return [];
          }
          for (const { from, subIcb } of found) told.set(`${lsoa}@${from}`, subIcb);
          return found;
        }),
      ),
  );
}

function opened(file: string, header: string): Opened<AreaRow> {
  const found = areaFile(header);
  if (found === null) throw unusable(file, 'is no look-up of small areas');
  return { isHeader: true, read: found.read };
}

async function importIn(db: PoolClient, how: How): Promise<ImportReport> {
  const store = smallAreaImportStore(db);
  await store.begin();
  const before = await importStore(db).edition('small-areas');
  const tally = newAreaTally();
  await readAreas(how.file, tally, async (areas) => {
    await store.add(areas);
    how.progress(tally.read);
  });
  if (tally.taken === 0) throw nothingIn(how.file, 'to whom a small area belongs', tally);
  return noted('small-areas', { tally, counts: await store.merge(), before }, how, db);
}
