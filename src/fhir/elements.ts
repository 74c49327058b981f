import { z } from 'zod';
import type { IssueCode } from './issue.js';

/** An extension as far as it is read here; other kinds of value are left out. */
export type Extension = {
  url: string;
  extension?: Extension[] | undefined;
  valueBoolean?: boolean | undefined;
  valueCode?: string | undefined;
  valueString?: string | undefined;
  /** As written: whether it is a day is judged where it is read. */
  valueDate?: string | undefined;
  valueCoding?: Coding | undefined;
  valueCodeableConcept?: CodeableConcept | undefined;
  valueIdentifier?: Identifier | undefined;
  valuePeriod?: Period | undefined;
};

/** Of one list; the whole is bounded by the size of a message. */
const MAX_ITEMS = 1_000;

/** Marks a refusal as one of the value itself, and not of how values stand together. */
const VALUE: { of: IssueCode } = { of: 'value' };

const mustBeAbsent = (of: IssueCode, message: string) =>
  z
    .unknown()
    .optional()
    .refine((value) => value === undefined, { message, params: { of } });

/** R4 extensibility: what may turn the meaning of all around it, and is not known here, cannot be passed over. */
export const modifiable = {
  modifierExtension: mustBeAbsent('extension', 'may change what all of this means, and none is known here'),
};
/** R4 Resource.implicitRules: what is not understood must not be processed. */
export const ruled = { implicitRules: mustBeAbsent('not-supported', 'names rules that are not known here') };

/** FHIR R4 `string`: not empty, and no control characters but tab and line ends. */
export const text = z
  .string()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  .regex(/^[^\x00-\x08\x0b\x0c\x0e-\x1f\p{Surrogate}]*$/u, 'has characters that no FHIR string may have')
  .refine((value) => value.trim() !== '', { message: 'is empty', params: VALUE });
const uri = text.refine((value) => !/\s/.test(value), { message: 'is not a URI: it has blanks', params: VALUE });
export const logicalId = z.string().regex(/^[A-Za-z0-9\-.]{1,64}$/, 'is not an id: letters, digits, - and . up to 64');

const DAY = /^\d{4}-\d{2}-\d{2}/;
const isRealDay = (value: string): boolean => {
  if (!DAY.test(value)) return true;
  const day = value.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === day;
};

const TIME = 'T([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?(Z|[+-]((0\\d|1[0-3]):[0-5]\\d|14:00))';
const stamp = (form: string, says: string) =>
  z
    .string()
    .regex(new RegExp(`^${form}$`), says)
    .refine(isRealDay, { message: 'is a day that does not exist', params: VALUE });
/** A moment with seconds and an offset. */
export const instant = stamp(`\\d{4}-\\d{2}-\\d{2}${TIME}`, 'is not an instant such as 2026-03-01T10:00:00Z');
export const dateTime = stamp(
  `\\d{4}(-\\d{2}(-\\d{2}(${TIME})?)?)?`,
  'is not a dateTime such as 2026-03-01 or 2026-03-01T10:00:00+00:00 (a time needs seconds and an offset)',
);
export const date = stamp('\\d{4}(-\\d{2}(-\\d{2})?)?', 'is not a date such as 2026-03-01');

export const list = <T extends z.ZodType>(of: T) =>
  z.array(of).min(1, 'is an empty list').max(MAX_ITEMS, `has more than ${MAX_ITEMS} items`);
/** Where a list of primitive values has extensions beside it, a value may be null. */
export const texts = z
  .array(text.nullable())
  .max(MAX_ITEMS, `has more than ${MAX_ITEMS} items`)
  .transform((all) => all.flatMap((each) => each ?? []));

export const Coding = z.object({ system: uri.optional(), code: text.optional(), display: text.optional() });
export type Coding = z.infer<typeof Coding>;

export const CodeableConcept = z.object({ coding: list(Coding).optional(), text: text.optional() });
export type CodeableConcept = z.infer<typeof CodeableConcept>;

/** R4 per-1: a start is not after its end. Compared where both are whole moments, else by the day as written. */
export const Period = z
  .object({ start: dateTime.optional(), end: dateTime.optional() })
  .refine(({ start, end }) => start === undefined || end === undefined || !isAfter(start, end), {
    path: ['end'],
    message: 'is before the start',
  });
export type Period = z.infer<typeof Period>;

function isAfter(start: string, end: string): boolean {
  if (start.length > 10 && end.length > 10) return Date.parse(start) > Date.parse(end);
  const length = Math.min(start.length, end.length, 10);
  return start.slice(0, length) > end.slice(0, length);
}

/** `use` as written: one that is not known says nothing. */
const use = text.optional();

export const Extension: z.ZodType<Extension> = z.lazy(() =>
  z.object({
    url: uri,
    extension: list(Extension).optional(),
    valueBoolean: z.boolean().optional(),
    valueCode: text.optional(),
    valueString: text.optional(),
    valueDate: z.string().optional(),
    valueCoding: Coding.optional(),
    valueCodeableConcept: CodeableConcept.optional(),
    valueIdentifier: Identifier.optional(),
    valuePeriod: Period.optional(),
  }),
);
export const extensions = list(Extension).optional();

/** `assigner` is a reference, of which the identifier and the text are read. */
export type Identifier = {
  use?: string | undefined;
  system?: string | undefined;
  value?: string | undefined;
  extension?: Extension[] | undefined;
  assigner?: Reference | undefined;
};
export type Reference = {
  reference?: string | undefined;
  type?: string | undefined;
  identifier?: Identifier | undefined;
  display?: string | undefined;
};

export const Identifier: z.ZodType<Identifier> = z.lazy(() =>
  z.object({
    use,
    system: uri.optional(),
    value: text.optional(),
    extension: extensions,
    assigner: Reference.optional(),
  }),
);

export const Reference: z.ZodType<Reference> = z.lazy(() =>
  z.object({
    reference: text.optional(),
    type: uri.optional(),
    identifier: Identifier.optional(),
    display: z.string().optional(),
  }),
);

export const HumanName = z.object({ use, text: text.optional(), family: text.optional(), given: texts.optional() });
export const Address = z.object({ use, postalCode: text.optional(), period: Period.optional() });
export const Meta = z.object({ lastUpdated: instant.optional() });
