/** A calendar day in London, `YYYY-MM-DD`. Text order is time order. */
export type Day = string;

/** A moment, ISO 8601 in UTC, `2026-03-01T10:00:00Z` (milliseconds only when they are not zero). Text order is time order only between equal shapes; compare with `atOrBefore`. */
export type Instant = string;

const LONDON = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** Clocks in London have been up to two hours before UTC and, since 1900, never behind it: until 22:00 its day is London's. */
const SAME_DAY = /^(?:19|20)\d\d-\d\d-\d\dT(?:[01]\d|2[01]):[\d:.]+Z$/;

/** The day in London on which a moment falls. */
export const londonDay = (at: Instant): Day => (SAME_DAY.test(at) ? at.slice(0, 10) : LONDON.format(new Date(at)));

/** Clocks in London have been at most two hours from UTC: no day of theirs begins between one and ten at night there. */
const WITHIN_DAY = /^(?:19|20)\d\d-\d\d-\d\dT(?:0[1-9]|1\d|2[01]):[\d:.]+Z$/;

/** Is it the first moment of a day in London? Then a day was told, most likely, and not a time. */
export const isStartOfDay = (at: Instant): boolean =>
  !WITHIN_DAY.test(at) && londonDay(new Date(Date.parse(at) - 1).toISOString()) !== londonDay(at);

/** Older systems write the last day, or the last year, of the calendar where something has no end. No day comes after. */
const LAST_DAY: Day = '9999-12-31';

/** True for a day that stands for "no end": nothing happens on it. */
export const isNever = (day: Day): boolean => day >= '9999';

/** An end as it was told; null where it says that there is none. */
export const endOf = (to: Day | null): Day | null => (to === null || isNever(to) ? null : to);

/** The day after or before, by whole days. */
export function addDays(day: Day, days: number): Day {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return dayFrom(date);
}

/** A year of five digits would sort before all others. */
const dayFrom = (date: Date): Day => (date.getUTCFullYear() > 9999 ? LAST_DAY : date.toISOString().slice(0, 10));

/** The same day of a later month, or the last day of one that is shorter. */
export function addMonths(day: Day, months: number): Day {
  const date = new Date(`${day.slice(0, 8)}01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months + 1, 0);
  const last = dayFrom(date);
  if (isNever(last)) return last;
  const same = `${last.slice(0, 8)}${day.slice(8)}`;
  return same < last ? same : last;
}

/** The day on which somebody is eighteen. Who was born on 29 February has no such day in that year: the day after it. */
export function adultOn(birthDate: Day): Day {
  const [year = '', month, day] = birthDate.split('-');
  const birthday = `${Number(year) + 18}-${month}-${day}`;
  return isDay(birthday) ? birthday : `${Number(year) + 18}-03-01`;
}

/** True for a day that somebody can ask about: whoever writes another has mistyped it. */
export const isAskable = (text: string): boolean => isDay(text) && text >= '1900' && text < '2200';

/** True for a day that exists, so not for 2026-02-30. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text;
}
