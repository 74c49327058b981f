import { createHash, type Hash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { Fault } from '../fault.js';
import type { LeftOut } from '../organisations/postcode-file.js';
import { postcodeImportStore, postcodeStore } from '../store/postcodes.js';
import { inTransaction } from '../store/transaction.js';
import { newTally, type RefusedRows, readPlaces, unusable } from './postcode-file.js';

export type PostcodesImported = {
  read: number;
  added: number;
  changed: number;
  same: number;
  leftOut: Record<LeftOut, number>;
  refused: RefusedRows[];
  /** The last month that the file tells of, and that of the file that was imported before: `2026-05`. */
  month: string | null;
  monthBefore: string | null;
  edition: string;
};

type How = { file: string; importedBy: string; progress(read: number): void };

/**
 * Imports a national postcode file, as a whole or not at all: broken off, it is begun again. What is there already stays
 * as it is, so the same file twice changes nothing. Throws Fault `usage` for what is no such file.
 */
export const importPostcodes = (how: How, pool: Pool): Promise<PostcodesImported> =>
  inTransaction(pool, (db) => importIn(db, how));

async function importIn(db: PoolClient, { file, importedBy, progress }: How): Promise<PostcodesImported> {
  const store = postcodeImportStore(db);
  if (!(await store.begin())) throw busy(file);
  const before = await postcodeStore(db).edition();
  const tally = newTally();
  await readPlaces(file, tally, async (places) => {
    await store.add(places);
    progress(tally.read);
  });
  if (tally.taken === 0) throw unusable(file, 'has no row that says where a postcode of England or Wales lies');
  const merged = await store.merge();
  const changesNothing = before !== null && merged.added + merged.changed === 0;
  const edition = changesNothing ? before.edition : editionAfter(before?.edition ?? '', tally.digest);
  const { read, leftOut, taken } = tally;
  const refused = [...tally.refused.values()];
  const month = tally.month === '' ? null : tally.month;
  const refusedRows = refused.reduce((sum, { count }) => sum + count, 0);
  await store.note({ importedBy, edition, month, read, ...merged, refused: refusedRows });
  const same = taken - merged.added - merged.changed;
  return { read, ...merged, same, leftOut, refused, month, monthBefore: before?.month ?? null, edition };
}

/** Of all that was imported up to now: the same files in the same order give the same. */
const editionAfter = (before: string, digest: Hash): string =>
  createHash('sha256').update(before).update(digest.digest()).digest('hex').slice(0, 12);

const busy = (where: string): Fault =>
  new Fault({
    code: 'usage',
    where,
    text: 'another process imports postcodes',
    next: 'wait until it has ended, then give the command again',
  });
