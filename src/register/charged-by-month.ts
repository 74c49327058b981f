import type { Day } from './day.js';
import { indexOf, type Month, monthAt, monthOf } from './month.js';

/** Days of one charge, counted from 1970-01-01; `last` has come. `before`: how many days of it were before `first`. */
export type CountedStretch = [pencePerWeek: number, first: number, last: number, before: number];

/** What was charged in each month of these days: together what the charges came to, to the penny. */
export function penceByMonth(stretches: readonly CountedStretch[]): Map<Month, number> {
  if (stretches.length === 0) return new Map();
  const begin = monthIndexOf(stretches.reduce((least, [, first]) => Math.min(least, first), Infinity));
  const ends: number[] = [];
  const sums: number[] = [];
  for (const [pencePerWeek, first, last, before] of stretches) {
    let told = Math.round((pencePerWeek * before) / 7);
    for (let month = monthIndexOf(first) - begin, day = first; day <= last; month += 1) {
      ends[month] ??= lastDayOf(begin + month);
      const end = Math.min(ends[month] ?? last, last);
      const sum = Math.round((pencePerWeek * (before + end - first + 1)) / 7);
      sums[month] = (sums[month] ?? 0) + sum - told;
      told = sum;
      day = end + 1;
    }
  }
  return new Map(Object.entries(sums).map(([month, pence]) => [monthAt(begin + Number(month)), pence]));
}

const DAY_MS = 86_400_000;

const monthIndexOf = (day: number): number => indexOf(monthOf(dayAt(day)));
const dayAt = (day: number): Day => new Date(day * DAY_MS).toISOString().slice(0, 10);
const lastDayOf = (index: number): number => Date.parse(`${monthAt(index + 1)}-01`) / DAY_MS - 1;
