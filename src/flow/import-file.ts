import type { Pool } from 'pg';
import { Fault } from '../fault.js';
import { importStore } from '../store/imports.js';
import { inTransaction } from '../store/transaction.js';
import { subIcbsComparison } from './compare-sub-icbs.js';
import { areasImport } from './import-areas.js';
import { postcodesImport } from './import-postcodes.js';
import { practicesImport } from './import-practices.js';
import { firstLineOf, unusable } from './national-file.js';
import type { How, ImportReport } from './national-import.js';

/**
 * Imports a national file, whichever it is, as a whole or not at all: broken off, it is begun again. Throws Fault `usage`
 * for what is none of them, and while another process imports.
 */
export async function importFile(how: How, pool: Pool): Promise<ImportReport> {
  const first = await firstLineOf(how.file);
  const kinds = [postcodesImport, areasImport, subIcbsComparison(how), practicesImport];
  const found = kinds.find((kind) => kind.recognises(first));
  if (!found) throw unusable(how.file, 'is none of the files that can be imported');
  return inTransaction(pool, async (db) => {
    if (!(await importStore(db).begin())) throw busy(how.file);
    return found.read(db, how);
  });
}

const busy = (where: string): Fault =>
  new Fault({
    code: 'usage',
    where,
    text: 'another process imports a file',
    next: 'wait until it has ended, then give the command again',
  });
