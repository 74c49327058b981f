import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { instantOf } from '../hl7v2/time.js';
import { isDay } from '../register/day.js';
import type { LocalId, StatedFact } from '../register/fact.js';
import { DECISIONS, FOUND, OUTCOMES } from '../register/stated-words.js';
import { MOST_OF_CASE_ID, MOST_OF_REASON } from './answer-length.js';
import type { Codes } from './codes.js';
import { factId } from './maker.js';
import { isNhsNumber, tidyNhsNumber } from './nhs-number.js';

const day = z
  .string()
  .refine((text) => isDay(text) && text >= '1900' && text < '2200', 'is not a day that can be (YYYY-MM-DD)');
const text = z.string().trim().min(1, 'is empty');
const atMost = (most: number) => text.max(most, `is longer than ${most} characters`);
/** People's own word for what only people read, written in one way: some of them decide something (`person`, `follow-up`). */
const word = text.transform((said) => said.toLowerCase().replace(/[\s_]+/g, '-'));
const bodyCode = text.regex(/^[A-Za-z0-9]{3,9}$/, 'is not a code: give a GSS or an ODS code');
/** As people write it, too: in groups. */
const nhsNumber = z.preprocess(
  (written) => (typeof written === 'string' ? tidyNhsNumber(written) : written),
  z.string().refine(isNhsNumber, 'fails the NHS number check (modulus 11)'),
);
const common = {
  // Compared with what was recorded, which PostgreSQL writes in small letters.
  id: z.guid().toLowerCase().optional(),
  nhsNumber: nhsNumber.nullable(),
  statedBy: z.strictObject({ organisation: text, name: text, role: text }),
};
const standing = z.enum(['agreed', 'provisional', 'disputed', 'unknown']);
const reason = z.enum([
  'needs-reassessed-none-remaining',
  'discharged-from-specialist-services',
  'settled',
  'time-passed',
  'readmitted-informally-or-s2',
  'deprived-of-liberty',
  'cto-or-leave-ended',
  'declined-services',
  'moved-area',
  'gp-changed',
  'care-home',
  'chc-funded',
  'no-services-at-present',
]);
const service = z.strictObject({
  text,
  provider: text.nullable().default(null),
  fundedBy: z.enum(['s117', 'care-act', 'nhs']).nullable().default(null),
});
const kind = <K extends string, S extends z.ZodRawShape>(name: K, shape: S) =>
  z.strictObject({ kind: z.literal(name), ...common, ...shape });

/** The kinds and fields of `contract.md`, "Facts by people". */
const Line = z.discriminatedUnion('kind', [
  kind('council-determined', { effectiveOn: day, council: bodyCode, standing, basis: text.nullable().default(null) }),
  kind('icb-determined', { effectiveOn: day, icb: bodyCode, standing, basis: text.nullable().default(null) }),
  kind('detention', {
    section: z.strictObject({ system: text, code: text }),
    from: day,
    to: day.nullable().default(null),
    certainty: text,
  }),
  kind('left-hospital', { on: day }),
  kind('aftercare-decision', {
    body: z.enum(['council', 'icb', 'trust']),
    decision: z.enum(DECISIONS),
    decidedOn: day,
    reasons: z.array(reason),
    personInvolved: z.boolean(),
    evidence: text.nullable().default(null),
  }),
  kind('notice-given', { on: day }),
  kind('reinstated', { from: day, reason: text }),
  kind('plan', {
    agreedOn: day,
    lead: z.strictObject({ name: text, role: text }).nullable().default(null),
    needs: z.array(z.strictObject({ text, services: z.array(service).default([]) })).default([]),
    reviewDue: day.nullable().default(null),
    // Optional and without a default: a plan that says nothing of them keeps the id it always had.
    crisisPlan: text.optional(),
    participants: z.array(text).optional(),
    copyGivenOn: day.optional(),
    accommodation: z.strictObject({ meetsNeed: z.boolean(), because: text }).optional(),
  }),
  kind('review', {
    heldOn: day,
    attended: z.array(word),
    outcome: word,
    nextDue: day.nullable().default(null),
  }),
  kind('charge', {
    from: day,
    to: day.nullable().default(null),
    // A number of something else, read as a weekly amount, would drown every sum.
    amountPerWeek: z.string().regex(/^\d{1,6}(\.\d{1,2})?$/, 'is not an amount such as 120.50'),
    for: text,
    recordedAs: z.enum(['s117', 'care-act', 'other']).optional(),
    accommodation: z.boolean().optional(),
  }),
  kind('register-entry', {
    body: z.enum(['council', 'icb', 'trust']),
    on: day,
    status: z.enum(['none', 'prospective', 'active', 'ended', 'died']),
    from: day.nullable().default(null),
    to: day.nullable().default(null),
    council: bodyCode.nullable().default(null),
    icb: bodyCode.nullable().default(null),
    caseId: text.nullable().default(null),
    birthDate: day.optional(),
  }),
  kind('reply', {
    body: z.enum(['council', 'icb']),
    on: day,
    outcome: z.enum(OUTCOMES),
    reason: atMost(MOST_OF_REASON).nullable().default(null),
    caseId: atMost(MOST_OF_CASE_ID).nullable().default(null),
  }),
  kind('history-checked', { on: day, found: z.enum(FOUND), sources: z.array(text) }),
  kind('died', { on: day, verified: z.boolean() }),
  kind('identity-separated', { from: nhsNumber }),
  kind('answer', { question: text, option: text, because: text }),
  kind('withdrawn', { fact: text, because: text }),
]);
type Line = z.infer<typeof Line>;

