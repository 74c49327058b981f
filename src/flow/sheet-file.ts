import { once } from 'node:events';
import { createWriteStream, openSync } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { Fault } from '../fault.js';

/** A spreadsheet as it is written, row by row. It holds patient data: only its owner may read it. */
export type SheetFile = {
  write(cells: readonly string[]): Promise<void>;
  close(): Promise<void>;
};

type How = { header: readonly string[]; separator: string; option: string };

/** Never over a file that is there: it may be the only one. Throws Fault `usage`, which names the option of the command. */
export function sheetFile(path: string, { header, separator, option }: How): SheetFile {
  const out = createWriteStream(path, { fd: created(path, option), encoding: 'utf8' });
  const failed = once(out, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  const write = async (cells: readonly string[]) => {
    if (!out.write(`${cells.map((cell) => quoted(cell, separator)).join(separator)}\r\n`)) {
      await Promise.race([once(out, 'drain'), failed]);
    }
  };
  // The mark by which spreadsheet programs know UTF-8.
  out.write('\uFEFF');
  void write(header);
  return {
    write,
    close: () =>
      new Promise((resolve, reject) => out.end((error?: Error | null) => (error ? reject(error) : resolve()))),
  };
}

function created(path: string, option: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const code = isNativeError(cause) && 'code' in cause ? String(cause.code) : 'unknown';
    const text = code === 'EEXIST' ? 'is there already' : `cannot be written (${code})`;
    throw new Fault({ code: 'usage', where: path, text, next: `name another file with ${option}` }, { cause });
  }
}

const quoted = (cell: string, separator: string): string =>
  cell.includes(separator) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
