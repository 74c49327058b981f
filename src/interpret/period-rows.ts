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

function periodRow(row: Segment, together: readonly Segment[], reading: Reading): PeriodRow {
  const rowOf = (place: Place): Segment | null =>
    typeof place === 'string' ? row : (together.find((other) => matches(other, place.row)) ?? null);
  const pathOf = (place: Place): string => (typeof place === 'string' ? place : place.value);
  const heldAt = (place: Place): string | null => rowOf(place)?.value(pathOf(place)) ?? null;
  const holding = (places: RowPlaces): Place | undefined => places.find((place) => heldAt(place) !== null);

  const value = (places: RowPlaces = []): string | null => {
    const place = holding(places);
    return place === undefined ? null : heldAt(place);
  };
  const at = (places: RowPlaces): string => {
    const place = holding(places) ?? places[0] ?? '1';
    const of = rowOf(place) ?? row;
    return `${of.name}(line ${of.line})-${pathOf(place)}`;
  };
  return {
    value,
    at,
    moment: (places = []) => reading.momentOf(value(places), at(places)),
    matches: (matching) => matches(row, matching),
    beside: (places, path) => {
      const place = holding(places);
      const of = place === undefined ? null : rowOf(place);
      return of && { value: of.value(path), where: `${of.name}(line ${of.line})-${path}` };
    },
    isDeleted: (places = []) =>
      places.some((place) => {
        const of = rowOf(place);
        return of !== null && reading.isDeletedIn(of, pathOf(place).split('.')[0] ?? '');
      }),
  };
}
