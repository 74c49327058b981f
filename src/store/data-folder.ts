import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { Fault } from '../fault.js';

/** Makes `dataDir` and what is missing above it. Answers its real path. Throws `config-invalid` where that cannot be. */
export function openDataFolder(dataDir: string): string {
  try {
    make(dataDir);
    return realpathSync(dataDir);
  } catch (error) {
    throw unusableFolder(dataDir, error);
  }
}

/** True where an embedded database was begun in the folder. */
export const hasEmbeddedDatabase = (dataDir: string): boolean =>
  statSync(join(dataDir, 'postgres'), { throwIfNoEntry: false }) !== undefined;

/**
 * One folder after the other. Where a folder says that it is there and nothing can be made in it, as /proc does, the
 * `recursive` of Node tries for ever.
 */
function make(folder: string): void {
  if (isFolder(folder)) return;
  if (dirname(folder) !== folder) make(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have been first.
    if (codeOf(error) !== 'EEXIST' || !isFolder(folder)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const WHY: Record<string, string> = {
  EEXIST: 'is not a folder',
  ENOTDIR: 'is not a folder',
  EACCES: 'the account of this process may not use it',
  EPERM: 'the account of this process may not use it',
  EROFS: 'its filesystem takes no writes',
  ENAMETOOLONG: 'its path is too long',
  ELOOP: 'its links lead in a circle',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk is full',
};

/** The system's refusal to keep something in `dataDir`, as the setting that mends it. What is no such refusal is left as it is. */
export function unusableFolder(dataDir: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof Fault || code === null) return error;
  const at = isNativeError(error) && 'path' in error && error.path !== dataDir ? ` at ${String(error.path)}` : '';
  const text = `${WHY[code] ?? 'nothing can be kept in it'} (${code}${at})`;
  return wrongFolder(dataDir, text, error);
}

export const wrongFolder = (dataDir: string, text: string, cause?: unknown): Fault =>
  new Fault({ code: 'config-invalid', where: `DATA_DIR (${dataDir})`, text, next: NEXT }, { cause });

const NEXT = 'set DATA_DIR to a folder on a disk of this machine that belongs to the account that runs the service';

const codeOf = (error: unknown): string | null =>
  isNativeError(error) && 'code' in error && 'syscall' in error ? String(error.code) : null;
