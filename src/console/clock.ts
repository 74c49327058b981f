import { londonDay } from '../register/day.js';

const LONDON = { timeZone: 'Europe/London' } as const;
const DATE = new Intl.DateTimeFormat('en-GB', { ...LONDON, day: 'numeric', month: 'short', year: 'numeric' });
const TIME = new Intl.DateTimeFormat('en-GB', { ...LONDON, hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `1 Mar 2026, 10:00:00`, in London. */
export const momentText = (instant: string): string =>
  `${DATE.format(new Date(instant))}, ${TIME.format(new Date(instant))}`;

/** `1 Mar 2026`, of a day or a moment. */
export const dayText = (day: string): string => DATE.format(new Date(day));

/** A sentence of ours with its days as people write them. */
export const inWords = (text: string): string => text.replace(/\b\d{4}-\d{2}-\d{2}\b/g, dayText);

/** When a fact was true: a fact of a whole day begins at midnight, and then the time says nothing. */
export const whenTrueText = (instant: string): string =>
  londonMidnight(new Date(instant)).getTime() === Date.parse(instant) || instant.endsWith('T00:00:00Z')
    ? dayText(instant)
    : momentText(instant);

/** `1234567890` as people read it out: `123 456 7890`. */
export const nhsNumberText = (number: string): string => number.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3');

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
] as const;

/** How long ago, in the largest unit that fits: `3 hours`. */
export function ageText(instant: string, now: Date): string {
  const seconds = Math.max(0, Math.floor((now.getTime() - new Date(instant).getTime()) / 1000));
  const unit = UNITS.find((each) => seconds >= each.seconds) ?? UNITS[3];
  const count = Math.floor(seconds / unit.seconds);
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`;
}

/** When the day began in London: midnight UTC, or an hour before it in summer. */
export function londonMidnight(now: Date): Date {
  const day = londonDay(now.toISOString());
  const utc = new Date(`${day}T00:00:00Z`);
  const anHourBefore = new Date(utc.getTime() - 3_600_000);
  return londonDay(anHourBefore.toISOString()) === day ? anHourBefore : utc;
}

/** `22:31`, in London. */
export const hourText = (instant: string): string => TIME.format(new Date(instant)).slice(0, 5);

/** What a form's date and time field says, which is London time unless it has an offset. */
export function momentOf(text: string): Date {
  if (/(?:Z|[+-]\d{2}:\d{2})$/.test(text)) return new Date(text);
  const utc = new Date(`${text.includes('T') ? text : `${text}T00:00`}Z`);
  const anHourBefore = new Date(utc.getTime() - 3_600_000);
  return wallClock(anHourBefore) === wallClock(utc, 'UTC') ? anHourBefore : utc;
}

const wallClock = (instant: Date, timeZone = 'Europe/London'): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant);
