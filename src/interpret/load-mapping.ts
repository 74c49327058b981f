import { readFileSync } from 'node:fs';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Codes } from './codes.js';
import { DATE_FORMATS, hasShortYear } from './load-date.js';
import { FACT_FIELDS, type FieldForm, isOptional, type LoadedKind } from './load-fields.js';

const text = z.string('is not text: write it in quotes').trim().min(1, 'is empty');
const coded = z.strictObject({ system: text, code: text });
const word = z.union(
  [text, z.boolean(), coded],
  'is neither text (write codes in quotes), true, false, nor {system, code}',
);

/** Where a field's value comes from: a column, perhaps by way of a list of words, or always the same. */
const Source = z
  .strictObject({
    column: text.optional(),
    value: z.union([word, z.array(text)]).optional(),
    /** A list under `words`: what each word of the column means. */
    words: text.optional(),
    /** The code system of a section whose column or words hold the code alone. */
    system: text.optional(),
    /** What separates several values in one cell. */
    separator: text.optional(),
    optional: z.boolean().default(false),
  })
  .refine(({ column, value }) => (column === undefined) !== (value === undefined), 'give it a column, or a value')
  .transform(
    ({ column, value, ...rest }): Source => (column === undefined ? { value: value ?? '' } : { column, ...rest }),
  );
type FromColumn = {
  column: string;
  words?: string | undefined;
  system?: string | undefined;
  separator?: string | undefined;
  optional: boolean;
};
export type Source = FromColumn | { value: Word | string[] };
export type Word = z.infer<typeof word>;

const When = z.union([
  text.transform((column) => ({ column, is: null })),
  z.strictObject({ column: text, is: z.array(text).min(1) }),
]);

const factOf = (kind: LoadedKind) =>
  z.strictObject({
    kind: z.literal(kind),
    /** Made only from rows in which this column is filled, or says one of these words. */
    when: When.optional(),
    ...Object.fromEntries(
      Object.entries(FACT_FIELDS[kind]).map(([field, form]) => [field, isOptional(form) ? Source.optional() : Source]),
    ),
  });
const KINDS = Object.keys(FACT_FIELDS) as LoadedKind[];
type AnyFact = ReturnType<typeof factOf>;

const LoadMapping = z.strictObject({
  title: text,
  statedBy: z.strictObject({ organisation: text, name: text, role: text }),
  /** The line that names the columns; what stands above it is passed over. */
  headerLine: z.number().int().min(1).max(100).default(1),
  dates: z.strictObject({
    formats: z.array(z.enum(DATE_FORMATS, `is none of ${DATE_FORMATS.join(', ')}`)).min(1),
    twoDigitYearsFrom: z.number().int().min(1850).max(1999).nullable().default(null),
  }),
  person: z.strictObject({
    nhsNumber: text,
    /** The trust's own numbering, for rows without an NHS number: as the trust's messages give it. */
    localId: z.strictObject({ column: text, sender: text, authority: text }).optional(),
  }),
  words: z.record(z.string(), z.record(z.string(), word)).default({}),
  facts: z.array(z.discriminatedUnion('kind', KINDS.map(factOf) as [AnyFact, ...AnyFact[]])).min(1),
});

type Checked = z.infer<typeof LoadMapping>;

/** One fact that rows make: where each of its fields comes from. */
export type FactRecipe = {
  kind: LoadedKind;
  when: { column: string; is: string[] | null } | null;
  fields: { field: string; form: FieldForm; source: Source }[];
};

/** What the columns of a spreadsheet mean (`docs/load.md`). */
export type LoadMapping = Omit<Checked, 'facts' | 'words'> & {
  facts: FactRecipe[];
  /** By name of the list; the words in small letters with single spaces. */
  words: ReadonlyMap<string, ReadonlyMap<string, Word>>;
};

export type LoadMappingResult = { kind: 'mapping'; mapping: LoadMapping } | { kind: 'mistakes'; mistakes: string[] };

type Mistake = { path: readonly PropertyKey[]; what: string };

/** Reads a mapping. Every mistake names its line, and all are reported at once. */
export function readLoadMapping(file: string, codes: Codes): LoadMappingResult {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, what: string) => `${file}:${lines.linePos(offset).line}: ${what}`;
  if (document.errors.length > 0) {
    return { kind: 'mistakes', mistakes: document.errors.map((error) => at(error.pos[0], error.message)) };
  }
  const checked = LoadMapping.safeParse(document.toJS());
  const mistakes = checked.success ? mistakesTogether(checked.data, codes) : checked.error.issues.flatMap(mistakesOf);
  if (checked.success && mistakes.length === 0) return { kind: 'mapping', mapping: prepared(checked.data) };
  return {
    kind: 'mistakes',
    mistakes: mistakes.map(({ path, what }) =>
      at(offsetOf(document, path), `${path.join('.') || 'the file'}: ${what}`),
    ),
  };
}

