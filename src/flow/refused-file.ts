import { once } from 'node:events';
import { createWriteStream, openSync } from 'node:fs';
import { Fault } from '../fault.js';
import type { Refusal } from '../interpret/load-row.js';

/** The refused rows of a spreadsheet, to be mended and loaded. It holds patient data: only its owner may read it. */
export type RefusedFile = {
  write(cells: readonly string[], refusals: readonly Refusal[]): Promise<void>;
  close(): Promise<void>;
};

/** Never over a file that is there: it may be the only one. Throws Fault `usage`. */
export function refusedFile(path: string, { header, separator }: { header: string[]; separator: string }): RefusedFile {
  const out = createWriteStream(path, { fd: created(path), encoding: 'utf8' });
  const failed = once(out, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  const line = async (cells: readonly string[]) => {
    if (!out.write(`${cells.map((cell) => quoted(cell, separator)).join(separator)}\r\n`)) {
      await Promise.race([once(out, 'drain'), failed]);
    }
  };
  // The mark by which spreadsheet programs know UTF-8.
  out.write('\uFEFF');
  void line([...header, 'Why refused']);
  return {
    write: (cells, refusals) =>
      line([
        ...header.map((_, place) => cells[place] ?? ''),
        ...[
          refusals.map(({ column, what, next }) => `${column === null ? '' : `${column} `}${what}: ${next}`).join('; '),
        ],
      ]),
    close: () =>
      new Promise((resolve, reject) => out.end((error?: Error | null) => (error ? reject(error) : resolve()))),
  };
}

function created(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const text = code === 'EEXIST' ? 'is there already' : `cannot be written (${code})`;
    throw new Fault({ code: 'usage', where: path, text, next: 'name another file with --refused' }, { cause });
  }
}

const quoted = (cell: string, separator: string): string =>
  cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
