import { type Day, isDay } from '../register/day.js';
import { cellsIn, namesIn } from './csv-line.js';
import type { SmallArea } from './directory.js';
import { codeKey } from './imported.js';

/** `outside`: a small area of Wales or further. `nowhere`: the file names no sub-ICB location for it. */
export type AreaLeftOut = 'outside' | 'nowhere';
export type AreaRefusal = 'cells' | 'area' | 'code' | 'day';

/** One row tells of one small area, and of one edition or several. */
export type AreaRow =
  | { kind: 'areas'; lsoa: string; areas: SmallArea[] }
  | { kind: 'left-out'; why: AreaLeftOut }
  | { kind: 'refused'; why: AreaRefusal };

/** Null: this is no look-up of small areas. */
export type AreaFile = { read(line: string): AreaRow } | null;

const LSOA = /^lsoa\d\d(cd|_code)$/;
const COUNCIL = /^(lad\d\dcd|ltla\d\d_code)$/;
/** By the ONS (`SICBL24CDH`: the ODS code), and by year; before July 2022 the sub-ICB locations were CCGs. */
const SUB_ICB = /^(?:(?:sicbl|ccg)(\d\d)cdh|sub_icb_(\d{4})|ccg_ods_(\d{4}))$/;
const ICB = /^(?:icb(\d\d)cdh|icb_(\d{4}))$/;
/** A list of the areas of a body that was divided gives the day in a column of its own. */
const NEW_SUB_ICB = ['new_sub_icb', 'actual_sub_icb_ods_code'];
const NEW_ICB = ['new_icb', 'actual_icb_ods_code'];

/** From when on an edition tells, and in which columns; `day` is a column in a list of moves. */
type Edition = { from: Day | null; subIcb: number; icb: number; day: number };

/** Reads the header of a look-up of small areas (LSOA, 2011 or 2021) to sub-ICB locations, of the ONS or a list of moves. */
export function areaFile(header: string): AreaFile {
  const names = namesIn(header);
  const lsoa = names.findIndex((name) => LSOA.test(name));
  const editions = editionsIn(names);
  if (lsoa === -1 || editions.length === 0) return null;
  const council = names.findLastIndex((name) => COUNCIL.test(name));
  return { read: (line) => areasOf(cellsIn(line), { count: names.length, lsoa, council, editions }) };
}

function editionsIn(names: readonly string[]): Edition[] {
  const day = names.indexOf('effective_date');
  const subIcb = names.findIndex((name) => NEW_SUB_ICB.includes(name));
  if (day !== -1 && subIcb !== -1)
    return [{ from: null, subIcb, icb: names.findIndex((name) => NEW_ICB.includes(name)), day }];
  return names.flatMap((name, at) => {
    const year = yearIn(name, SUB_ICB);
    if (year === null) return [];
    return [
      { from: dayOfYear(year), subIcb: at, icb: names.findIndex((other) => yearIn(other, ICB) === year), day: -1 },
    ];
  });
}

function yearIn(name: string, pattern: RegExp): string | null {
  const found = pattern
    .exec(name)
    ?.slice(1)
    .find((year) => year !== undefined);
  return found === undefined ? null : found.padStart(4, '20');
}

/** An edition is of 1 April of its year; that of 2022 is of July, when the CCGs became ICBs. */
export const dayOfYear = (year: string): Day => (year === '2022' ? '2022-07-01' : `${year}-04-01`);

type Places = { count: number; lsoa: number; council: number; editions: readonly Edition[] };

const LSOA_CODE = /^[EW]01\d{6}$/;
const ODS_CODE = /^[A-Z0-9]{3,5}$/;
const NONE = /^([EWSNLM]99999999)?$/;

const councilIn = (code: string | null): string | null => (code !== null && /^[EW]\d{8}$/.test(code) ? code : null);

function areasOf(cells: string[] | null, { count, lsoa, council, editions }: Places): AreaRow {
  if (cells?.length !== count) return { kind: 'refused', why: 'cells' };
  const cell = (at: number): string | null => (NONE.test(cells[at] ?? '') ? null : codeKey(cells[at] ?? ''));
  const code = cell(lsoa);
  if (code === null || !/^[EWSN]\d{8}$/.test(code)) return { kind: 'refused', why: 'area' };
  if (!LSOA_CODE.test(code)) return { kind: 'left-out', why: 'outside' };
  const areas: SmallArea[] = [];
  for (const edition of editions) {
    const [subIcb, icb, from] = [cell(edition.subIcb), cell(edition.icb), edition.from ?? cell(edition.day)];
    if (subIcb === null) continue;
    if (!ODS_CODE.test(subIcb) || (icb !== null && !ODS_CODE.test(icb))) return { kind: 'refused', why: 'code' };
    if (from === null || !isDay(from)) return { kind: 'refused', why: 'day' };
    areas.push({ from, subIcb, icb, council: councilIn(cell(council)) });
  }
  if (areas.length > 0) return { kind: 'areas', lsoa: code, areas };
  return { kind: 'left-out', why: code.startsWith('W') ? 'outside' : 'nowhere' };
}
