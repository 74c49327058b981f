import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Problem, pathText, readWithLines } from '../yaml-lines.js';
import type { Codes } from './codes.js';
import { mistakesTogether } from './load-check.js';
import { FACT_FIELDS, isOptional, type LoadedKind } from './load-fields.js';
import {
  Dates,
  type Draft,
  draftOf,
  type FieldSource,
  KINDS,
  Source,
  text,
  tidyWord,
  type Word,
  word,
} from './load-source.js';

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
type AnyFact = ReturnType<typeof factOf>;

const LoadMapping = z.strictObject({
  title: text,
  statedBy: z.strictObject({ organisation: text, name: text, role: text }),
  /** The line that names the columns; what stands above it is passed over. */
  headerLine: z.number().int().min(1).max(100).default(1),
  dates: Dates,
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
  fields: FieldSource[];
};

/** What the columns of a spreadsheet mean (`docs/load.md`). */
export type LoadMapping = Omit<Checked, 'facts' | 'words'> & {
  facts: FactRecipe[];
  /** By name of the list; the words in small letters with single spaces. */
  words: ReadonlyMap<string, ReadonlyMap<string, Word>>;
};

export type LoadMappingResult = { kind: 'mapping'; mapping: LoadMapping } | { kind: 'mistakes'; mistakes: string[] };

/** Reads a mapping. Every mistake names its line, and all are reported at once. */
export function readLoadMapping(file: string, codes: Codes): LoadMappingResult {
  const written = readWithLines(readFileSync(file, 'utf8'), file);
  if (written.kind === 'mistakes') return written;
  const checked = LoadMapping.safeParse(written.value);
  const draft = draftOf(written.value);
  const inForm = checked.success ? [] : checked.error.issues.flatMap(problemsOf);
  const problems = [...written.doubled, ...inForm, ...mistakesTogether(draft, codes)];
  if (checked.success && problems.length === 0) return { kind: 'mapping', mapping: prepared(checked.data, draft) };
  return { kind: 'mistakes', mistakes: written.lines(problems, ({ path, what }) => `${pathText(path)}: ${what}`) };
}

function prepared({ facts, words: _words, ...rest }: Checked, draft: Draft): LoadMapping {
  const words = [...draft.words].map(
    ([list, of]) => [list, new Map(of.map(([written, means]) => [tidyWord(written), means]))] as const,
  );
  const recipes = draft.facts.map(({ nth, kind, fields }) => ({ kind, when: facts[nth]?.when ?? null, fields }));
  return { ...rest, words: new Map(words), facts: recipes };
}

/** One mistake for each unknown key, at that key. */
function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...issue.path, key], what: 'is not a setting here: see docs/load.md' }));
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'kind')
    return [{ path: issue.path, what: `is none of ${KINDS.join(', ')}` }];
  if (issue.code === 'invalid_type' && issue.input === undefined) return [{ path: issue.path, what: 'is missing' }];
  return [{ path: issue.path, what: issue.message }];
}
