import type { Day } from '../register/day.js';
import { type Change, lacksOf } from './changed-tables.js';
import type { OrganisationTables, Span, Succession } from './directory.js';
import { bodyCells, type Cells, successionCells } from './rows.js';

/** A change that national records say there is. `needsConfirming`: a person decides; else the records state it. */
export type FoundChange = Change & { needsConfirming: boolean; why: string };

/** The tables as they count today, and the last day of which those tell that came with the product. */
export type Known = { tables: OrganisationTables; toldUpTo: Day };

type Found = Partial<Pick<FoundChange, 'base' | 'continues' | 'needsConfirming'>> & { row: Cells; why: string };

/** A row that could not stand in its table yet always needs a person. */
export function foundBody({ base = null, continues = false, needsConfirming = false, row, why }: Found): FoundChange {
  const lacks = lacksOf({ what: 'body', row, continues }).length > 0;
  return { what: 'body', row, base, continues, needsConfirming: needsConfirming || lacks, why };
}

/** The same for a link. */
export function foundLink({ base = null, needsConfirming = false, row, why }: Found): FoundChange {
  const lacks = lacksOf({ what: 'succession', row, continues: false }).length > 0;
  return { what: 'succession', row, base, continues: false, needsConfirming: needsConfirming || lacks, why };
}

/** Where a row is from that a national record gave; `sources.csv` explains both. */
export const RECORD = 'ods-record';
export const SUCCESSIONS = 'ods-succession';

/** The row of a body with other cells in it, and one source more. */
export const bodyRow = (span: Span, cells: Cells): Cells => withSource({ ...bodyCells(span), ...cells }, RECORD);

export const linkRow = (link: Succession, cells: Cells): Cells =>
  withSource({ ...successionCells(link), ...cells }, SUCCESSIONS);

function withSource(cells: Cells, key: string): Cells {
  const keys = (cells.source ?? '').split(' ');
  return { ...cells, source: keys.includes(key) ? keys.join(' ') : [...keys, key].join(' ') };
}
