import { Fault } from '../fault.js';
import type { LoadMapping } from '../interpret/load-mapping.js';
import type { ReadRow, Refusal } from '../interpret/load-row.js';
import type { Mappings } from '../interpret/mappings.js';
import type { Directory } from '../organisations/directory.js';
import type { RegisterEntry } from '../register/register-comparison.js';
import type { RowThere } from '../store/reconciliations.js';
import { type MappedSheet, openMapped } from './mapped-sheet.js';
import type { Reconciling } from './reconcile-person.js';
import type { RegisterPage, RegisterRows } from './register-rows.js';

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
): Promise<RegisterRows> {
  const tables = { codes: mappings.codes, today: body.asOf };
  const opened = await openMapped(files, tables, (mapping) => mappingOf(body, mapping, files, directory));
  const refusals: Refusal[] = [];
  const refuse = (why: readonly Refusal[]) => {
    refusals.push(...why.slice(0, MOST_REFUSALS - refusals.length));
  };
  return { source: 'sheet', statedBy: opened.mapping.statedBy, refusals, pages: () => pagesOf(opened, refuse) };
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

async function* pagesOf(
  { sheet, read }: MappedSheet,
  refuse: (why: readonly Refusal[]) => void,
): AsyncGenerator<RegisterPage> {
  let page = emptyPage();
  for await (const { line, cells } of sheet.rows()) {
    const row = entriesIn(read(line, cells), line);
    if (Array.isArray(row)) page.rows.push(...row);
    else {
      page.refused += 1;
      refuse(row.refusals);
    }
    if (page.rows.length + page.refused < BATCH) continue;
    yield page;
    page = emptyPage();
  }
  yield page;
}

/** A sheet is read at once: it goes on nowhere. */
const emptyPage = (): RegisterPage => ({ rows: [], refused: 0, next: null });

function entriesIn(row: ReadRow, line: number): RowThere[] | { refusals: Refusal[] } {
  if (row.kind === 'refused') return row;
  const entries = row.facts.filter((fact): fact is RegisterEntry => fact.kind === 'register-entry');
  const rows = entries.flatMap((said) =>
    said.nhsNumber === null ? [] : [{ nhsNumber: said.nhsNumber, recordVersion: null, said, resource: null }],
  );
  return rows.length < entries.length ? { refusals: [{ line, ...WITHOUT_NUMBER }] } : rows;
}

const WITHOUT_NUMBER = {
  column: null,
  what: 'has no NHS number: nobody can say for certain who this is',
  next: 'trace the NHS number',
};

const unusable = (where: string, text: string): Fault =>
  new Fault({ code: 'usage', where, text, next: 'give the mapping of this body with --with' });
