import { createHash } from 'node:crypto';
import { addDays } from '../register/day.js';
import type { OrganisationTables, Span, Succession } from './directory.js';
import { graphOf, order, spanOn } from './graph.js';
import { BodyRow, bodyCells, type Cells, SuccessionRow, successionCells } from './rows.js';
import type { Row } from './table.js';

/** A row for one of the tables, and the row that it was made against; `base` null: there was none. */
export type Change = {
  what: 'body' | 'succession';
  row: Cells;
  base: Cells | null;
  /** The base row stays, and ends the day before this one begins. Else this one takes its place. */
  continues: boolean;
};

/** What tells two changes apart: the same however often and in whatever order the files come. */
export const changeDigest = ({ what, row, base, continues }: Change): string =>
  createHash('sha256')
    .update(JSON.stringify([what, sorted(row), base && sorted(base), continues]))
    .digest('hex')
    .slice(0, 32);

const sorted = (cells: Cells): [string, string][] => Object.entries(cells).sort(([a], [b]) => order(a, b));

/** The columns that are still to be filled in, with what is wrong with them; empty for a row that could stand in its table. */
export function lacksOf({ what, row, continues }: Omit<Change, 'base'>): string[] {
  const read = what === 'body' ? BodyRow.safeParse(row) : SuccessionRow.safeParse(row);
  const lacks = read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  return continues && row.from === '' ? ['from: the day since when is not told', ...lacks] : lacks;
}

type Composed<C> = {
  tables: OrganisationTables;
  /** Made against a row that is another one by now, so that the row of the tables counts. */
  outdated: C[];
};

/**
 * The tables with these changes, which were applied together. A change counts as long as the row that it was made against
 * is still there; a row that is there already changes nothing. Of two for one row the later counts.
 */
export function withChanges<C extends Change>(tables: OrganisationTables, changes: readonly C[]): Composed<C> {
  const bodies = withBodies(tables.bodies, numbered(changes, 'body'));
  const links = withSuccessions(tables.successions, numbered(changes, 'succession'), bodies.rows);
  return {
    tables: { bodies: bodies.rows, successions: links.rows },
    outdated: [...bodies.outdated, ...links.outdated],
  };
}

type Numbered<C> = { change: C; line: number };

const numbered = <C extends Change>(changes: readonly C[], what: C['what']): Numbered<C>[] =>
  changes.map((change, at) => ({ change, line: at + 1 })).filter(({ change }) => change.what === what);

/** How a row that a change made is named where it is wrong. */
export const CHANGE_FILE = 'change';

type Kept<T, C> = { rows: Row<T>[]; outdated: C[] };

function withBodies<C extends Change>(rows: readonly Row<Span>[], changes: readonly Numbered<C>[]): Kept<Span, C> {
  const kept = new Map(rows.map((row) => [bodyKey(bodyCells(row.value)), row]));
  const outdated: C[] = [];
  for (const together of byBase(changes)) {
    const [first] = together;
    const base = first?.change.base ?? null;
    const stands = base === null ? undefined : kept.get(bodyKey(base));
    const fits = base === null ? isFree(kept, first) : stands !== undefined && isSame(bodyCells(stands.value), base);
    if (fits) placeBodies(kept, stands, together);
    else outdated.push(...together.filter(({ change }) => !isThere(kept, change)).map(({ change }) => change));
  }
  return { rows: [...kept.values()], outdated };
}

const bodyKey = ({ code = '', from = '' }: Cells): string => `${code} ${from}`;

const isFree = <C extends Change>(kept: ReadonlyMap<string, unknown>, one: Numbered<C> | undefined): boolean =>
  one !== undefined && !kept.has(bodyKey(one.change.row));

function isThere(kept: ReadonlyMap<string, Row<Span>>, { row }: Change): boolean {
  const there = kept.get(bodyKey(row));
  return there !== undefined && isSame(bodyCells(there.value), row);
}

