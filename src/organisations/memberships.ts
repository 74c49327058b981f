import { addDays, type Day } from '../register/day.js';
import type { Membership } from './directory.js';

/** What one row of a file says: since when a practice is with a commissioner, and until when, as far as it says so. */
export type Joined = Membership & {
  /** With whom it was before that day, where the file says so. */
  before: string | null;
};

/**
 * To whom a practice belonged, in order of time, once a file was read on `today`. What was known stays: where the file
 * names another commissioner, the one before it ends on the day before the practice joined, or, where the file does not
 * say when that was, on the day before `today`. The same said again changes nothing.
 */
export function joined(known: readonly Membership[], said: Joined, today: Day): Membership[] {
  const { before, ...membership } = said;
  if (membership.from === null) return withoutDay(known, membership, today);
  const { from } = membership;
  const others = known.filter((held) => held.from !== from && !isSame(known, held, membership));
  const all = inOrder([...others, membership]);
  if (before !== null && all[0] === membership) all.unshift({ commissioner: before, from: null, to: null });
  return all.map((held, at) => endedBy(held, all[at + 1]));
}

function withoutDay(known: readonly Membership[], said: Membership, today: Day): Membership[] {
  const last = known.at(-1);
  if (!last) return [said];
  const earlier = known.slice(0, -1);
  if (last.commissioner === said.commissioner) return [...earlier, { ...last, to: said.to }];
  const next = { ...said, from: today };
  return last.from !== null && last.from >= today ? [...earlier, next] : [...earlier, endedBy(last, next), next];
}

/** Of one commissioner, and with no other between the two days: the day is known better now, and it is no second time. */
function isSame(known: readonly Membership[], held: Membership, said: Membership): boolean {
  if (held.commissioner !== said.commissioner) return false;
  const [first, last] = [held.from ?? '', said.from ?? ''].sort();
  return !known.some(
    ({ commissioner, from }) =>
      commissioner !== said.commissioner && (from ?? '') > (first ?? '') && (from ?? '') < (last ?? ''),
  );
}

function endedBy(held: Membership, next: Membership | undefined): Membership {
  if (!next || next.from === null || (held.to !== null && held.to < next.from)) return held;
  return { ...held, to: addDays(next.from, -1) };
}

const inOrder = (memberships: readonly Membership[]): Membership[] =>
  [...memberships].sort((a, b) => ((a.from ?? '') < (b.from ?? '') ? -1 : 1));
