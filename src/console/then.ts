import { endOfDay, type Then } from '../flow/look-up.js';
import { type Day, londonDay } from '../register/day.js';
import { notYetKnown } from './problem.js';
import type { ThenQuery } from './queries.js';

/** The two times as they were asked for; `Then` for the fold. */
export type Asked = { asOf: Day; knownOn: Day | null; times: Then };

/** Null: the register as it stands. Without a day to answer for it is the day on which it was known. */
export function askedThen({ 'as-of': asOf, 'known-at': knownOn }: ThenQuery, now: Date): Asked | null {
  if (asOf === undefined && knownOn === undefined) return null;
  if (knownOn !== undefined && knownOn > londonDay(now.toISOString())) throw notYetKnown;
  const day = asOf ?? knownOn ?? londonDay(now.toISOString());
  return {
    asOf: day,
    knownOn: knownOn ?? null,
    times: { asOf: day, knownAt: knownOn === undefined ? null : endOfDay(knownOn) },
  };
}

/** For the address of the same two times: `?as-of=2026-03-01&known-at=2026-03-05`. */
export function thenLink(asked: Asked | null): string {
  if (asked === null) return '';
  const given = new URLSearchParams({ 'as-of': asked.asOf });
  if (asked.knownOn !== null) given.append('known-at', asked.knownOn);
  return `?${given}`;
}
