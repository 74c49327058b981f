import { z } from 'zod';
import { isCharset } from '../hl7v2/charset.js';
import { componentPath, fieldOnly, fieldPath, messagePath, segmentName } from './feed-paths.js';

/** One, or several of which the first that holds something counts. */
const oneOrMore = <T>(each: z.ZodType<T>) => z.union([each.transform((one) => [one]), z.array(each).min(1)]);
const places = oneOrMore(messagePath);
const text = z.string().min(1, 'is empty');
const oneOf = z.array(z.string().min(1, 'is empty')).min(1, 'is empty');

const matching = z.strictObject({ path: componentPath, is: oneOf });
const nhsNumber = z.strictObject({ field: fieldOnly, value: componentPath, where: matching.optional() });
const localIds = z.strictObject({
  field: fieldOnly,
  value: componentPath,
  /** `sender`: the number is of the trust's own numbering, whatever the message calls it. */
  authority: z.union([z.literal('sender'), componentPath]),
  where: matching.optional(),
  whereNot: matching.optional(),
});

/** Fields of one row: of the period's own, or of the row that belongs to it. */
const rowMatching = z.strictObject({ path: fieldPath, is: oneOf });
const rowField = z.union([fieldPath, z.strictObject({ row: rowMatching, value: fieldPath })]);
const rowPlaces = oneOrMore(rowField);
const body = z.strictObject({ code: rowPlaces, system: rowPlaces.optional() });

/** Whether a row may be used: what it says at `path` is one of `final`, one of `corrected`, or nothing. */
const resultStatus = z.strictObject({ path: fieldPath, final: oneOf, corrected: oneOf.optional() });

const periods = z.strictObject({
  segment: segmentName,
  where: rowMatching.optional(),
  group: fieldPath.optional(),
  id: rowPlaces.optional(),
  madeFrom: z
    .array(z.enum(['visit', 'status', 'from']))
    .min(1, 'is empty')
    .optional(),
  status: z.strictObject({ code: rowPlaces, text: rowPlaces.optional(), system: rowPlaces.optional() }),
  from: rowPlaces,
  to: rowPlaces.optional(),
  endReason: rowPlaces.optional(),
  action: rowPlaces.optional(),
  withdrawn: rowMatching.optional(),
  resultStatus: resultStatus.optional(),
  community: z.strictObject({ status: rowPlaces, from: rowPlaces, to: rowPlaces.optional() }).optional(),
  council: body.optional(),
  postcode: rowPlaces.optional(),
  commissioner: body.optional(),
});

/** What one trigger event tells about the stay or the record, besides the person and the periods. */
const effect = z.enum([
  'admitted',
  'admission-cancelled',
  'left',
  'left-if-stated',
  'left-cancelled',
  'leave-started',
  'leave-ended',
  'merged',
  'visit-moved',
  'deleted',
  'identity-told',
]);
export type Effect = z.infer<typeof effect>;

const word = z.union([
  text.transform((code) => ({ code, system: null })),
  z.strictObject({ code: text, system: text }),
]);

export const Feed = z.strictObject({
  format: z.literal('hl7v2').default('hl7v2'),
  feed: z.string().regex(/^[a-z0-9.-]+$/, 'is not a feed name'),
  title: text,
  charset: z
    .string()
    .refine(isCharset, 'is no character set of HL7 table 0211, such as UNICODE UTF-8 or 8859/1')
    .optional(),
  emptyQuotes: z.enum(['delete', 'nothing']).default('delete'),
  numbering: z.enum(['trust', 'feed']).default('trust'),
  nhsNumber: z.array(nhsNumber).min(1, 'is empty'),
  localIds: z.array(localIds),
  nhsNumberStatus: places.optional(),
  name: z.strictObject({ family: places, given: z.array(messagePath) }).optional(),
  birthDate: places.optional(),
  postcode: places.optional(),
  gpPractice: places.optional(),
  death: z
    .strictObject({
      indicator: places.optional(),
      on: places.optional(),
      yes: oneOf.default(['Y']),
      no: oneOf.default(['N']),
    })
    .optional(),
  patientClass: places.optional(),
  visit: places.optional(),
  admittedAt: places.optional(),
  leftAt: places.optional(),
  dischargeMethod: places.optional(),
  dischargeDestination: places.optional(),
  prior: z
    .strictObject({ nhsNumber: oneOrMore(nhsNumber), localIds: oneOrMore(localIds), visit: places.optional() })
    .optional(),
  eventTime: z.array(messagePath).min(1, 'is empty'),
  periods: periods.optional(),
  words: z.record(z.string(), z.record(z.string(), word)).default({}).transform(wordsFolded),
  triggers: z.record(z.string().regex(/^([A-Z]{3}\^)?[A-Z]\d{2}$/, 'is not a trigger event'), z.array(effect)),
});

/** A feed definition: where one kind of sender puts what. Data, not code (`mappings/feeds/README.md`). */
export type Feed = z.infer<typeof Feed>;
/** Where a value may stand: the first place that holds something counts. */
export type Places = readonly string[];
export type Periods = NonNullable<Feed['periods']>;
export type RowPlaces = Periods['from'];
export type RowMatching = z.infer<typeof rowMatching>;
export type Identifiers = Pick<Feed, 'nhsNumber' | 'localIds'>;

/** What a sender's word means in a code table: a code, and its system where the definition says so; else what was written. */
export function inCode(feed: Feed, table: string, code: string, system: string | null = null) {
  return feed.words.get(table)?.get(code.trim().toUpperCase()) ?? { code, system };
}

/** `written`: the word as the definition has it. `again`: others that are the same but for capitals; a check refuses them. */
export type Word = z.infer<typeof word> & { written: string; again: readonly Word[] };

type Words = ReadonlyMap<string, Word>;

/** Words are matched without regard to case; the tables in the order in which they are written. */
function wordsFolded(words: Record<string, Record<string, z.infer<typeof word>>>): ReadonlyMap<string, Words> {
  return new Map(Object.entries(words).map(([table, meanings]) => [table, folded(meanings)]));
}

function folded(meanings: Record<string, z.infer<typeof word>>): Words {
  const words = new Map<string, Word>();
  for (const [written, meant] of Object.entries(meanings)) {
    const key = written.trim().toUpperCase();
    const word = { ...meant, written, again: [] };
    const first = words.get(key);
    words.set(key, first ? { ...first, again: [...first.again, word] } : word);
  }
  return words;
}

/** A number of the sender's own, kept apart where the definition says that the trust has several numberings. */
export const numbered = (feed: Feed, number: string | null): string | null =>
  number !== null && feed.numbering === 'feed' ? `${feed.feed}/${number}` : number;
