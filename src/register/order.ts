import { type Day, type Instant, londonDay } from './day.js';
import type { Fact, MessageFact } from './fact.js';

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Negative, zero or positive. Between equal shapes text order is time order, and taking a moment apart costs much more. */
export const byTime = (a: Instant, b: Instant): number =>
  a.length === b.length ? compare(a, b) : Date.parse(a) - Date.parse(b);

/** In the order of what happened; equal moments by fact id, so that the order is the same every time. */
export const inTime = (a: Fact, b: Fact): number => byTime(a.effectiveAt, b.effectiveAt) || compare(a.id, b.id);

/** Was `a` said before `b`? */
export const saidBefore = (a: MessageFact, b: MessageFact): boolean => latestFirst(a, b) > 0;

/** The latest message first; facts of one message by their place in it; then by id, so that the order is total. */
export function latestFirst(a: MessageFact, b: MessageFact): number {
  return byTime(b.source.sentAt, a.source.sentAt) || b.source.seq - a.source.seq || compare(b.id, a.id);
}

/** The day in London on which a fact became true. */
export const dayOf = (fact: Pick<Fact, 'effectiveAt'>): Day => londonDay(fact.effectiveAt);
