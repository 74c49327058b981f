import type { Day } from './day.js';

/** `2026-03` */
export type Month = string;

export const monthOf = (day: Day): Month => day.slice(0, 7);

/** Months counted on, so that one can reckon with them. */
export const indexOf = (month: Month): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
export const monthAt = (index: number): Month =>
  `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`;
