import type { Segment } from '../hl7v2/message.js';
import type { Moment } from '../hl7v2/time.js';
import type { Periods, RowMatching, RowPlaces } from './feed.js';
import type { Reading } from './reading.js';

/** One period as its row, and the rows that belong to it, state it. */
export type PeriodRow = {
  value(places: RowPlaces | undefined): string | null;
  moment(places: RowPlaces | undefined): Moment | null;
  matches(matching: RowMatching): boolean;
  /** Whether the sender deletes a value: `""` stands in the whole field, so `11.1` is deleted by `""` in 11. */
  isDeleted(places: RowPlaces | undefined): boolean;
  /** Where a value stands, or should: `ZMH(line 5)-3.1`. */
  at(places: RowPlaces): string;
  /** What else the row says in which a value stands, and where; null when no row holds the value. */
  beside(places: RowPlaces, path: string): Beside | null;
};

export type Beside = { value: string | null; where: string };

/** The rows that are periods, in the order of the message. */
export function periodRows(places: Periods, reading: Reading): PeriodRow[] {
  const rows = reading.segments(places.segment);
  const isPeriod = (row: Segment) => !places.where || matches(row, places.where);
  const periods = rows.filter(isPeriod);
  if (periods.length === 0) return [];
  const blocks = blockOf(reading);
  return periods.map((row, nth) => {
    const number = places.group ? row.value(places.group) : null;
    const next = periods[nth + 1]?.line ?? Number.POSITIVE_INFINITY;
    const belongs = (other: Segment) =>
      number === null
        ? other.line >= row.line && other.line < next
        : places.group !== undefined && other.value(places.group) === number;
    const together = rows.filter((other) => belongs(other) && blocks(other) === blocks(row));
    return periodRow(row, together, reading);
  });
}

/** Observations of two orders (OBR) are never of one period, whatever number they carry. */
function blockOf(reading: Reading): (row: Segment) => number {
  const starts = reading.segments('OBR').map(({ line }) => line);
  return (row) => starts.filter((line) => line < row.line).length;
}

const matches = (row: Segment, { path, is }: RowMatching): boolean => is.includes(row.value(path) ?? '');

type Place = RowPlaces[number];

/** `together`: the row itself and those that belong to it. */
type Rows = PeriodRow & { row: Segment; together: readonly Segment[]; reading: Reading };

function periodRow(row: Segment, together: readonly Segment[], reading: Reading): PeriodRow {
  const rows: Rows = { row, together, reading, value, moment, matches: rowMatches, isDeleted, at, beside };
  return rows;
}

function value(this: Rows, places: RowPlaces = []): string | null {
  for (const place of places) {
    const held = heldAt(this, place);
    if (held !== null) return held;
  }
  return null;
}

function moment(this: Rows, places: RowPlaces = []): Moment | null {
  const written = this.value(places);
  return written === null ? null : this.reading.momentOf(written, this.at(places));
}

function rowMatches(this: Rows, matching: RowMatching): boolean {
  return matches(this.row, matching);
}

function isDeleted(this: Rows, places: RowPlaces = []): boolean {
  return places.some((place) => {
    const of = rowOf(this, place);
    return of !== null && this.reading.isDeletedIn(of, pathOf(place).split('.')[0] ?? '');
  });
}

function at(this: Rows, places: RowPlaces): string {
  const place = holding(this, places) ?? places[0] ?? '1';
  return whereIn(rowOf(this, place) ?? this.row, pathOf(place));
}

function beside(this: Rows, places: RowPlaces, path: string): Beside | null {
  const place = holding(this, places);
  const of = place === undefined ? null : rowOf(this, place);
  return of && { value: of.value(path), where: whereIn(of, path) };
}

const holding = (rows: Rows, places: RowPlaces): Place | undefined =>
  places.find((place) => heldAt(rows, place) !== null);

const heldAt = (rows: Rows, place: Place): string | null => rowOf(rows, place)?.value(pathOf(place)) ?? null;

const rowOf = ({ row, together }: Rows, place: Place): Segment | null =>
  typeof place === 'string' ? row : (together.find((other) => matches(other, place.row)) ?? null);

const pathOf = (place: Place): string => (typeof place === 'string' ? place : place.value);
const whereIn = ({ name, line }: Segment, path: string): string => `${name}(line ${line})-${path}`;
