import { z } from 'zod';
import { DATE_FORMATS } from './load-date.js';
import { FACT_FIELDS, type FieldForm, type LoadedKind } from './load-fields.js';

export const text = z.string('is not text: write it in quotes').trim().min(1, 'is empty');
const coded = z.strictObject({ system: text, code: text });
export const word = z.union(
  [text, z.boolean(), coded],
  'is neither text (write codes in quotes), true, false, nor {system, code}',
);
export type Word = z.infer<typeof word>;

/** Where a field's value comes from: a column, perhaps by way of a list of words, or always the same. */
export const Source = z
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

/** One field of a fact, and where its value comes from. */
export type FieldSource = { field: string; form: FieldForm; source: Source };

export const Dates = z.strictObject({
  formats: z.array(z.enum(DATE_FORMATS, `is none of ${DATE_FORMATS.join(', ')}`)).min(1),
  twoDigitYearsFrom: z.number().int().min(1850).max(1999).nullable().default(null),
});

/** A word however it is written: capitals and spaces make no difference. */
export const tidyWord = (written: string): string => written.trim().replace(/\s+/g, ' ').toLowerCase();

export const KINDS = Object.keys(FACT_FIELDS) as LoadedKind[];

/** As much of a mapping as can be read, whatever else is wrong with it. */
export type Draft = {
  dates: z.infer<typeof Dates> | null;
  /** By name of the list, in the order of the file. */
  words: ReadonlyMap<string, readonly (readonly [written: string, means: Word])[]>;
  /** `nth`: which of the mapping's facts it is. */
  facts: readonly { nth: number; kind: LoadedKind; fields: FieldSource[] }[];
};

const anyMap = z.record(z.string(), z.unknown()).catch({});
const Outline = z
  .object({ dates: Dates.nullable().catch(null), words: anyMap, facts: z.array(z.unknown()).catch([]) })
  .catch({ dates: null, words: {}, facts: [] });
const Kinded = z.looseObject({ kind: z.enum(KINDS) });

/** Reads each part by itself, so that one that is wrong hides no mistake in the others. */
export function draftOf(written: unknown): Draft {
  const { dates, words, facts } = Outline.parse(written);
  const lists = Object.entries(words).map(
    ([list, of]) => [list, Object.entries(anyMap.parse(of)).flatMap(wordIn)] as const,
  );
  const kinded = facts.flatMap((fact, nth) => {
    const read = Kinded.safeParse(fact);
    return read.success ? [{ nth, kind: read.data.kind, fields: fieldsIn(read.data) }] : [];
  });
  return { dates, words: new Map(lists), facts: kinded };
}

function wordIn([written, means]: readonly [string, unknown]): (readonly [string, Word])[] {
  const read = word.safeParse(means);
  return read.success ? [[written, read.data]] : [];
}

function fieldsIn(fact: z.infer<typeof Kinded>): FieldSource[] {
  return Object.entries(FACT_FIELDS[fact.kind]).flatMap(([field, form]) => {
    const source = Source.safeParse(fact[field]);
    return source.success ? [{ field, form, source: source.data }] : [];
  });
}
