/** The part of an hour that is either quiet or not: a burst of messages about one admission is one sign of life. */
export const SLOT_MINUTES = 5;

export const LEARN_DAYS = 42;
const LEARN_AT_LEAST_DAYS = 14;
const LEARN_AT_LEAST_SLOTS = 30;

/** A silence in which fewer slots than this usually have messages is never remarkable. */
const LEAST_LIMIT = 6;
/** How much longer than the longest usual gap. */
const MARGIN = 1.5;
/** The worst gaps of the weeks that are learnt from: they may have been outages. */
const OUTAGES = 2;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SLOT_MS = SLOT_MINUTES * MINUTE_MS;
const BANDS = 7 * 24;

/** Which of the 168 hours of a week an hour is, from 0. `hourAt` is its beginning, in milliseconds. */
export type BandOf = (hourAt: number) => number;

/** `usual` slots with messages in each hour of the week; a silence that misses more than `limit` of them is remarkable. */
export type Rhythm = { usual: readonly number[]; limit: number };

/**
 * The rhythm of a feed, from the beginnings of the slots in which something came (milliseconds, oldest first). Null while
 * they are too few to tell: less than two weeks, or fewer than thirty slots.
 *
 * A silence is measured not in minutes but in what usually comes in them: a night weighs little, a working morning much,
 * and a weekend of an office nothing. The limit comes from the gaps that the feed itself has had.
 */
export function rhythmOf(slots: readonly number[], bandOf: BandOf): Rhythm | null {
  const first = slots[0];
  const last = slots.at(-1);
  if (first === undefined || last === undefined) return null;
  if (last - first < LEARN_AT_LEAST_DAYS * DAY_MS || slots.length < LEARN_AT_LEAST_SLOTS) return null;
  const usual = usualByBand(slots, bandOf, { first, last });
  const missed = slots.slice(1).map((slot, i) => missedBetween((slots[i] ?? slot) + SLOT_MS, slot, usual, bandOf));
  const longest = missed.sort((a, b) => b - a)[OUTAGES] ?? 0;
  return { usual, limit: Math.max(LEAST_LIMIT, MARGIN * longest) };
}

/** How many slots with messages are usual between two moments; 0 when the second is not later. */
export function missedBetween(from: number, to: number, usual: readonly number[], bandOf: BandOf): number {
  let missed = 0;
  for (let hour = hourOf(from); hour < to; hour += HOUR_MS) {
    const covered = Math.min(to, hour + HOUR_MS) - Math.max(from, hour);
    missed += ((usual[bandOf(hour)] ?? 0) * Math.max(0, covered)) / HOUR_MS;
  }
  return missed;
}

function usualByBand(slots: readonly number[], bandOf: BandOf, { first, last }: { first: number; last: number }) {
  const hours = new Array<number>(BANDS).fill(0);
  const heard = new Array<number>(BANDS).fill(0);
  for (let hour = hourOf(first); hour <= last; hour += HOUR_MS) add(hours, bandOf(hour));
  for (const slot of slots) add(heard, bandOf(hourOf(slot)));
  return heard.map((count, band) => count / Math.max(1, hours[band] ?? 0));
}

function add(counts: number[], band: number): void {
  counts[band] = (counts[band] ?? 0) + 1;
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

const SUNDAY = 'Sun';
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', SUNDAY];

/**
 * Hours of the week as the clocks of a place show them. Days in `quietDays` (`YYYY-MM-DD`), such as bank holidays, are
 * like Sundays.
 */
export function bandsIn(timeZone: string, quietDays: readonly string[]): BandOf {
  const known = new Map<number, number>();
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (hourAt) => {
    const before = known.get(hourAt);
    if (before !== undefined) return before;
    const parts = Object.fromEntries(format.formatToParts(hourAt).map(({ type, value }) => [type, value]));
    const quiet = quietDays.includes(`${parts.year}-${parts.month}-${parts.day}`);
    const band = WEEKDAYS.indexOf(quiet ? SUNDAY : (parts.weekday ?? SUNDAY)) * 24 + Number(parts.hour);
    known.set(hourAt, band);
    return band;
  };
}
