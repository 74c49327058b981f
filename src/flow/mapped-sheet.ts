import { Fault } from '../fault.js';
import type { Codes } from '../interpret/codes.js';
import { type LoadMapping, readLoadMapping } from '../interpret/load-mapping.js';
import { columnsOf, type RowReader, rowReader } from '../interpret/load-row.js';
import type { Day } from '../register/day.js';
import { openSheet, type Sheet } from './load-sheet.js';

/** A spreadsheet with a mapping that fits it. `read` makes facts of a row, or says why not. */
export type MappedSheet = { mapping: LoadMapping; sheet: Sheet; read: RowReader };

/** Opens both; `adapted` may change what the mapping says. Throws Fault `usage`, naming every mistake in the mapping, and every column that the sheet has not. */
export async function openMapped(
  { file, mappingFile }: { file: string; mappingFile: string },
  { codes, today }: { codes: Codes; today: Day },
  adapted: (mapping: LoadMapping) => LoadMapping = (mapping) => mapping,
): Promise<MappedSheet> {
  const mapping = adapted(mappingIn(mappingFile, codes));
  const sheet = await openSheet(file, mapping.headerLine, columnsOf(mapping));
  const read = rowReader(sheet.header, { mapping, codes, today });
  if (!isReader(read)) throw wrongSheet(file, read.mistakes);
  return { mapping, sheet, read };
}

const isReader = (read: ReturnType<typeof rowReader>): read is RowReader => typeof read === 'function';

function mappingIn(file: string, codes: Codes): LoadMapping {
  const read = reading(file, codes);
  if (read.kind === 'mapping') return read.mapping;
  throw new Fault({
    code: 'usage',
    where: file,
    text: `nothing was read: the mapping has ${read.mistakes.length} mistake(s)\n${read.mistakes.join('\n')}`,
    next: 'mend these lines; docs/load.md explains every setting',
  });
}

function reading(file: string, codes: Codes): ReturnType<typeof readLoadMapping> {
  try {
    return readLoadMapping(file, codes);
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new Fault(
      { code: 'usage', where: file, text: 'cannot be read', next: 'check the name and the rights' },
      { cause },
    );
  }
}

const wrongSheet = (where: string, mistakes: readonly string[]): Fault =>
  new Fault({
    code: 'usage',
    where,
    text: mistakes.join('\n'),
    next: 'mend the names in the mapping, or say with headerLine which line names the columns',
  });