/** The same as JSON Schema. */
export const statedSchema = (): object => z.toJSONSchema(Line, { io: 'input', unrepresentable: 'any' });

export type StatedResult = { kind: 'facts'; facts: StatedFact[] } | { kind: 'mistakes'; mistakes: string[] };

/** What is wrong with one field: its path, such as `lead.name`, or `fact` for the whole. Never repeats what was written. */
export type Mistake = { field: string; text: string };
export type ReadFact = { kind: 'fact'; fact: StatedFact } | { kind: 'mistakes'; mistakes: Mistake[] };

/** Facts by people, one JSON object a line. All or nothing: every mistake is named with its line, and then no fact is taken. */
export function readStatedFacts(ndjson: string | Uint8Array, codes: Codes): StatedResult {
  const facts: StatedFact[] = [];
  const mistakes: string[] = [];
  linesOf(ndjson).forEach((written, index) => {
    if (written?.trim() === '') return;
    const read = written === null ? NOT_UTF8 : takenWith(facts, readLine(written, codes));
    if (typeof read === 'string') mistakes.push(`line ${index + 1}: ${read}`);
    else facts.push(read);
  });
  return mistakes.length > 0 ? { kind: 'mistakes', mistakes } : { kind: 'facts', facts };
}

const NOT_UTF8 = 'is not UTF-8: save the file as UTF-8';

/** The lines as text; null for one whose bytes are no UTF-8, in which letters would be lost. */
function linesOf(ndjson: string | Uint8Array): (string | null)[] {
  if (typeof ndjson === 'string') return ndjson.replace(/^\uFEFF/, '').split(/\r?\n/);
  const lines: (string | null)[] = [];
  for (let from = 0; from <= ndjson.length; ) {
    const end = ndjson.indexOf(0x0a, from);
    const until = end < 0 ? ndjson.length : end;
    lines.push(utf8(ndjson.subarray(from, until)));
    from = until + 1;
  }
  return lines;
}

/** Without the mark with which a file may begin. */
function utf8(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : null;
}

/** An id is one fact's: a line that gives it other content is a mistake. */
function takenWith(facts: readonly StatedFact[], read: StatedFact | string): StatedFact | string {
  if (typeof read === 'string') return read;
  const same = facts.find(({ id }) => id === read.id);
  return same && !isDeepStrictEqual(same, read) ? 'id: an earlier line has it with other content' : read;
}

function readLine(written: string, codes: Codes): StatedFact | string {
  const json = parseJson(written);
  return json === undefined ? 'is not a JSON object' : statedFact(json, codes);
}

/**
 * One fact in the form of `contract.md`, or every mistake in it as text: `field: what; field: what`. `localIds` name a
 * person whose NHS number is null.
 */
export function statedFact(stated: unknown, codes: Codes, localIds: readonly LocalId[] = []): StatedFact | string {
  const read = readStatedFact(stated, codes, localIds);
  return read.kind === 'fact' ? read.fact : read.mistakes.map(({ field, text }) => `${field}: ${text}`).join('; ');
}

/** As `statedFact`, with each mistake beside its field. */
export function readStatedFact(stated: unknown, codes: Codes, localIds: readonly LocalId[] = []): ReadFact {
  const checked = Line.safeParse(stated);
  if (!checked.success) return { kind: 'mistakes', mistakes: checked.error.issues.map(mistakeOf) };
  const made =
    checked.data.nhsNumber === null && localIds.length === 0
      ? { field: 'nhsNumber', text: 'is missing or is not string' }
      : factFrom(checked.data, codes, localIds);
  return 'field' in made ? { kind: 'mistakes', mistakes: [made] } : { kind: 'fact', fact: made };
}