/** A word however it is written: capitals and spaces make no difference. */
export const tidyWord = (written: string): string => written.trim().replace(/\s+/g, ' ').toLowerCase();

/** What no single value shows. */
function mistakesTogether(mapping: Checked, codes: Codes): Mistake[] {
  const { formats, twoDigitYearsFrom } = mapping.dates;
  const century =
    formats.some(hasShortYear) && twoDigitYearsFrom === null
      ? [
          {
            path: ['dates'],
            what: 'two-digit years are allowed: say from which year they count with twoDigitYearsFrom',
          },
        ]
      : [];
  const inFacts = mapping.facts.flatMap((fact, row) =>
    fieldsOf(fact).flatMap(({ field, form, source }) =>
      fieldMistakes(form, source, mapping).map((what) => ({ path: ['facts', row, field], what })),
    ),
  );
  return [
    ...century,
    ...wordMistakes(mapping),
    ...inFacts,
    ...(inFacts.length === 0 ? unmappedSections(mapping, codes) : []),
  ];
}

const wordMistakes = ({ words }: Checked): Mistake[] =>
  Object.entries(words).flatMap(([list, of]) => {
    const seen = new Set<string>();
    return Object.keys(of).flatMap((written) => {
      const again = seen.has(tidyWord(written));
      seen.add(tidyWord(written));
      return again ? [{ path: ['words', list, written], what: 'stands twice, but for capitals and spaces' }] : [];
    });
  });

function fieldMistakes(form: FieldForm, source: Source, { words }: Checked): string[] {
  if ('value' in source)
    return valueFits(form, source.value) ? [] : [`the value does not fit: ${WANTED[baseOf(form)]}`];
  const list = source.words === undefined ? null : words[source.words];
  if (list === undefined) return [`there is no list ${source.words} under words`];
  const values = list === null ? [] : Object.values(list);
  const withSystem = values.map((value) =>
    typeof value === 'string' && source.system ? { system: source.system, code: value } : value,
  );
  if (baseOf(form) === 'section' && list === null && !source.system)
    return [`name a list of words, or the system of the codes`];
  if (baseOf(form) === 'flag' && list === null)
    return ['name a list of words that says which mean true and which false'];
  return withSystem.every((value) => valueFits(form, value))
    ? []
    : [`a word of ${source.words} does not fit: ${WANTED[baseOf(form)]}`];
}

/** A section that the code tables do not know would refuse every row that uses it. */
function unmappedSections({ facts, words }: Checked, codes: Codes): Mistake[] {
  return facts.flatMap((fact) =>
    fieldsOf(fact).flatMap(({ form, source }) => {
      if (form !== 'section' || 'value' in source || source.words === undefined) return [];
      const { words: list, system } = source;
      return Object.entries(words[list] ?? {}).flatMap(([written, value]) => {
        const section = typeof value === 'object' ? value : { system: system ?? '', code: String(value) };
        const answer = codes.legalStatus(section.system, section.code);
        return answer.kind === 'mapped' ? [] : [{ path: ['words', list, written], what: answer.text }];
      });
    }),
  );
}

const baseOf = (form: FieldForm): string => form.replace('?', '');

const WANTED: Record<string, string> = {
  section: 'a section is {system, code}, or a code with the system beside the column',
  flag: 'true or false',
  day: 'a day comes from a column',
  text: 'text',
  texts: 'a list of texts, or text',
  amount: 'text such as "120.50"',
};

function valueFits(form: FieldForm, value: unknown): boolean {
  if (baseOf(form) === 'section') return typeof value === 'object' && value !== null && 'system' in value;
  if (baseOf(form) === 'flag') return typeof value === 'boolean';
  if (baseOf(form) === 'texts' && Array.isArray(value)) return true;
  return baseOf(form) !== 'day' && typeof value === 'string';
}

function fieldsOf(fact: Checked['facts'][number]): FactRecipe['fields'] {
  const sources = fact as Record<string, unknown>;
  return Object.entries(FACT_FIELDS[fact.kind]).flatMap(([field, form]) => {
    const source = sources[field];
    return source === undefined ? [] : [{ field, form, source: source as Source }];
  });
}

const prepared = ({ facts, words, ...rest }: Checked): LoadMapping => ({
  ...rest,
  words: new Map(
    Object.entries(words).map(([list, of]) => [
      list,
      new Map(Object.entries(of).map(([written, value]) => [tidyWord(written), value])),
    ]),
  ),
  facts: facts.map((fact) => ({ kind: fact.kind, when: fact.when ?? null, fields: fieldsOf(fact) })),
});

/** One mistake for each unknown key, at that key. */
function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], what: 'is not a setting here: see docs/load.md' }));
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'kind')
    return [{ path: issue.path, what: `is none of ${KINDS.join(', ')}` }];
  if (issue.code === 'invalid_type' && issue.input === undefined) return [{ path: issue.path, what: 'is missing' }];
  return [{ path: issue.path, what: issue.message }];
}

/** The place of the deepest part of the path that is written down. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
