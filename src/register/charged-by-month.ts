import { type Charged, penceOf, stretchesUpTo } from './charged.js';
import type { Day } from './day.js';

/** `2026-03` */
export type Month = string;

/** What was charged in each month of these times up to the day: together the `pence` of the charge, to the penny. */
export function penceByMonth({ charge, while: times }: Charged, today: Day): Map<Month, number> {
  const perWeek = penceOf(charge.amountPerWeek);
  const months = new Map<Month, number>();
  let [days, told] = [0, 0];
  for (const { month, days: of } of stretchesUpTo(today, times).flatMap(monthsIn)) {
    days += of;
    const sum = Math.round((perWeek * days) / 7);
    months.set(month, (months.get(month) ?? 0) + sum - told);
    told = sum;
  }
  return months;
}

function monthsIn({ first, last }: { first: Day; last: Day }): { month: Month; days: number }[] {
  const [begin, end] = [indexOf(monthOf(first)), indexOf(monthOf(last))];
  return Array.from({ length: end - begin + 1 }, (_, place) => {
    const index = begin + place;
    const from = index === begin ? Number(first.slice(8)) : 1;
    const to = index === end ? Number(last.slice(8)) : lengthOf(index);
    return { month: monthAt(index), days: to - from + 1 };
  });
}

export const monthOf = (day: Day): Month => day.slice(0, 7);

/** Months counted on, so that one can reckon with them. */
export const indexOf = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
export const monthAt = (index: number): Month =>
  `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;

const lengthOf = (index: number): number =>
  new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
