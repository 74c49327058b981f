import type { Row } from '../organisations/table.js';

/** No row for the code. `text` and `next` are for the fault; the value is shown only when it looks like a code. */
export type Unmapped = { kind: 'unmapped'; text: string; next: string };
export type Mapped<T> = { kind: 'mapped'; value: T };

type Coded = { system: string; code: string };
type Alias = { table: string; alias: string; system: string };

/** One translation: everything that its files say, by (system, code). */
export type CodeTable<T> = {
  lookup(system: string | null, code: string): Mapped<T> | Unmapped;
  /** Every row, in the order of the files. */
  values: readonly T[];
  /** `file:line: what` for every pair of rows with the same key. */
  mistakes: string[];
};

/**
 * A row under the system as written comes before a row under the system it stands for,
 * so that a table can say of a code what it means when the sender names no system.
 * A single digit is read with the zero that spreadsheets drop.
 */
export function codeTable<T extends Coded>(
  name: string,
  files: readonly string[],
  rows: readonly Row<T>[],
  aliases: readonly Alias[],
): CodeTable<T> {
  const { byKey, mistakes } = indexed(rows);
  const systems = new Map(
    aliases.filter(({ table }) => table === name).map(({ alias, system }) => [fold(alias), system]),
  );

  const lookup = (written: string | null, code: string): Mapped<T> | Unmapped => {
    const system = written ?? '';
    const named = systems.get(fold(system));
    for (const candidate of named === undefined ? [system] : [system, named]) {
      for (const spelling of spellings(code)) {
        const found = byKey.get(keyOf(candidate, spelling));
        if (found) return { kind: 'mapped', value: found.value };
      }
    }
    return unmapped(name, files, named !== undefined, system, code);
  };
  return { lookup, values: rows.map(({ value }) => value), mistakes };
}

function indexed<T extends Coded>(rows: readonly Row<T>[]): { byKey: Map<string, Row<T>>; mistakes: string[] } {
  const byKey = new Map<string, Row<T>>();
  const mistakes: string[] = [];
  for (const row of rows) {
    const key = keyOf(row.value.system, row.value.code);
    const earlier = byKey.get(key);
    if (earlier)
      mistakes.push(`${row.file}:${row.line}: ${row.value.code}: is also in ${earlier.file}:${earlier.line}`);
    else byKey.set(key, row);
  }
  return { byKey, mistakes };
}

const fold = (text: string): string => text.trim().toUpperCase();
const keyOf = (system: string, code: string): string => `${fold(system)}\0${fold(code)}`;
const spellings = (code: string): string[] => (/^\d$/.test(code.trim()) ? [code, `0${code.trim()}`] : [code]);

/** Names and free text must not reach a log by way of a code field. */
const CODE = /^([A-Z]{0,4}[-_]?\d{1,4}[A-Z]?|[A-Z]{1,3})$/i;
const SYSTEM = /^(https?:\/\/\S+|urn:\S+|HL7\d{4}|[A-Z0-9]{1,4})$/i;

const shown = (text: string, like: RegExp): string => (like.test(text.trim()) ? `"${text.trim()}"` : '(not shown)');

function unmapped(table: string, files: readonly string[], known: boolean, system: string, code: string): Unmapped {
  const from = system === '' ? 'of no named system' : `of the system ${known ? `"${system}"` : shown(system, SYSTEM)}`;
  return {
    kind: 'unmapped',
    text: `code ${shown(code, CODE)} ${from} is not in the table ${table}`,
    next: `add a row to ${files.map((file) => `mappings/codes/${file}`).join(' or ')}, or a word of this sender alone to its feed definition, restart the service, then run "aftercare replay --parked" (it shows what changes; --apply does it)`,
  };
}
