import { bodyAsked, isNhsNumber } from '../flow/asked.js';
import { directoryToday } from '../flow/directory-today.js';
import { isAskable, isDay, londonDay } from '../register/day.js';
import { type CommandLine, type Context, textOption } from './command.js';
import { usageFault } from './usage.js';

/** A day given on the command line. */
export function dayOption(line: CommandLine, name: string): string | null {
  const day = textOption(line, name);
  if (day !== null && !isDay(day)) throw usageFault(`--${name}`, 'give a day that can be, as YYYY-MM-DD');
  return day;
}

/** A day that is asked about, of the range that the API takes too. */
export function askedDayOption(line: CommandLine, name: string): string | null {
  const day = dayOption(line, name);
  if (day !== null && !isAskable(day)) throw usageFault(`--${name}`, 'give a day from 1900-01-01 to 2199-12-31');
  return day;
}

/** A council (GSS) or an ICB (ODS) as it is typed; one that no table has is a mistake and no empty list. */
export async function bodyOption(line: CommandLine, context: Context): Promise<string | null> {
  const written = textOption(line, 'council');
  if (written === null) return null;
  const tables = context.tables(null);
  await directoryToday(tables.directory, (await context.database()).pool);
  const code = bodyAsked(written, tables, londonDay(new Date().toISOString()));
  if (code !== null) return code;
  throw usageFault(
    '--council',
    'no council or ICB has this code: give a GSS code such as E08000025, or the ODS code of an ICB such as QHL',
  );
}

/** A whole number from 1 to `most`; `otherwise` when it is not given. */
export function countOption(line: CommandLine, name: string, { otherwise, most }: { otherwise: number; most: number }) {
  const written = textOption(line, name);
  if (written === null) return otherwise;
  const count = Number(written);
  if (/^\d{1,9}$/.test(written) && count >= 1 && count <= most) return count;
  throw usageFault(`--${name}`, `give a whole number from 1 to ${most}`);
}

/** A head of the seals: 64 hexadecimal digits. */
export function headOption(line: CommandLine, name: string): string | null {
  const head = textOption(line, name)?.trim().toLowerCase() ?? null;
  if (head !== null && !/^[0-9a-f]{64}$/.test(head)) throw usageFault(`--${name}`, 'a head has 64 hexadecimal digits');
  return head;
}

/** One or several words of a closed list, separated by commas; undefined when it is not given. */
export function wordsOption<Word extends string>(
  line: CommandLine,
  name: string,
  known: readonly Word[],
): Word[] | undefined {
  const written = textOption(line, name);
  if (written === null) return undefined;
  const asked = written.split(',').map((word) => word.trim());
  const found = known.filter((word) => asked.includes(word));
  if (found.length === new Set(asked).size) return found;
  throw usageFault(`--${name}`, `give one or several of ${known.join(', ')}, separated by commas`);
}

/** Ten digits, however they are grouped. The number itself is never repeated in an error. */
export function nhsNumberIn(written: string, where: string): string {
  const digits = written.replace(/[\s-]/g, '');
  if (!/^\d{10}$/.test(digits)) throw usageFault(where, 'an NHS number has ten digits');
  // Of a mistyped number the register knows nothing, and that would be read as an answer about the person.
  if (isNhsNumber(digits)) return digits;
  throw usageFault(where, 'fails the NHS number check (modulus 11): a digit is mistyped');
}

/** Row ids as the tables of this command line print them. */
export function rowIds(words: readonly string[]): string[] {
  // bigint ends at nineteen digits; a longer one would reach the database only to be refused there
  if (words.every((word) => /^[1-9]\d{0,17}$/.test(word))) return [...words];
  throw usageFault('ID', 'ids are whole numbers, as the list prints them');
}
