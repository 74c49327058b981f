import type { Refusal } from '../interpret/load-row.js';
import { sheetFile } from './sheet-file.js';

/** The refused rows of a spreadsheet, to be mended and loaded. */
export type RefusedFile = {
  write(cells: readonly string[], refusals: readonly Refusal[]): Promise<void>;
  close(): Promise<void>;
};

/** Never over a file that is there. Throws Fault `usage`. */
export function refusedFile(path: string, { header, separator }: { header: string[]; separator: string }): RefusedFile {
  const { write, close } = sheetFile(path, {
    header: [...header, 'Why refused'],
    separator,
    option: '--refused',
  });
  return {
    close,
    write: (cells, refusals) => write([...header.map((_, place) => cells[place] ?? ''), whyOf(refusals)]),
  };
}

const whyOf = (refusals: readonly Refusal[]): string =>
  refusals.map(({ column, what, next }) => `${column === null ? '' : `${column} `}${what}: ${next}`).join('; ');
