import type { Day } from '../register/day.js';
import type { LocalId, StatedFact } from '../register/fact.js';
import { EVIDENCE_OF_DETENTION } from '../register/stated-words.js';
import type { Codes } from './codes.js';
import { type DateRule, dayIn, mayBeYear } from './load-date.js';
import { type FieldForm, isOptional, mayBeAhead } from './load-fields.js';
import type { FactRecipe, LoadMapping } from './load-mapping.js';
import { type Source, tidyWord, type Word } from './load-source.js';
import { isNhsNumber, tidyNhsNumber } from './nhs-number.js';
import { statedFact } from './stated.js';

/** Why a row is not taken. Never repeats what a cell holds. */
export type Refusal = { line: number; column: string | null; what: string; next: string };

export type ReadRow = { kind: 'facts'; facts: StatedFact[] } | { kind: 'refused'; refusals: Refusal[] };

/** One row of a spreadsheet to the facts it states: all of them, or why none. */
export type RowReader = (line: number, cells: readonly string[]) => ReadRow;

type Tables = { mapping: LoadMapping; codes: Codes; today: Day };
type Cell = (column: string) => string;
type Trouble = Omit<Refusal, 'line'>;

/** `header` holds the names of the columns. Missing columns are named instead of a reader. */
export function rowReader(header: readonly string[], tables: Tables): RowReader | { mistakes: string[] } {
  const { mapping } = tables;
  const columns = columnsOf(mapping);
  const names = header.map(tidyWord);
  const mistakes = columns.flatMap((column) => {
    const found = names.filter((name) => name === tidyWord(column)).length;
    if (found === 1) return [];
    return [`line ${mapping.headerLine}: ${found === 0 ? 'no' : 'more than one'} column is named "${column}"`];
  });
  if (mistakes.length > 0) return { mistakes };
  const places = new Map(columns.map((column) => [column, names.indexOf(tidyWord(column))]));
  return (line, cells) => {
    const width = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
    if (width > header.length) return { kind: 'refused', refusals: [{ line, ...TOO_WIDE }] };
    return readRow(line, (column) => cells[places.get(column) ?? -1]?.trim() ?? '', tables);
  };
}

const TOO_WIDE: Trouble = {
  column: null,
  what: 'has more cells than there are columns',
  next: 'put a cell that holds the separator in quotes',
};

/** Every column that a mapping names, each once. */
export function columnsOf({ person, facts }: LoadMapping): string[] {
  const columns = [person.nhsNumber, ...(person.localId ? [person.localId.column] : [])];
  for (const { when, fields } of facts) {
    if (when) columns.push(when.column);
    for (const { source } of fields) if ('column' in source) columns.push(source.column);
  }
  return [...new Set(columns)];
}

function readRow(line: number, cell: Cell, tables: Tables): ReadRow {
  const person = personIn(cell, tables.mapping);
  const troubles: Trouble[] = 'what' in person ? [person] : [];
  const all: Made[] = [];
  const wanted = tables.mapping.facts.filter(({ when }) => isMeant(when, cell));
  if (wanted.length === 0) troubles.push(NOTHING);
  for (const recipe of wanted) {
    const made = factOf(recipe, cell, 'what' in person ? NOBODY : person, tables);
    if ('troubles' in made) troubles.push(...made.troubles);
    else all.push({ recipe, fact: made.fact });
  }
  if (wanted.filter(isDetention).length === all.filter(({ recipe }) => isDetention(recipe)).length)
    troubles.push(...outOfOrder(all));
  if (troubles.length === 0) return { kind: 'facts', facts: all.map(({ fact }) => fact) };
  return { kind: 'refused', refusals: unique(troubles).map((trouble) => ({ line, ...trouble })) };
}

type Made = { recipe: FactRecipe; fact: StatedFact };

const isDetention = ({ kind }: FactRecipe): boolean => kind === 'detention';

