import type { Day } from '../register/day.js';
import { dayOfYear } from './area-file.js';
import { cellsIn, namesIn } from './csv-line.js';
import type { Directory } from './directory.js';
import { codeKey } from './imported.js';

/** One thing that a look-up of sub-ICB locations says otherwise than the tables; null: the tables do not have it. */
export type Differing = { code: string; of: 'icb' | 'gss'; file: string; tables: string | null };

export type SubIcbRow =
  | { kind: 'compared'; differing: Differing[] }
  | { kind: 'left-out'; why: 'nowhere' }
  | { kind: 'refused'; why: 'cells' | 'code' };

/** Null: this is no look-up of sub-ICB locations. */
export type SubIcbFile = { on: Day; read(line: string): SubIcbRow } | null;

/** Reads the header of an ONS look-up of sub-ICB locations to ICBs (`SICBL23CD`, `SICBL23CDH`, `ICB23CDH`, any year). */
export function subIcbFile(header: string, directory: Directory): SubIcbFile {
  const names = namesIn(header);
  const year = names
    .flatMap((name) => /^sicbl(\d\d)cdh$/.exec(name)?.[1] ?? [])
    .sort()
    .at(-1);
  if (year === undefined || !names.includes(`icb${year}cdh`)) return null;
  const at = (name: string) => names.indexOf(name);
  const places = {
    count: names.length,
    code: at(`sicbl${year}cdh`),
    gss: at(`sicbl${year}cd`),
    icb: at(`icb${year}cdh`),
  };
  const on = dayOfYear(`20${year}`);
  return { on, read: (line) => compared(cellsIn(line), places, on, directory) };
}

type Places = { count: number; code: number; gss: number; icb: number };

function compared(cells: string[] | null, places: Places, on: Day, directory: Directory): SubIcbRow {
  if (cells?.length !== places.count) return { kind: 'refused', why: 'cells' };
  const [code, gss, icb] = [places.code, places.gss, places.icb].map((at) => codeKey(cells[at] ?? ''));
  if (!code) return { kind: 'left-out', why: 'nowhere' };
  if (!icb || !/^[A-Z0-9]{3,5}$/.test(code)) return { kind: 'refused', why: 'code' };
  const place = directory
    .meanings(code, on, on)
    .find(({ meant, isOutsideItsLife }) => meant.kind === 'sub-icb' && !isOutsideItsLife);
  const differing: Differing[] = [];
  if (place?.answersTo !== icb) differing.push({ code, of: 'icb', file: icb, tables: place?.answersTo ?? null });
  const known = place?.meant.gss ?? null;
  // Where the tables have no GSS code they say nothing of it.
  if (gss && known !== null && known !== gss) differing.push({ code, of: 'gss', file: gss, tables: known });
  return { kind: 'compared', differing };
}
