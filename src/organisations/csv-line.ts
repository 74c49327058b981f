import { CsvError, parse } from 'csv-parse/sync';

/** The cells of one line, however they are quoted; null for what is no line of CSV. */
export function cellsIn(line: string): string[] | null {
  if (!line.includes('"')) return line.split(',').map((cell) => cell.trim());
  try {
    const [record] = parse(line, { relax_column_count: true, trim: true }) as string[][];
    return record ?? null;
  } catch (error) {
    if (error instanceof CsvError) return null;
    throw error;
  }
}

/** The names in a header, in small letters; each at its place. */
export const namesIn = (header: string): string[] =>
  (cellsIn(header.replace(/^\uFEFF/, '')) ?? []).map((name) => name.toLowerCase());
