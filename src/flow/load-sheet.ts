import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { isNativeError } from 'node:util/types';
import { CsvError, type Options, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import { z } from 'zod';
import { Fault } from '../fault.js';

/** A spreadsheet saved as text. `header` names the columns; the rows after it are streamed, each with its line. */
export type Sheet = {
  separator: string;
  header: string[];
  rows(): AsyncGenerator<{ line: number; cells: string[] }>;
};

type Encoding = 'utf8' | 'windows-1252';

const SEPARATORS = [',', ';', '\t'];
const MAX_HEADER_BYTES = 65_536;
const MAX_ROW_CHARACTERS = 1_000_000;

/**
 * Opens a file that `columns` should be found in: the separator is the one under which most of them are. Throws Fault
 * `usage` for what is no text.
 */
export async function openSheet(file: string, headerLine: number, columns: readonly string[]): Promise<Sheet> {
  refuseOtherFormats(file);
  const encoding = await encodingOf(file);
  const beginning = iconv.decode(firstBytes(file, MAX_HEADER_BYTES), encoding);
  const headers = SEPARATORS.map((separator) => ({ separator, header: headerOf(beginning, separator, headerLine) }));
  const wanted = new Set(columns.map(tidy));
  const hits = ({ header }: { header: string[] }) => header.filter((name) => wanted.has(tidy(name))).length;
  const [best = { separator: ',', header: [] }] = headers.toSorted((a, b) => hits(b) - hits(a));
  return { ...best, rows: () => rowsOf(file, { encoding, separator: best.separator, headerLine }) };
}

const tidy = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();

const optionsFor = (separator: string): Options => ({
  delimiter: separator,
  bom: true,
  info: true,
  // A quotation mark inside a cell is only itself.
  relax_quotes: true,
  relax_column_count: true,
  max_record_size: MAX_ROW_CHARACTERS,
});

type Record = { record: string[]; info: { lines: number } };

const Cells = z.array(z.array(z.string()));

function headerOf(beginning: string, separator: string, headerLine: number): string[] {
  try {
    const found = parseAtOnce(beginning, { ...optionsFor(separator), info: false, from_line: headerLine, to: 1 });
    return Cells.parse(found)[0] ?? [];
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

async function* rowsOf(file: string, as: { encoding: Encoding; separator: string; headerLine: number }) {
  const parser = parse(optionsFor(as.separator));
  const text = Readable.from(decoded(file, as.encoding));
  text.on('error', (error) => parser.destroy(error)).pipe(parser);
  let line = 1;
  try {
    for await (const { record, info } of parser as AsyncIterable<Record>) {
      const begins = line;
      line = info.lines + 1;
      if (begins > as.headerLine && record.some((cell) => cell.trim() !== '')) yield { line: begins, cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unusable(file, `cannot be read as rows from line ${line} on (${error.code})`, NEXT_QUOTE);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

const NEXT_QUOTE = 'look for a quotation mark that is opened and never closed; the rows before it count';

async function* decoded(file: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding);
  for await (const chunk of createReadStream(file)) {
    const text = decoder.write(chunk as Buffer);
    if (text !== '') yield text;
  }
  const rest = decoder.end();
  if (rest) yield rest;
}

/** UTF-8 where every byte of the file is; else what spreadsheets on Windows write. */
async function encodingOf(file: string): Promise<Encoding> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of createReadStream(file)) strict.decode(chunk as Buffer, { stream: true });
    strict.decode();
    return 'utf8';
  } catch (error) {
    if (isNativeError(error) && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return 'windows-1252';
    throw error;
  }
}

const KNOWN_STARTS: { bytes: number[]; text: string }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], text: 'is an Excel workbook (.xlsx), or another zip file' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], text: 'is an old Excel workbook (.xls)' },
  { bytes: [0xff, 0xfe], text: 'is UTF-16 text' },
  { bytes: [0xfe, 0xff], text: 'is UTF-16 text' },
];

function refuseOtherFormats(file: string): void {
  const start = firstBytes(file, 4);
  const known = KNOWN_STARTS.find(({ bytes }) => bytes.every((byte, at) => start[at] === byte));
  if (known) throw unusable(file, known.text, 'open it in the spreadsheet program and save it as "CSV UTF-8"');
}

function firstBytes(file: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  try {
    const opened = openSync(file, 'r');
    try {
      return bytes.subarray(0, readSync(opened, bytes));
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw unusable(file, `cannot be read (${why})`, 'check the name and the rights');
  }
}

const unusable = (where: string, text: string, next: string): Fault => new Fault({ code: 'usage', where, text, next });
