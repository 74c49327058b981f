import { type Day, isDay } from '../register/day.js';
import { cellsIn, namesIn } from './csv-line.js';
import { codeKey } from './imported.js';
import type { Joined } from './memberships.js';

/** A GP practice as a file has it. `status` is as written: A active, C closed, D dormant, P proposed. */
export type Practice = {
  code: string;
  name: string;
  status: string;
  openedOn: Day | null;
  closedOn: Day | null;
  joined: Joined;
};

/** `setting`: the file calls it something else than a GP practice. `commissioner`: it names none. */
export type PracticeLeftOut = 'setting' | 'commissioner';
export type PracticeRefusal = 'cells' | 'code' | 'day' | 'commissioner' | 'twice';

export type PracticeRow =
  | { kind: 'practice'; practice: Practice }
  | { kind: 'left-out'; why: PracticeLeftOut }
  | { kind: 'refused'; why: PracticeRefusal };

/** `isHeader`: the first line names columns and is no row. Null: this is no file of practices. */
export type PracticeFile = { isHeader: boolean; read(line: string): PracticeRow } | null;

/** Reads the first line: ODS `epraccur.csv` has no header, a list of practices that move to another place has one. */
export function practiceFile(first: string): PracticeFile {
  const names = namesIn(first);
  if (names.includes('code') && names.includes('new_sub_icb') && names.includes('effective_date'))
    return { isHeader: true, read: (line) => moveOf(cellsIn(line), names) };
  const cells = cellsIn(first.replace(/^\uFEFF/, '')) ?? [];
  const isHeader = cells.length >= LEAST && /^(organisation )?code$/i.test(cells[AT.code] ?? '');
  const isOds = CODE.test(cells[AT.code] ?? '') && cells.length >= LEAST && /^\d{8}$/.test(cells[AT.opened] ?? '');
  return isOds || isHeader ? { isHeader, read: (line) => practiceOf(cellsIn(line.replace(/^\uFEFF/, ''))) } : null;
}

/** ODS gives the columns of its files by their places; those that are not read are addresses, telephone and blanks. */
const AT = {
  code: 0,
  name: 1,
  opened: 10,
  closed: 11,
  status: 12,
  commissioner: 14,
  joined: 15,
  left: 16,
  setting: 25,
};
/** Up to the day on which it left its commissioner; editions differ in how many follow. */
const LEAST = 17;

const CODE = /^[A-Z0-9]{6}$/i;
const COMMISSIONER = /^[A-Z0-9]{3,6}$/i;
/** By number, as the file has it, or by the role that the number stands for. */
const GP_PRACTICE = /^(4|RO76)$/i;

function practiceOf(cells: string[] | null): PracticeRow {
  // A row with a null character is none of ODS, and no database keeps it.
  if (cells === null || cells.length < LEAST || cells.some((cell) => cell.includes('\0')))
    return { kind: 'refused', why: 'cells' };
  const { code = '', name = '', status = '', commissioner = '' } = cellsAt(cells);
  if (!CODE.test(code)) return { kind: 'refused', why: 'code' };
  // Editions with fewer columns do not say what a practice is: whatever they have counts as one.
  const setting = cells[AT.setting];
  if (setting !== undefined && !GP_PRACTICE.test(setting)) return { kind: 'left-out', why: 'setting' };
  if (commissioner === '') return { kind: 'left-out', why: 'commissioner' };
  if (!COMMISSIONER.test(commissioner)) return { kind: 'refused', why: 'commissioner' };
  const days = [AT.opened, AT.closed, AT.joined, AT.left].map((at) => dayIn(cells[at] ?? ''));
  if (days.includes('wrong')) return { kind: 'refused', why: 'day' };
  const [openedOn = null, closedOn = null, from = null, left = null] = days;
  const joined = { commissioner: codeKey(commissioner), from, to: left ?? closedOn, before: null };
  if (joined.from !== null && joined.to !== null && joined.to < joined.from) return { kind: 'refused', why: 'day' };
  return { kind: 'practice', practice: { code: codeKey(code), name, status, openedOn, closedOn, joined } };
}

const cellsAt = (cells: readonly string[]): Partial<Record<keyof typeof AT, string>> =>
  Object.fromEntries(Object.entries(AT).map(([name, at]) => [name, cells[at] ?? '']));

function moveOf(cells: string[] | null, names: readonly string[]): PracticeRow {
  if (cells?.length !== names.length || cells.some((cell) => cell.includes('\0')))
    return { kind: 'refused', why: 'cells' };
  const cell = (name: string): string => cells[names.indexOf(name)] ?? '';
  const type = cell('type');
  if (type !== '' && type.toUpperCase() !== 'GP PRACTICE') return { kind: 'left-out', why: 'setting' };
  const [code, commissioner, from] = [cell('code'), cell('new_sub_icb'), dayIn(cell('effective_date'))];
  if (!CODE.test(code)) return { kind: 'refused', why: 'code' };
  if (!COMMISSIONER.test(commissioner)) return { kind: 'refused', why: 'commissioner' };
  if (from === null || from === 'wrong') return { kind: 'refused', why: 'day' };
  const before = codeKey(cell('old_sub_icb'));
  const joined = { commissioner: codeKey(commissioner), from, to: null, before: before === '' ? null : before };
  return {
    kind: 'practice',
    practice: { code: codeKey(code), name: cell('name'), status: 'A', openedOn: null, closedOn: null, joined },
  };
}

/** `20260401` or `2026-04-01`; null where nothing is written. */
function dayIn(written: string): Day | null | 'wrong' {
  if (written === '') return null;
  const day = written.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  return isDay(day) ? day : 'wrong';
}
