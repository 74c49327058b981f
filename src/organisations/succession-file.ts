import { isDay } from '../register/day.js';
import { type NationalLink, ODS_CODE } from './national-facts.js';

/** What one line of a succession file says. */
export type LinkRow =
  | { kind: 'link'; link: NationalLink }
  /** A body that followed itself says nothing; nor does a link for another reason than "replaced by". */
  | { kind: 'left-out'; why: 'itself' | 'reason' }
  | { kind: 'refused'; why: 'cells' | 'code' | 'day' };

type Columns = { from: number; to: number; on: number; reason: number | null };

/** How `succ.csv` and `succarc.csv` are published: no header; old code, new code, reason, day, and a last cell that is blank. */
const AS_PUBLISHED: Columns = { from: 0, to: 1, reason: 2, on: 3 };

const HEADERS: Record<keyof Columns, RegExp> = {
  from: /^(old|predecessor)(organisation)?(code)?$/,
  to: /^(new|successor)(organisation)?(code)?$/,
  on: /^(effective|succession|legalstart)?date$/,
  reason: /^(succession)?reason(code)?$/,
};

/** How to read the lines of a succession file, by its first one; null for a file of another kind. */
export function successionFile(firstLine: string): { isHeader: boolean; read(line: string): LinkRow } | null {
  const cells = cellsOf(firstLine);
  const columns = columnsOf(cells);
  if (columns) return { isHeader: true, read: (line) => readLink(cellsOf(line), columns) };
  const isPublished = cells.length >= 4 && cells[2] === 'R' && readLink(cells, AS_PUBLISHED).kind === 'link';
  return isPublished ? { isHeader: false, read: (line) => readLink(cellsOf(line), AS_PUBLISHED) } : null;
}

function columnsOf(header: readonly string[]): Columns | null {
  const words = header.map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ''));
  const place = (column: keyof Columns) => words.findIndex((word) => HEADERS[column].test(word));
  const [from, to, on, reason] = [place('from'), place('to'), place('on'), place('reason')];
  return from < 0 || to < 0 || on < 0 ? null : { from, to, on, reason: reason < 0 ? null : reason };
}

function readLink(cells: readonly string[], columns: Columns): LinkRow {
  const [from, to, written] = [cells[columns.from], cells[columns.to], cells[columns.on]];
  if (from === undefined || to === undefined || written === undefined) return { kind: 'refused', why: 'cells' };
  if (!ODS_CODE.test(from) || !ODS_CODE.test(to)) return { kind: 'refused', why: 'code' };
  const on = /^\d{8}$/.test(written) ? written.replace(/^(....)(..)(..)$/, '$1-$2-$3') : written;
  if (!isDay(on)) return { kind: 'refused', why: 'day' };
  if (columns.reason !== null && cells[columns.reason] !== 'R') return { kind: 'left-out', why: 'reason' };
  return from === to ? { kind: 'left-out', why: 'itself' } : { kind: 'link', link: { from, to, on } };
}

/** No cell of these files holds a comma. */
const cellsOf = (line: string): string[] =>
  line
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((cell) =>
      cell
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    );
