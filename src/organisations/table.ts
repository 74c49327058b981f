import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { Fault } from '../fault.js';

/** One row of a CSV file, with the line to name when something is wrong with it. */
export type Row<T> = { file: string; line: number; value: T };

/** A CSV file as read: its good rows, and one line of text for every mistake, `file:line: what`. */
type Table<T> = { rows: Row<T>[]; mistakes: string[]; text: string };

/** Reads a CSV file with a header line and checks every row. Mistakes are collected, so that one run names them all. */
export function readTable<T>(path: string, schema: z.ZodType<T>): Table<T> {
  const file = basename(path);
  const rows: Row<T>[] = [];
  const mistakes: string[] = [];
  const text = readable(() => readFileSync(path, 'utf8'));
  if (text === null) return { rows, mistakes: [`${file}: is missing or cannot be read`], text: '' };
  const found = records(file, text, mistakes);
  const columns = found.slice(0, 1).flatMap(({ record }) => columnMistakes(record, schema));
  if (columns.length > 0)
    return { rows, mistakes: [...mistakes, ...columns.map((what) => `${file}:1: ${what}`)], text };
  for (const { line, record } of found) {
    const checked = schema.safeParse(record);
    if (checked.success) rows.push({ file, line, value: checked.data });
    else
      mistakes.push(
        ...checked.error.issues.map((issue) => `${file}:${line}: ${issue.path.join('.')}: ${issue.message}`),
      );
  }
  return { rows, mistakes, text };
}

/** A wrong heading is one mistake, and not one in every row below it. */
function columnMistakes<T>(record: Record<string, string>, schema: z.ZodType<T>): string[] {
  const issues = schema.safeParse(record).error?.issues ?? [];
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((column) => `the column ${column} means nothing here`);
    const column = String(issue.path[0]);
    return issue.path.length === 1 && !(column in record) ? [`there is no column ${column}`] : [];
  });
}

/** The CSV files of a folder, in order of name. Throws `config-invalid` when there is no such folder. */
export function csvFilesIn(folder: string): string[] {
  const files = readable(() => readdirSync(folder));
  if (files === null) refuseMistakes(folder, ['the folder is missing or cannot be read']);
  return (files ?? []).filter((file) => file.endsWith('.csv')).sort();
}

/** Throws `config-invalid` naming every mistake, one a line; does nothing when there are none. */
export function refuseMistakes(folder: string, mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  throw new Fault({
    code: 'config-invalid',
    where: folder,
    text: `${mistakes.length} mistake(s) in the tables:\n${mistakes.join('\n')}`,
    next: 'mend the lines named and start again',
  });
}

/** A short digest of the tables, the same wherever their contents are the same. */
export const digestOf = (texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);

/** Null where the file system refuses: no such file, no right to it, not a file. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'syscall' in error) return null;
    throw error;
  }
}

const Parsed = z.array(z.object({ info: z.object({ lines: z.number() }), record: z.record(z.string(), z.string()) }));

function records(file: string, text: string, mistakes: string[]): { line: number; record: Record<string, string> }[] {
  try {
    const parsed: unknown = parse(text, { columns: true, info: true, bom: true, trim: true, skip_empty_lines: true });
    return Parsed.parse(parsed).map(({ info, record }) => ({ line: info.lines, record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    mistakes.push(`${file}: ${error.message}`);
    return [];
  }
}
