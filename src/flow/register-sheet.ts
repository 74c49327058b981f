import { Fault } from '../fault.js';
import type { LoadMapping } from '../interpret/load-mapping.js';
import type { Refusal } from '../interpret/load-row.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Directory } from '../organisations/directory.js';
import type { RegisterEntry } from '../register/register-comparison.js';
import type { RegisterRow } from '../store/reconciliations.js';
import { type MappedSheet, openMapped } from './mapped-sheet.js';
import type { RegisterRows } from './reconcile.js';
import type { Reconciling } from './reconcile-person.js';

/** A register that a body gave as a spreadsheet. `refusals`: the first of the rows that say nothing certain of anybody. */
export type RegisterSheet = RegisterRows & { refusals: readonly Refusal[] };

type Files = { file: string; mappingFile: string };

const BATCH = 1_000;
const MOST_REFUSALS = 1_000;

/**
 * Opens it with its mapping (`docs/load.md`), whose facts of kind `register-entry` count. Throws Fault `usage` for a mapping
 * that is wrong, has none, or is another body's.
 */
export async function registerSheet(
  files: Files,
  body: Reconciling,
  { mappings, directory }: { mappings: Mappings; directory: Directory },
): Promise<RegisterSheet> {
  const tables = { codes: mappings.codes, today: body.asOf };
  const opened = await openMapped(files, tables, (mapping) => mappingOf(body, mapping, files, directory));
  const refusals: Refusal[] = [];
  let refused = 0;
  const refuse = (why: readonly Refusal[]) => {
    refused += 1;
    refusals.push(...why.slice(0, MOST_REFUSALS - refusals.length));
  };
  return {
    source: 'sheet',
    statedBy: opened.mapping.statedBy,
    refusals,
    refused: () => refused,
    rows: rowsOf(opened, refuse),
  };
}

/** Whoever kept the sheet answers for it; it is this body's register, under whatever name or code it calls itself. */
function mappingOf(
  { side, code, asOf }: Reconciling,
  mapping: LoadMapping,
  { mappingFile }: Files,
  directory: Directory,
): LoadMapping {
  const { organisation } = mapping.statedBy;
  const known =
    side === 'council' ? directory.council(organisation, asOf, asOf) : directory.commissioner(organisation, asOf, asOf);
  const isAnothers = known.kind === 'found' && known.body.code !== code;
  const entries = mapping.facts.filter(({ kind }) => kind === 'register-entry');
  const isOfSide = entries.every(({ fields }) =>
    fields.every(({ field, source }) => field !== 'body' || ('value' in source && source.value === side)),
  );
  if (isAnothers || !isOfSide) throw unusable(mappingFile, `is for the register of another body than ${code}`);
  if (entries.length === 0)
    throw unusable(mappingFile, 'makes no register-entry of a row: docs/reconcile.md has an example');
  return { ...mapping, statedBy: { ...mapping.statedBy, organisation: code }, facts: entries };
}

async function* rowsOf(
  { sheet, read }: MappedSheet,
  refuse: (why: readonly Refusal[]) => void,
): AsyncGenerator<RegisterRow[]> {
  let batch: RegisterRow[] = [];
  for await (const { line, cells } of sheet.rows()) {
    const row = read(line, cells);
    if (row.kind === 'refused') refuse(row.refusals);
    else
      for (const fact of row.facts) {
        if (fact.kind !== 'register-entry') continue;
        if (fact.nhsNumber === null) refuse([{ line, ...WITHOUT_NUMBER }]);
        else batch.push({ line, recordVersion: null, said: fact satisfies RegisterEntry });
      }
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

const WITHOUT_NUMBER = {
  column: null,
  what: 'has no NHS number: nobody can say for certain who this is',
  next: 'trace the NHS number',
};

const unusable = (where: string, text: string): Fault =>
  new Fault({ code: 'usage', where, text, next: 'give the mapping of this body with --with' });
