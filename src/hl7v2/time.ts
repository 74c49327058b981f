type Precision = 'day' | 'hour' | 'minute' | 'second';
export type Moment = { instant: string; day: string; precision: Precision };

const TS = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,9}))?)?)?)?([+-]\d{4})?$/;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const LONDON = 'Europe/London';
const EARLIEST_YEAR = 1800; // senders write 0001 for "not known"

/**
 * An HL7 TS/DTM (v2.5.1 chapter 2.A.22) as a moment. Without an offset it is local time in `timeZone` (IANA); a day
 * without a time is its first moment there. `day` is the calendar day in London. Null for a time that cannot be, and
 * for a year or a month alone, which is not a whole day.
 *
 * When clocks go forward, a time in the missing hour counts on from the old offset; when they go back, a time in the
 * repeated hour is its first occurrence.
 */
export function instantOf(ts: string, timeZone: string): Moment | null {
  const match = TS.exec(ts.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, offset] = match;
  const local = localTime([year, month, day, hour ?? '00', minute ?? '00', second ?? '00'].map(Number));
  if (local === null) return null;

  const offsetMs = offset === undefined ? zoneOffsetMs(local, timeZone) : statedOffsetMs(offset);
  if (offsetMs === null) return null;
  const at = new Date(local - offsetMs + milliseconds(fraction));
  return {
    instant: at.toISOString().replace('.000Z', 'Z'),
    day: londonDayOf(at),
    precision: second ? 'second' : minute ? 'minute' : hour ? 'hour' : 'day',
  };
}

/** Wall-clock time as if it were UTC, in ms; null for a date or time that does not exist. */
function localTime([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]): number | null {
  if (year < EARLIEST_YEAR || hour > 23 || minute > 59 || second > 59) return null;
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.getTime() : null;
}

const milliseconds = (fraction = '') => Number(fraction.slice(0, 3).padEnd(3, '0'));

/** `+0100` in ms; offsets in use run from -12 to +14 hours. */
function statedOffsetMs(offset: string): number | null {
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3, 5));
  if (hours > 14 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}

/** The zone's offset at a wall-clock time. A change of clocks lies within a day of it, so two looks find both sides. */
function zoneOffsetMs(local: number, timeZone: string): number {
  const day = Math.floor(local / DAY_MS);
  const before = offsetAtStartOf(day - 1, timeZone);
  const after = offsetAtStartOf(day + 2, timeZone);
  if (before === after) return before;
  const fits = (offset: number) => offsetAtMs(local - offset, timeZone) === offset;
  return fits(before) || !fits(after) ? before : after;
}

/** The calendar day in London. */
function londonDayOf(at: Date): string {
  const day = Math.floor(at.getTime() / DAY_MS);
  const offset = offsetAtStartOf(day, LONDON);
  const isWhole = offset === offsetAtStartOf(day + 1, LONDON);
  const local = at.getTime() + (isWhole ? offset : offsetAtMs(at.getTime(), LONDON));
  return new Date(local).toISOString().slice(0, 10);
}

/** By zone and day since 1970 (UTC): to ask the calendar costs more than all the rest of reading a time. */
const offsets = new Map<string, Map<number, number>>();
/** More days than people live. */
const MOST_DAYS = 60_000;

function offsetAtStartOf(day: number, timeZone: string): number {
  const known = offsets.get(timeZone) ?? new Map<number, number>();
  offsets.set(timeZone, known);
  const before = known.get(day);
  if (before !== undefined) return before;
  if (known.size >= MOST_DAYS) known.clear();
  const offset = offsetAtMs(day * DAY_MS, timeZone);
  known.set(day, offset);
  return offset;
}

function offsetAtMs(at: number, timeZone: string): number {
  const [date = '', time = ''] = formatterOf(timeZone).format(new Date(at)).split(', ');
  return Date.parse(`${date}T${time}Z`) - Math.floor(at / 1000) * 1000;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD, HH:mm:ss`. Made once a zone: making one costs a thousand times what using it does. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const made = formatters.get(timeZone);
  if (made) return made;
  const formatter = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}
