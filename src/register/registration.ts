import type { Day } from './day.js';
import type { Fact, MessageFact } from './fact.js';
import { dayOf, inTime } from './order.js';

/** That somebody was registered with a GP practice, as it was told on a day. */
export type Registration = { code: string; on: Day; factId: string };

/**
 * Written in place of a practice where there is none: no registered practice, not applicable, not known (NHS Data
 * Dictionary, default codes of the General Medical Practice code).
 */
const NO_PRACTICE = new Set(['V81997', 'V81998', 'V81999']);

/** Every telling of a GP practice, the earliest first: which one was told last does not say which it was on a day before. */
export function registrationsIn(facts: readonly Fact[]): Registration[] {
  const told = facts.filter(
    (fact): fact is Extract<MessageFact, { kind: 'gp-practice' }> => fact.kind === 'gp-practice',
  );
  return told
    .sort(inTime)
    .filter(({ code }) => !NO_PRACTICE.has(code.toUpperCase()))
    .map((fact) => ({ code: fact.code, on: dayOf(fact), factId: fact.id }));
}

/** The practice of the day on which the first of these detentions began, where one was told by then, and those told since. */
export function registeredSince(
  detentions: readonly { from: Day }[],
  registrations: readonly Registration[],
): Registration[] {
  const began = detentions.map(({ from }) => from).sort()[0] ?? '';
  const before = registrations.filter(({ on }) => on <= began);
  return [...before.slice(-1), ...registrations.filter(({ on }) => on > began)];
}

/**
 * Each practice up to the day on which a body was divided, once: the one of the detention counts by one reading, and the
 * one of that day by another. Where none was told by then, the first that was told after.
 */
export function registeredUntil(day: Day, told: readonly Registration[]): Registration[] {
  const until = told.filter(({ on }) => on < day);
  const counting = until.length > 0 ? until : told.slice(0, 1);
  return [...new Map(counting.map((registration) => [registration.code.toUpperCase(), registration])).values()];
}