/** Nobody leaves hospital, or dies, before the first detention of the row: one of the two days is written wrongly. */
function outOfOrder(all: readonly Made[]): Trouble[] {
  const starts = all.flatMap(({ fact }) => (fact.kind === 'detention-stated' ? [fact.from] : [])).sort();
  const [first] = starts;
  if (first === undefined) return [];
  return all.flatMap(({ recipe, fact }) => {
    if ((fact.kind !== 'left-hospital-stated' && fact.kind !== 'died-stated') || fact.on >= first) return [];
    const what = `${recipe.kind}: is before the detention of this row starts`;
    return [{ column: columnOf(recipe, 'on'), what, next: 'mend whichever of the two days is wrong' }];
  });
}

const unique = (troubles: readonly Trouble[]): Trouble[] => [
  ...new Map(troubles.map((trouble) => [`${trouble.column}: ${trouble.what}`, trouble])).values(),
];

const NOTHING: Trouble = {
  column: null,
  what: 'nothing in it makes a fact',
  next: 'fill the columns that the mapping asks for with "when", or take the row out',
};

const isMeant = (when: FactRecipe['when'], cell: Cell): boolean => {
  if (when === null) return true;
  const written = tidyWord(cell(when.column));
  return when.is === null ? written !== '' : when.is.some((word) => tidyWord(word) === written);
};

type Named = { nhsNumber: string | null; localIds: LocalId[] };

/** Stands in while the rest of a row is read for its mistakes. */
const NOBODY: Named = { nhsNumber: null, localIds: [{ sender: '-', authority: '-', value: '-' }] };

/** A name and a birth date do not say who somebody is: two people share them. */
function personIn(cell: Cell, { person }: LoadMapping): Named | Trouble {
  const written = tidyNhsNumber(cell(person.nhsNumber));
  if (isNhsNumber(written)) return { nhsNumber: written, localIds: [] };
  if (written !== '') return notANumber(person.nhsNumber, written);
  const local = person.localId;
  const value = local ? cell(local.column) : '';
  if (local && value !== '')
    return { nhsNumber: null, localIds: [{ sender: local.sender, authority: local.authority, value }] };
  return {
    column: person.nhsNumber,
    what: 'is empty, and nothing else in the row says for certain who this is',
    next: local
      ? `trace the NHS number, or fill ${local.column}`
      : "trace the NHS number, or name the column with the trust's own number in the mapping (person.localId)",
  };
}

function notANumber(column: string, written: string): Trouble {
  const rounded = /e\+/i.test(written);
  return {
    column,
    what: rounded
      ? 'is a number that the spreadsheet has rounded'
      : 'is no NHS number: ten digits that pass the check (modulus 11)',
    next: rounded
      ? 'format the column as text in the original sheet and save it again'
      : 'look the number up and mend the cell',
  };
}

function factOf(
  recipe: FactRecipe,
  cell: Cell,
  person: Named,
  tables: Tables,
): { fact: StatedFact } | { troubles: Trouble[] } {
  const troubles: Trouble[] = [];
  const values: Record<string, unknown> = {};
  for (const { field, form, source } of recipe.fields) {
    const read =
      'value' in source ? { value: source.value } : valueIn(cell(source.column), { field, form, source }, tables);
    if ('what' in read) troubles.push({ column: 'column' in source ? source.column : null, ...read });
    else if (read.value !== null) values[field] = read.value;
  }
  if (troubles.length > 0) return { troubles };
  const stated = {
    kind: recipe.kind,
    nhsNumber: person.nhsNumber,
    statedBy: tables.mapping.statedBy,
    ...shaped(recipe, values, tables.today),
  };
  const fact = statedFact(stated, tables.codes, person.localIds);
  return typeof fact === 'string' ? { troubles: [troubleOf(fact, recipe)] } : { fact };
}