const isSame = (a: Cells, b: Cells): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** Changes of one row together; a new row is alone. */
function byBase<C extends Change>(changes: readonly Numbered<C>[]): Numbered<C>[][] {
  const groups = new Map<string, Numbered<C>[]>();
  for (const each of changes) {
    const { base, row } = each.change;
    const key = base === null ? `new ${bodyKey(row)}` : bodyKey(base);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function placeBodies<C extends Change>(
  kept: Map<string, Row<Span>>,
  base: Row<Span> | undefined,
  changes: readonly Numbered<C>[],
): void {
  const own = together(changes.filter(({ change }) => !change.continues));
  const later = changes
    .filter(({ change }) => change.continues)
    .sort((a, b) => order(a.change.row.from ?? '', b.change.row.from ?? ''));
  const first = own ? rowOf(own) : base && { ...base, cells: bodyCells(base.value) };
  const chain = [...(first ? [first] : []), ...later.map(rowOf)];
  const end = first?.cells.to ?? '';
  if (base) kept.delete(bodyKey(bodyCells(base.value)));
  for (const [at, each] of chain.entries()) {
    const begins = chain[at + 1]?.cells.from;
    const cells = cutBefore(begins, at === 0 ? each.cells : endedWith(end, each.cells));
    kept.set(bodyKey(cells), { file: each.file, line: each.line, value: BodyRow.parse(cells) });
  }
}

/** Of several changes of one row each brings what it changes; of two for one cell the later counts. */
function together<C extends Change>(changes: readonly Numbered<C>[]): Numbered<Change> | undefined {
  const last = changes.at(-1);
  if (!last) return undefined;
  const changed = changes.flatMap(({ change: { row, base } }) =>
    Object.entries(row).filter(([column, cell]) => base?.[column] !== cell),
  );
  const row = { ...last.change.base, ...Object.fromEntries(changed) };
  return { line: last.line, change: { ...last.change, row } };
}

const rowOf = <C extends Change>({ change, line }: Numbered<C>) => ({ file: CHANGE_FILE, line, cells: change.row });

/** A row that ended before the next begins stays as it was. */
const cutBefore = (begins: string | undefined, cells: Cells): Cells =>
  begins === undefined || (cells.to !== '' && (cells.to ?? '') < begins)
    ? cells
    : { ...cells, to: addDays(begins, -1) };

/** What the row went on as ends with it. */
const endedWith = (end: string, cells: Cells): Cells =>
  cells.to === '' && end > (cells.from ?? '') ? { ...cells, to: end } : cells;

function withSuccessions<C extends Change>(
  rows: readonly Row<Succession>[],
  changes: readonly Numbered<C>[],
  bodies: readonly Row<Span>[],
): Kept<Succession, C> {
  const kept = new Map(rows.map((row) => [linkKey(successionCells(row.value)), row]));
  const codeOn = codesIn(bodies);
  const outdated: C[] = [];
  for (const { change, line } of changes) {
    const row = codeOn(change.row);
    const [stands, there] = [change.base && kept.get(linkKey(change.base)), kept.get(linkKey(row))];
    if (there && isSame(successionCells(there.value), row)) continue;
    const fits = change.base === null ? !there : stands && isSame(successionCells(stands.value), change.base);
    if (!fits) {
      outdated.push(change);
      continue;
    }
    if (change.base !== null) kept.delete(linkKey(change.base));
    kept.set(linkKey(row), { file: CHANGE_FILE, line, value: SuccessionRow.parse(row) });
  }
  return { rows: [...kept.values()], outdated };
}

const linkKey = ({ date = '', from = '', to = '' }: Cells): string => `${date} ${from} ${to}`;

/** A national file names councils by ODS code; the tables link them by GSS code. */
function codesIn(bodies: readonly Row<Span>[]): (row: Cells) => Cells {
  const graph = graphOf(
    bodies.map(({ value }) => value),
    [],
  );
  const codeOn = (code: string, day: string) => spanOn(graph, code, day)?.body.code ?? code;
  return (row) => {
    const { date = '', from = '', to = '' } = row;
    return { ...row, from: codeOn(from, addDays(date, -1)), to: codeOn(to, date) };
  };
}