const mistakeOf = (issue: z.core.$ZodIssue): Mistake => ({ field: issue.path.join('.') || 'fact', text: plain(issue) });

/** What is wrong with a value that this field of a fact is to hold, or null. Other fields than `contract.md` has: null. */
export function fieldProblem(kind: Line['kind'], field: string, value: unknown): string | null {
  const shape: z.core.$ZodShape = Line.options.find((option) => option.shape.kind.value === kind)?.shape ?? {};
  const schema = shape[field];
  const [issue] = schema === undefined ? [] : (z.safeParse(schema, value).error?.issues ?? []);
  return issue === undefined ? null : plain(issue);
}

/** zod's own texts can repeat what was written; these never do. */
function plain(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `is missing or is not ${issue.expected}`;
  if (issue.code === 'unrecognized_keys') return `has fields that this kind does not: ${namesIn(issue.keys)}`;
  if (issue.code === 'invalid_union') return 'is a kind that is not known';
  if (issue.code === 'invalid_value') return `is none of ${issue.values.join(', ')}`;
  return issue.message;
}

/** Names of fields as a program gives them; anything else may be what somebody wrote of a person. */
function namesIn(keys: readonly string[]): string {
  const names = keys.filter((key) => /^[a-z][a-zA-Z]{0,29}$/.test(key));
  const others = keys.length - names.length;
  return [...names, ...(others > 0 ? [`${others} that cannot be the name of one`] : [])].join(', ');
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function factFrom(line: Line, codes: Codes, localIds: readonly LocalId[]): StatedFact | Mistake {
  const { id, nhsNumber, statedBy, kind: _kind, ...content } = line;
  const when = (on: string) => ({
    id: id ?? factId(localIds.length === 0 ? line : { ...line, localIds }),
    effectiveAt: startOf(on),
    source: { by: 'person' as const, statedBy },
    nhsNumber,
    localIds: [...localIds],
  });
  switch (line.kind) {
    case 'detention': {
      const status = codes.legalStatus(line.section.system, line.section.code);
      if (status.kind === 'unmapped') return { field: 'section', text: `${status.text}; ${status.next}` };
      const { from, to, certainty } = line;
      if (to !== null && to < from) return { field: 'to', text: 'is before from' };
      return { kind: 'detention-stated', ...when(from), status: status.value, from, to, certainty };
    }
    case 'register-entry': {
      const wrong = daysOfRegister(line);
      if (wrong !== null) return wrong;
      return { ...content, kind: line.kind, ...when(line.on) } as StatedFact;
    }
    case 'reply':
      if (line.outcome === 'rejected' && line.reason === null)
        return { field: 'reason', text: 'is missing: why it is rejected' };
      return { ...content, kind: line.kind, ...when(line.on) } as StatedFact;
    case 'charge':
      if (line.to !== null && line.to < line.from) return { field: 'to', text: 'is before from' };
      return { ...content, kind: line.kind, ...when(line.from) } as StatedFact;
    case 'left-hospital':
      return { kind: 'left-hospital-stated', ...when(line.on), on: line.on };
    case 'died':
      return { kind: 'died-stated', ...when(line.on), on: line.on, verified: line.verified };
    default:
      return { kind: line.kind, ...when(dayOf(line)), ...content } as StatedFact;
  }
}

/** What a register has on a day has begun by then, and what it has as ended has ended by then. */
function daysOfRegister({ status, on, from, to }: Extract<Line, { kind: 'register-entry' }>): Mistake | null {
  if (from !== null && to !== null && to < from) return { field: 'to', text: 'is before from' };
  const has = (state: string) => `is after on, and the register has the person as ${state} on that day`;
  const hasBegun = status === 'active' || status === 'ended';
  if (hasBegun && from !== null && from > on) return { field: 'from', text: has(status) };
  if (status === 'ended' && to !== null && to > on) return { field: 'to', text: has(status) };
  return null;
}

/** The day on which a stated fact became true; facts about the record itself are true from the beginning. */
function dayOf(line: Line): string {
  for (const field of ['effectiveOn', 'decidedOn', 'agreedOn', 'heldOn', 'on', 'from'] as const) {
    const value = field in line ? (line as Record<string, unknown>)[field] : undefined;
    if (typeof value === 'string' && isDay(value)) return value;
  }
  return '1900-01-01';
}

const startOf = (on: string): string =>
  instantOf(on.replaceAll('-', ''), 'Europe/London')?.instant ?? `${on}T00:00:00Z`;
