import { addDays, type Day, isDay } from '../register/day.js';

/** How a spreadsheet may write a day. Never the month before the day: it cannot be told from the day before the month. */
export const DATE_FORMATS = [
  'YYYY-MM-DD',
  'DD/MM/YYYY',
  'DD/MM/YY',
  'DD-Mon-YYYY',
  'DD-Mon-YY',
  'excel-1900',
  'excel-1904',
] as const;
export type DateFormat = (typeof DATE_FORMATS)[number];

/** `twoDigitYearsFrom`: the first of the hundred years that two digits mean; needed by formats that end in YY. */
export type DateRule = { formats: readonly DateFormat[]; twoDigitYearsFrom: number | null };

export const hasShortYear = (format: DateFormat): boolean => /(^|[^Y])YY$/.test(format);

/** The first of the rule's formats that fits; null when none does, or the day cannot be (31 February). */
export function dayIn(written: string, { formats, twoDigitYearsFrom }: DateRule): Day | null {
  // Spreadsheets add the time of day to a day: midnight says nothing, and a day is all that is asked for.
  const text = written.trim().replace(/[T ]\d{2}:\d{2}(:\d{2})?(\.\d+)?Z?$/, '');
  for (const format of formats) {
    const day = READERS[format](text, twoDigitYearsFrom);
    if (day !== null) return day;
  }
  return null;
}

type Reader = (text: string, twoDigitYearsFrom: number | null) => Day | null;

const READERS: Record<DateFormat, Reader> = {
  'YYYY-MM-DD': (text) => (isDay(text) ? text : null),
  'DD/MM/YYYY': (text) => parts(/^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/, text),
  'DD/MM/YY': (text, from) => parts(/^(\d{1,2})[/.](\d{1,2})[/.](\d{2})$/, text, from),
  'DD-Mon-YYYY': (text) => parts(/^(\d{1,2})[- ]([A-Za-z]{3,9})[- ](\d{4})$/, text),
  'DD-Mon-YY': (text, from) => parts(/^(\d{1,2})[- ]([A-Za-z]{3,9})[- ](\d{2})$/, text, from),
  'excel-1900': (text) => serialDay(text, '1899-12-30'),
  'excel-1904': (text) => serialDay(text, '1904-01-01'),
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function parts(pattern: RegExp, text: string, twoDigitYearsFrom: number | null = null): Day | null {
  const [, dayOfMonth, month, year] = pattern.exec(text) ?? [];
  if (dayOfMonth === undefined || month === undefined || year === undefined) return null;
  const whole = year.length === 4 ? year : inCentury(Number(year), twoDigitYearsFrom);
  const number = /^\d+$/.test(month) ? Number(month) : 1 + MONTHS.indexOf(month.slice(0, 3).toLowerCase());
  const day = `${whole}-${String(number).padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`;
  return isDay(day) ? day : null;
}

function inCentury(year: number, from: number | null): string | null {
  return from === null ? null : String(from + ((((year - from) % 100) + 100) % 100));
}

/** Four digits are as likely a year: "1984" would be a day of 1905. */
export const mayBeYear = (written: string): boolean => /^\d{4}(\.\d+)?$/.test(written.trim());

/** Five digits: from 1927 on, and from 1931 on in the calendar of 1904. Fewer may be a year. */
function serialDay(text: string, dayZero: Day): Day | null {
  if (!/^[1-9]\d{4}(\.\d+)?$/.test(text)) return null;
  return addDays(dayZero, Math.floor(Number(text)));
}
