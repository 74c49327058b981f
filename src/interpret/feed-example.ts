import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { LocalId, MessageFact } from '../register/fact.js';
import type { Interpretation } from './interpret.js';

/** A fact as an example writes it: what was said of whom and when, without ids and without who said it. */
export type ExampleFact = { kind: string; effectiveAt: string; nhsNumber: string | null } & Record<string, unknown>;

const Expectation = z.strictObject({
  /** What the example shows, for whoever reads it. */
  story: z.string().min(1),
  /** Of the sender, for times without an offset. */
  timeZone: z.string().default('Europe/London'),
  outcome: z.enum(['interpreted', 'ignored', 'parked']),
  fault: z.strictObject({ code: z.string(), where: z.string() }).nullable().default(null),
  facts: z.array(z.looseObject({ kind: z.string(), effectiveAt: z.string(), nhsNumber: z.string().nullable() })),
});
export type Expectation = z.infer<typeof Expectation>;

/** `expected` null: nobody has written down yet what the message means. */
export type FeedExample = { name: string; bytes: Uint8Array; expected: Expectation | null };
export type FeedExamples = { examples: FeedExample[]; mistakes: string[] };

const MESSAGE = '.hl7';
const FACTS = '.facts.json';

/** The examples beside a feed definition, by name: `<name>.hl7` is one message, `<name>.facts.json` what it says. */
export function readFeedExamples(folder: string): FeedExamples {
  if (!existsSync(folder)) return { examples: [], mistakes: [] };
  const files = readdirSync(folder).sort();
  const names = files.filter((file) => file.endsWith(MESSAGE)).map((file) => basename(file, MESSAGE));
  const mistakes = files
    .filter((file) => file.endsWith(FACTS) && !names.includes(basename(file, FACTS)))
    .map((file) => `${join(folder, file)}: there is no message ${basename(file, FACTS)}${MESSAGE} beside it`);
  const examples = names.map((name) => {
    const read = readExpectation(join(folder, `${name}${FACTS}`));
    mistakes.push(...read.mistakes);
    return { name, bytes: readFileSync(join(folder, `${name}${MESSAGE}`)), expected: read.expected };
  });
  return { examples, mistakes };
}

function readExpectation(file: string): { expected: Expectation | null; mistakes: string[] } {
  if (!existsSync(file)) return { expected: null, mistakes: [] };
  try {
    const checked = Expectation.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (checked.success) return { expected: checked.data, mistakes: [] };
    const mistakes = checked.error.issues.map(
      ({ path, message }) => `${file}: ${path.join('.') || 'file'}: ${message}`,
    );
    return { expected: null, mistakes };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { expected: null, mistakes: [`${file}: is not JSON: ${error.message}`] };
  }
}

/** What was found in a message, in the form of an example. */
export function exampleForm({ outcome, fault, facts }: Interpretation): Omit<Expectation, 'story' | 'timeZone'> {
  return {
    outcome,
    fault: fault === null ? null : { code: fault.code, where: fault.where },
    facts: facts.map(exampleFact),
  };
}

function exampleFact({ id: _id, source: _source, ...fact }: MessageFact): ExampleFact {
  const { kind, effectiveAt, nhsNumber, localIds, ...said } = fact;
  return { kind, effectiveAt, nhsNumber, ...(short({ localIds, ...said }) as Record<string, unknown>) };
}

/** The sender's own numbers as `authority:number`; a legal status without its wording, which belongs to the table. */
const short = (value: object): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      if (isLocalId(inner)) return `${inner.authority}:${inner.value}`;
      return key === 'text' ? undefined : inner;
    }),
  );

const isLocalId = (value: unknown): value is LocalId =>
  typeof value === 'object' && value !== null && 'authority' in value && 'value' in value;
