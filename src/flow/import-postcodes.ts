import type { PoolClient } from 'pg';
import { postcodeFile } from '../organisations/postcode-file.js';
import { postcodeImportStore, postcodeStore } from '../store/postcodes.js';
import { editionAfter, nothingIn, refusedRows } from './national-file.js';
import { type How, type ImportReport, type NationalImport, noReport } from './national-import.js';
import { newPostcodeTally, readPlaces } from './postcode-file.js';

/** Where each postcode lies. What is there already stays as it is, so the same file twice changes nothing. */
export const postcodesImport: NationalImport = {
  recognises: (first) => postcodeFile(first).kind === 'rows',
  read: importIn,
};

async function importIn(db: PoolClient, { file, importedBy, progress }: How): Promise<ImportReport> {
  const store = postcodeImportStore(db);
  await store.begin();
  const before = await postcodeStore(db).edition();
  const tally = newPostcodeTally();
  await readPlaces(file, tally, async (places) => {
    await store.add(places);
    progress(tally.read);
  });
  if (tally.taken === 0) throw nothingIn(file, 'where a postcode of England or Wales lies', tally);
  const merged = await store.merge();
  const changesNothing = before !== null && merged.added + merged.changed === 0;
  const edition = changesNothing ? before.edition : editionAfter(before?.edition ?? null, tally.digest);
  const { read, leftOut, taken } = tally;
  const month = tally.month === '' ? null : tally.month;
  await store.note({ importedBy, edition, month, read, ...merged, refused: refusedRows(tally) });
  const same = taken - merged.added - merged.changed;
  const refused = [...tally.refused.values()];
  const months = { month, monthBefore: before?.month ?? null };
  return { ...noReport('postcodes', file), read, ...merged, same, leftOut, refused, edition, ...months };
}
