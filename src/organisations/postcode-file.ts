import { CsvError, parse } from 'csv-parse/sync';
import { type Day, isDay } from '../register/day.js';
import type { Area } from './directory.js';
import { postcodeKey } from './imported.js';

/**
 * One row: where a postcode lies, that it lies where section 117 does not run, or why the row cannot be used.
 * `month`: the last of which the row tells, `2026-05`; empty where it tells of none.
 */
export type PostcodeRow =
  | { kind: 'area'; postcode: string; area: Area; month: string }
  | { kind: 'left-out'; why: LeftOut }
  | { kind: 'refused'; why: Refusal };

/** `outside`: Scotland, Northern Ireland and the islands. `nowhere`: the file itself does not say where it lies. */
export type LeftOut = 'outside' | 'nowhere';
export type Refusal = 'cells' | 'postcode' | 'county' | 'code';

export type PostcodeFile = { kind: 'rows'; read(line: string): PostcodeRow } | { kind: 'problem'; text: string };

/**
 * The names of the columns in the ONS Postcode Directory and the NHS one, from 2011 on. From 2025 they carry the year of
 * their codes (`lad25cd`); of several years the latest counts.
 */
const COLUMNS = {
  postcode: /^(pcds|pcd|pcd2|pcd7|pcd8)$/,
  district: /^(oslaua|laua|lad\d\dcd)$/,
  county: /^(oscty|cty|cty\d\dcd)$/,
  introduced: /^dointr$/,
  ended: /^doterm$/,
  lsoa11: /^lsoa11(cd)?$/,
  lsoa21: /^lsoa21(cd)?$/,
  subIcb: /^(sicbl|ccg)(\d\dcd)?$/,
  icb: /^(icb|stp)(\d\dcd)?$/,
} as const;
type Column = keyof typeof COLUMNS;

const NEEDED: readonly Column[] = ['postcode', 'district', 'county'];

/** Reads the header of a file; every edition names its columns in its own way and order. */
export function postcodeFile(header: string): PostcodeFile {
  const names = header
    .replace(/^\uFEFF/, '')
    .split(',')
    .map((name) => bare(name).toLowerCase());
  const at = (column: Column): number => {
    const found = names.filter((name) => COLUMNS[column].test(name)).sort();
    const [latest] = found.slice(-1);
    return latest === undefined ? -1 : names.indexOf(latest);
  };
  const places = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, at(name as Column)])) as Places;
  const missing = NEEDED.filter((column) => places[column] === -1);
  if (missing.length > 0) return { kind: 'problem', text: `has no column for ${missing.join(', ')}` };
  return { kind: 'rows', read: (line) => rowOf(line, names.length, places) };
}

type Places = Record<Column, number>;

/** Codes hold no commas: a row is cut at them, and only one that comes out wrong is read with care. */
function cellsOf(line: string, count: number): string[] | null {
  const cut = line.split(',');
  if (cut.length === count) return cut;
  try {
    const [record] = parse(line, { relax_column_count: true }) as string[][];
    return record?.length === count ? record : null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}$/;
const GSS = /^[EW]\d{8}$/;
/** How the file writes that there is none: `E99999999`. */
const NONE = /^[A-Z]99999999$/;

function rowOf(line: string, count: number, places: Places): PostcodeRow {
  const cells = cellsOf(line, count);
  if (cells === null) return { kind: 'refused', why: 'cells' };
  const value = (column: Column): string | null => {
    const written = bare(cells[places[column]] ?? '');
    return written === '' || NONE.test(written) ? null : written;
  };
  const postcode = postcodeKey(bare(cells[places.postcode] ?? ''));
  if (!POSTCODE.test(postcode)) return { kind: 'refused', why: 'postcode' };
  const [district, county] = [value('district'), value('county')];
  if (district === null) return { kind: 'left-out', why: whyNone(bare(cells[places.district] ?? '')) };
  if (!GSS.test(district)) return /^[NSLM]/.test(district) ? OUTSIDE : { kind: 'refused', why: 'code' };
  // A district has no social services: its county has.
  const council = district.startsWith('E07') ? county : district;
  if (council === null) return { kind: 'refused', why: 'county' };
  const introducedOn = firstDayOf(value('introduced'));
  return {
    kind: 'area',
    postcode,
    area: {
      council,
      lsoa11: value('lsoa11'),
      lsoa21: value('lsoa21'),
      subIcb: value('subIcb'),
      icb: value('icb'),
      introducedOn,
    },
    month: [introducedOn, firstDayOf(value('ended'))].map((day) => day?.slice(0, 7) ?? '').sort()[1] ?? '',
  };
}

const OUTSIDE: PostcodeRow = { kind: 'left-out', why: 'outside' };
const whyNone = (written: string): LeftOut => (/^[NSLM]/.test(written) ? 'outside' : 'nowhere');

const bare = (cell: string): string => {
  const trimmed = cell.trim();
  return trimmed.startsWith('"') && trimmed.endsWith('"') ? trimmed.slice(1, -1).trim() : trimmed;
};

/** A few hundred months stand in millions of rows. */
const MONTHS = new Map<string, Day>();

/** `200006`, the month in which a postcode was introduced. */
function firstDayOf(month: string | null): Day | null {
  if (month === null || !/^\d{6}$/.test(month)) return null;
  const known = MONTHS.get(month);
  if (known !== undefined) return known;
  const day = `${month.slice(0, 4)}-${month.slice(4)}-01`;
  if (!isDay(day)) return null;
  MONTHS.set(month, day);
  return day;
}
