import { addDays, type Day } from '../register/day.js';
import { order } from './graph.js';
import type { NationalFacts, NationalLink } from './national-facts.js';

/** Both records of one change tell of it, now and then with days that differ: within a month it is one change. */
const SAME_CHANGE_DAYS = 31;

/** First and last days of bodies, by their own records. */
type Lives = { endOf(code: string): Day | null; beginOf(code: string): Day | null };

/**
 * Every link once, with the later of its days. A change that is told with the last day of the old body, or the day before
 * the new one began, as their own records have it, happened on the next.
 */
export function linksIn({ records, links }: NationalFacts, { endOf, beginOf }: Lives): NationalLink[] {
  const days = new Map<string, Set<Day>>();
  for (const { from, to, on } of [...links, ...records.flatMap((record) => record.links)]) {
    const key = `${from} ${to}`;
    const known = days.get(key);
    if (known) known.add(on);
    else days.set(key, new Set([on]));
  }
  return [...days].flatMap(([key, told]) => {
    const [from = '', to = ''] = key.split(' ');
    const isDayBefore = (on: Day) => endOf(from) === on || beginOf(to) === addDays(on, 1);
    return lastOfEach([...told].sort(order)).map((on) => ({ from, to, on: isDayBefore(on) ? addDays(on, 1) : on }));
  });
}

const lastOfEach = (days: readonly Day[]): Day[] =>
  days.filter((day, at) => {
    const next = days[at + 1];
    return next === undefined || next > addDays(day, SAME_CHANGE_DAYS);
  });
