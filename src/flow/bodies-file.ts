import type { Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Fault } from '../fault.js';
import type { NationalLink, NationalRecord } from '../organisations/national-facts.js';
import { type OrdAnswer, readOrdAnswer } from '../organisations/ord-answer.js';
import { type LinkRow, successionFile } from '../organisations/succession-file.js';
import { linesOf } from './file-lines.js';

export type BodiesFileKind = 'successions' | 'records';

/** What one line, or one answer of the API, says. `at`: the line, or the place among the answers of one JSON array. */
export type BodiesItem =
  | { kind: 'link'; at: number; link: NationalLink }
  | { kind: 'record'; at: number; record: NationalRecord }
  | { kind: 'to-fetch'; at: number; codes: string[] }
  | { kind: 'left-out'; at: number; why: Extract<LinkRow, { kind: 'left-out' }>['why'] }
  | { kind: 'refused'; at: number; why: string };

/** What a file of bodies is, by its beginning; null for a file that is none, or that cannot be read. */
export async function bodiesFileKind(file: string): Promise<BodiesFileKind | null> {
  const line = await firstLine(file);
  if (/^[{[]/.test(line)) return 'records';
  return successionFile(line) ? 'successions' : null;
}

const BEGINNING_BYTES = 65_536;

/** The first that is not blank, or its beginning. */
async function firstLine(file: string): Promise<string> {
  const beginning = await readBeginning(file).catch(() => '');
  return (
    beginning
      .replace(/^\uFEFF/, '')
      .trimStart()
      .split(/\r?\n/)[0]
      ?.trimEnd() ?? ''
  );
}

async function readBeginning(file: string): Promise<string> {
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await opened.close();
  }
}

/** Everything that a file says, in its order; `digest` is fed with its bytes. */
export const bodiesIn = (file: string, kind: BodiesFileKind, digest: Hash): AsyncGenerator<BodiesItem> =>
  kind === 'successions' ? linksIn(file, digest) : answersIn(file, digest);

async function* linksIn(file: string, digest: Hash): AsyncGenerator<BodiesItem> {
  let read: ((line: string) => LinkRow) | null = null;
  for await (const { text, at } of linesIn(file, digest)) {
    if (text.trim() === '') continue;
    if (read === null) {
      const opened = successionFile(text);
      if (!opened) throw unusable(file, 'is no succession file');
      read = opened.read;
      if (opened.isHeader) continue;
    }
    const row = read(text);
    yield row.kind === 'refused' ? { ...row, at, why: WHY[row.why] } : { ...row, at };
  }
}

const WHY = {
  cells: 'fewer cells than the file has columns',
  code: 'no ODS code',
  day: 'no day that exists (YYYYMMDD, or YYYY-MM-DD)',
} as const;

/** One answer a line; else the whole file is one answer, or an array of them. */
async function* answersIn(file: string, digest: Hash): AsyncGenerator<BodiesItem> {
  let whole: string[] | null = null;
  let isFirst = true;
  for await (const { text, at } of linesIn(file, digest)) {
    if (whole === null && text.trim() === '') continue;
    const read = whole === null ? parsed(text) : null;
    if (isFirst && (read === null || Array.isArray(read.json))) whole = [];
    isFirst = false;
    if (whole !== null) whole.push(text);
    else if (read) yield itemOf(readOrdAnswer(read.json), at);
    else yield { kind: 'refused', at, why: 'is no JSON' };
  }
  if (whole === null) return;
  const read = parsed(whole.join('\n'));
  if (read === null) throw unusable(file, 'is no JSON, or was broken off');
  const answers: unknown[] = Array.isArray(read.json) ? read.json : [read.json];
  for (const [at, answer] of answers.entries()) yield itemOf(readOrdAnswer(answer), at + 1);
}

function itemOf(answer: OrdAnswer, at: number): BodiesItem {
  if (answer.kind === 'links') return { kind: 'to-fetch', at, codes: answer.codes };
  return { ...answer, at };
}

function parsed(text: string): { json: unknown } | null {
  try {
    return { json: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

type Line = { text: string; at: number };

/** A whole answer of the API may be one line. */
const MOST_CHARS = 1 << 28;

async function* linesIn(file: string, digest: Hash): AsyncGenerator<Line> {
  let at = 0;
  for await (const lines of linesOf(file, { digest, mostChars: MOST_CHARS, unusable })) {
    for (const text of lines) yield { text, at: ++at };
  }
}

const unusable = (where: string, text: string): Fault =>
  new Fault({
    code: 'usage',
    where,
    text,
    next: 'give succ.csv or succarc.csv of the ODS, or answers of its ORD API as JSON: one, an array, or one a line',
  });
