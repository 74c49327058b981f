import { basename, join } from 'node:path';
import type { z } from 'zod';
import { csvFilesIn, digestOf, type Row, readTable, refuseMistakes } from '../organisations/table.js';
import type { CommunityStatusCode, Leaving, LegalStatus } from '../register/fact.js';
import {
  AliasRow,
  AnyRow,
  CommunityStatusRow,
  DestinationRow,
  LegalStatusRow,
  MethodRow,
  NhsNumberStatusRow,
  PatientClassRow,
} from './code-rows.js';
import { type CodeTable, codeTable, type Mapped, type Unmapped } from './code-table.js';
import { didYouMean } from './suggest.js';

export type { Mapped, Unmapped } from './code-table.js';

type Answer<T> = Mapped<T> | Unmapped;
/** `code` as the sender wrote it, `system` where the format has a place for one. */
type Translate<T> = (code: string, system?: string | null) => Answer<T>;
/** A row's columns by name. */
type Columns = Record<string, string | boolean | null>;

/** What the codes that senders write mean here. `system` null or empty: the sender named none. */
export type Codes = {
  /** Digest of the tables. */
  version: string;
  /** Their names. */
  tables: readonly string[];
  legalStatus(system: string | null, code: string): Answer<LegalStatus>;
  /** All of them, to choose from. */
  legalStatuses: readonly LegalStatus[];
  dischargeDestination: Translate<{ leaving: Leaving; text: string }>;
  dischargeMethod: Translate<{ died: boolean; text: string }>;
  /** The letter of HL7 table 0004. */
  patientClass: Translate<string>;
  nhsNumberStatus: Translate<{ verified: boolean; text: string }>;
  communityStatus: Translate<CommunityStatusCode>;
  /** Any table by name: the ones above, and those that only a feed definition knows. */
  lookup(table: string, system: string | null, code: string): Answer<Columns>;
};

/**
 * Reads every CSV file of a folder. A file that is none of the known tables is a table of its own name.
 * @throws Fault `config-invalid`, naming every mistake with its file and line.
 */
export function loadCodes(folder: string): Codes {
  const reader = tableReader(folder);
  const legal = reader.table('legal-status', LEGAL_STATUS_FILES, LegalStatusRow);
  const destination = reader.table('discharge-destination', ['discharge-destination.csv'], DestinationRow);
  const method = reader.table('discharge-method', ['discharge-method.csv'], MethodRow);
  const patientClass = reader.table('patient-class', ['patient-class.csv'], PatientClassRow);
  const nhsNumber = reader.table('nhs-number-status', ['nhs-number-status.csv'], NhsNumberStatusRow);
  const community = reader.table('community-status', ['community-status.csv'], CommunityStatusRow);
  const { tables, version } = reader.finish();

  return {
    version,
    tables: [...tables.keys()],
    legalStatus: (system, code) => map(legal.lookup(system, code), legalStatusOf),
    legalStatuses: legal.values.map(legalStatusOf),
    dischargeDestination: (code, system = null) =>
      map(destination.lookup(system, code), ({ leaving, display }) => ({ leaving, text: display })),
    dischargeMethod: (code, system = null) =>
      map(method.lookup(system, code), ({ died, display }) => ({ died, text: display })),
    patientClass: (code, system = null) => map(patientClass.lookup(system, code), (row) => row.class),
    nhsNumberStatus: (code, system = null) =>
      map(nhsNumber.lookup(system, code), ({ verified, display }) => ({ verified, text: display })),
    communityStatus: (code, system = null) => map(community.lookup(system, code), (row) => row.code),
    lookup: (table, system, code) => tables.get(table)?.lookup(system, code) ?? noTable(table),
  };
}

const LEGAL_STATUS_FILES = ['legal-status-england.csv', 'legal-status-wales.csv'];
const ALIASES = 'systems.csv';

const legalStatusOf = ({ system, code, display, basis, bearing }: z.infer<typeof LegalStatusRow>): LegalStatus => ({
  system,
  code,
  text: display,
  basis,
  bearing,
});

/** Reads the known tables one by one and, at the end, the files that are left; then speaks of all mistakes at once. */
function tableReader(folder: string) {
  const files = csvFilesIn(folder);
  const mistakes: string[] = [];
  const texts = new Map<string, string>();
  const tables = new Map<string, CodeTable<Columns>>();

  function read<T>(file: string, schema: z.ZodType<T>): Row<T>[] {
    const found = readTable(join(folder, file), schema);
    mistakes.push(...found.mistakes);
    texts.set(file, found.text);
    return found.rows;
  }

  const aliasRows = read(ALIASES, AliasRow);
  const aliases = aliasRows.map((row) => row.value);

  function table<T extends Columns & { system: string; code: string }>(
    name: string,
    files: readonly string[],
    schema: z.ZodType<T>,
  ): CodeTable<T> {
    const rows = files.flatMap((file) => read(file, schema));
    const made = codeTable(name, files, rows, aliases);
    mistakes.push(...made.mistakes);
    tables.set(name, made);
    return made;
  }

  function finish() {
    for (const file of files.filter((name) => !texts.has(name))) table(basename(file, '.csv'), [file], AnyRow);
    for (const { line, value } of aliasRows.filter((row) => !tables.has(row.value.table)))
      mistakes.push(
        `${ALIASES}:${line}: there is no table ${value.table}${didYouMean(value.table, [...tables.keys()])}`,
      );
    refuseMistakes(folder, mistakes);
    return { tables, version: digestOf(files.flatMap((file) => [file, texts.get(file) ?? ''])) };
  }

  return { table, finish };
}

const map = <T, U>(answer: Answer<T>, to: (value: T) => U): Answer<U> =>
  answer.kind === 'mapped' ? { kind: 'mapped', value: to(answer.value) } : answer;

const noTable = (table: string): Unmapped => ({
  kind: 'unmapped',
  text: `there is no code table ${table}`,
  next: `add mappings/codes/${table}.csv, or mend the feed definition that names it`,
});
