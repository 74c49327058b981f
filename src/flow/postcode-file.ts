import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { Fault } from '../fault.js';
import { type LeftOut, type PostcodeRow, postcodeFile, type Refusal } from '../organisations/postcode-file.js';
import type { PostcodePlace } from '../store/postcodes.js';

/** Why rows were refused, how many, and the first lines of them. */
export type RefusedRows = { why: Refusal; count: number; lines: number[] };

/** What was in a file; `read` and `taken` are rows. */
export type Tally = {
  read: number;
  taken: number;
  leftOut: Record<LeftOut, number>;
  refused: Map<Refusal, RefusedRows>;
  month: string;
  digest: Hash;
};

export const newTally = (): Tally => ({
  read: 0,
  taken: 0,
  leftOut: { outside: 0, nowhere: 0 },
  refused: new Map(),
  month: '',
  digest: createHash('sha256'),
});

const BATCH = 20_000;

/** Hands over the places of a file, many at a time; of rows that hold none the tally is kept. */
export async function readPlaces(
  file: string,
  tally: Tally,
  take: (places: PostcodePlace[]) => Promise<void>,
): Promise<void> {
  let read: ReadRow | null = null;
  let line = 0;
  let places: PostcodePlace[] = [];
  for await (const lines of linesIn(file, tally.digest)) {
    for (const text of lines) {
      line++;
      if (read === null) read = opened(file, text);
      else if (text.trim() !== '') places.push(...placeIn(read(text), line, tally));
    }
    if (places.length < BATCH) continue;
    await take(places);
    places = [];
  }
  if (places.length > 0) await take(places);
}

type ReadRow = (line: string) => PostcodeRow;

function opened(file: string, header: string): ReadRow {
  const found = postcodeFile(header);
  if (found.kind === 'problem') throw unusable(file, found.text);
  return found.read;
}

const LINES_NAMED = 5;

function placeIn(row: PostcodeRow, line: number, tally: Tally): PostcodePlace[] {
  tally.read++;
  if (row.kind === 'left-out') {
    tally.leftOut[row.why]++;
    return [];
  }
  if (row.kind === 'refused') {
    const rows = tally.refused.get(row.why) ?? { why: row.why, count: 0, lines: [] };
    rows.count++;
    if (rows.lines.length < LINES_NAMED) rows.lines.push(line);
    tally.refused.set(row.why, rows);
    return [];
  }
  tally.taken++;
  if (row.month > tally.month) tally.month = row.month;
  return [{ postcode: row.postcode, ...row.area }];
}

const CHUNK_BYTES = 1 << 20;

/** The lines of a file, as many at a time as one reading brings. */
async function* linesIn(file: string, digest: Hash): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      digest.update(chunk);
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield lines;
    }
  } catch (error) {
    if (!isNativeError(error) || !('code' in error)) throw error;
    throw unusable(file, `cannot be read (${String(error.code)})`);
  }
  if (rest !== '') yield [rest];
}

export const unusable = (where: string, text: string): Fault =>
  new Fault({
    code: 'usage',
    where,
    text,
    next: 'give the CSV file with all postcodes in one of the ONS Postcode Directory (Data/ONSPD_…_UK.csv)',
  });
