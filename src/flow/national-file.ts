import { createHash, type Hash } from 'node:crypto';
import { Fault } from '../fault.js';
import { linesOf } from './file-lines.js';

/** Why rows were refused, how many, and the first lines of them. */
export type RefusedRows<R extends string = string> = { why: R; count: number; lines: number[] };

/** What was in a file; `read` and `taken` are rows. `digest`: of its bytes. */
export type Tally<L extends string = string, R extends string = string> = {
  read: number;
  taken: number;
  leftOut: Record<L, number>;
  refused: Map<R, RefusedRows<R>>;
  digest: Hash;
};

/** `leftOut`: every reason that there is, with 0. */
export const newTally = <L extends string, R extends string>(leftOut: Record<L, number>): Tally<L, R> => ({
  read: 0,
  taken: 0,
  leftOut: { ...leftOut },
  refused: new Map(),
  digest: createHash('sha256'),
});

/** A row that holds something, or why it does not. */
type Row<T, L extends string, R extends string> = T | { kind: 'left-out'; why: L } | { kind: 'refused'; why: R };

/** The first line opens a file: it names the columns, or it is a row already. */
export type Opened<T> = { isHeader: boolean; read(line: string): T };

const BATCH = 20_000;
const LINES_NAMED = 5;

/** Hands over the rows of a file, many at a time, each with its line; of rows that hold nothing the tally is kept. */
export async function readRows<T extends { kind: string }, L extends string, R extends string>(
  file: string,
  tally: Tally<L, R>,
  open: (first: string) => Opened<Row<T, L, R>>,
  take: (rows: { line: number; row: T }[]) => Promise<void>,
): Promise<void> {
  let opened: Opened<Row<T, L, R>> | null = null;
  let line = 0;
  let rows: { line: number; row: T }[] = [];
  for await (const lines of linesIn(file, tally.digest)) {
    for (const text of lines) {
      line++;
      const isFirst = opened === null;
      opened ??= open(text);
      if ((isFirst && opened.isHeader) || text.trim() === '') continue;
      const row = opened.read(text);
      tally.read++;
      if (isLeftOut<T, L, R>(row)) tally.leftOut[row.why]++;
      else if (isRefused<T, L, R>(row)) refuse(tally, row.why, line);
      else rows.push({ line, row });
    }
    if (rows.length < BATCH) continue;
    tally.taken += rows.length;
    await take(rows);
    rows = [];
  }
  tally.taken += rows.length;
  if (rows.length > 0) await take(rows);
}

const isLeftOut = <T extends { kind: string }, L extends string, R extends string>(
  row: Row<T, L, R>,
): row is { kind: 'left-out'; why: L } => row.kind === 'left-out';
const isRefused = <T extends { kind: string }, L extends string, R extends string>(
  row: Row<T, L, R>,
): row is { kind: 'refused'; why: R } => row.kind === 'refused';

/** Notes a row that cannot be used, by its line. */
export function refuse<R extends string>({ refused }: Pick<Tally<never, R>, 'refused'>, why: R, line: number): void {
  const rows = refused.get(why) ?? { why, count: 0, lines: [] };
  rows.count++;
  if (rows.lines.length < LINES_NAMED) rows.lines.push(line);
  refused.set(why, rows);
}

export const refusedRows = ({ refused }: Pick<Tally, 'refused'>): number =>
  [...refused.values()].reduce((sum, { count }) => sum + count, 0);

/** The first line of a file, by which it is told what it is. Throws Fault `usage` where it cannot be read. */
export async function firstLineOf(file: string): Promise<string> {
  for await (const [first] of linesIn(file, createHash('sha256'))) if (first !== undefined) return first;
  return '';
}

/** A row has a few dozen cells. */
const MOST_CHARS = 1 << 20;

const linesIn = (file: string, digest: Hash): AsyncGenerator<string[]> =>
  linesOf(file, { digest, mostChars: MOST_CHARS, unusable });

export const unusable = (where: string, text: string): Fault =>
  new Fault({
    code: 'usage',
    where,
    text,
    next: 'docs/operations.md, "National files", names the files that can be imported and where each is from, as Data/ONSPD_…_UK.csv for the postcodes',
  });

/** Where nothing in a file can be used: what its rows should say, and where the first is that cannot be read. */
export function nothingIn(file: string, says: string, tally: Pick<Tally, 'refused'>): Fault {
  const first = Math.min(...[...tally.refused.values()].flatMap(({ lines }) => lines));
  const refused = tally.refused.size === 0 ? '' : `; ${refusedRows(tally)} cannot be read, the first in line ${first}`;
  return unusable(file, `has no row that says ${says}${refused}`);
}

/** Of all that was imported of a kind up to now: the same files in the same order give the same. */
export const editionAfter = (before: string | null, digest: Hash): string =>
  createHash('sha256')
    .update(before ?? '')
    .update(digest.copy().digest())
    .digest('hex')
    .slice(0, 12);