/** Cells are flat; these fields of `contract.md` are not. */
function shaped({ kind }: FactRecipe, values: Record<string, unknown>, today: Day): Record<string, unknown> {
  // A register says how it is on the day on which it is read, unless its rows have a day of their own.
  if (kind === 'register-entry') return { on: today, ...values };
  if (kind !== 'plan') return values;
  const { leadName, leadRole, needs, ...rest } = values;
  return {
    ...rest,
    ...(leadName === undefined ? {} : { lead: { name: leadName, role: leadRole } }),
    ...(Array.isArray(needs) ? { needs: needs.map((text) => ({ text })) } : {}),
  };
}

type Read = { value: unknown } | { what: string; next: string };
type Asked = { field: string; form: FieldForm; source: Extract<Source, { column: string }> };

function valueIn(written: string, asked: Asked, tables: Tables): Read {
  const { form, source } = asked;
  if (written === '') return isOptional(form) || source.optional ? { value: null } : EMPTY;
  if (form.startsWith('day')) return dayAs(written, asked, tables);
  if (form.startsWith('texts')) return textsIn(written, source, tables.mapping);
  if (form === 'amount') return { value: written.replace(/[£,\s]/g, '') };
  const meant = meaningOf(written, source, tables.mapping);
  if (form === 'certainty' && 'value' in meant && !EVIDENCE_OF_DETENTION.some((known) => known === meant.value))
    return NOT_SURE;
  if ('what' in meant || form !== 'section' || typeof meant.value === 'object') return meant;
  return { value: { system: source.system ?? '', code: String(meant.value) } };
}

const NOT_SURE = {
  what: `is none of ${EVIDENCE_OF_DETENTION.join(', ')}`,
  next: 'mend the cell, or name a list of words in the mapping that says what each means',
};

const EMPTY = { what: 'is empty', next: 'fill it, or take the row out' };

function meaningOf(
  written: string,
  { words }: Asked['source'],
  mapping: LoadMapping,
): { value: Word } | { what: string; next: string } {
  if (words === undefined) return { value: written };
  const value = mapping.words.get(words)?.get(tidyWord(written));
  if (value !== undefined) return { value };
  return {
    what: `says something that is not in the list words.${words}`,
    next: `add it to words.${words} in the mapping if its meaning is certain; never guess it`,
  };
}

function textsIn(written: string, source: Asked['source'], mapping: LoadMapping): Read {
  const each = (source.separator === undefined ? [written] : written.split(source.separator)).map((part) =>
    part.trim(),
  );
  const read = each.filter((part) => part !== '').map((part) => meaningOf(part, source, mapping));
  const unknown = read.find((one) => 'what' in one);
  return unknown ?? { value: read.map((one) => ('value' in one ? one.value : '')) };
}

const A_YEAR = {
  what: 'is a year, or a number of a day: it cannot be told which',
  next: 'write the day in full, as in the papers',
};

function dayAs(written: string, { field }: Asked, { mapping, today }: Tables): Read {
  const rule: DateRule = mapping.dates;
  const day = dayIn(written, rule);
  if (day === null && mayBeYear(written)) return A_YEAR;
  if (day === null)
    return {
      what: `is no day that can be, written as ${rule.formats.join(' or ')}`,
      next: 'mend the cell, or add the format to dates.formats',
    };
  if (day > today && !mayBeAhead(field))
    return {
      what: 'is a day still to come',
      next: 'mend the year; with two digits it is dates.twoDigitYearsFrom that decides',
    };
  return { value: day };
}

/** The column that the first mistake in a whole fact is about. */
function troubleOf(mistakes: string, { kind, fields }: FactRecipe): Trouble {
  const [field = ''] = mistakes.split(/[.:]/);
  const column = columnOf({ fields }, field === 'lead' ? 'leadRole' : field);
  return { column, what: `${kind}: ${mistakes}`, next: 'mend the cell, or the mapping' };
}

function columnOf({ fields }: Pick<FactRecipe, 'fields'>, field: string): string | null {
  const source = fields.find((candidate) => candidate.field === field)?.source;
  return source && 'column' in source ? source.column : null;
}
