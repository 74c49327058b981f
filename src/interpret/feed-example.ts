import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import type { LocalId, MessageFact } from '../register/fact.js';
import type { Interpretation } from './interpret.js';
import { readYaml } from './yaml-file.js';

/** A fact as an example writes it: what was said of whom and when, without ids and without who said it. */
export type ExampleFact = { kind: string; effectiveAt: string; nhsNumber: string | null } & Record<string, unknown>;

const Expectation = z.strictObject({
  /** What the example shows, for whoever reads it. */
  story: z.string().min(1, 'is empty'),
  /** Of the sender, for times without an offset. */
  timeZone: z.string().default('Europe/London'),
  outcome: z.enum(['interpreted', 'ignored', 'parked']),
  fault: z.strictObject({ code: z.string(), where: z.string() }).nullable().default(null),
  facts: z.array(z.looseObject({ kind: z.string(), effectiveAt: z.string(), nhsNumber: z.string().nullable() })),
});
export type Expectation = z.infer<typeof Expectation>;

/** `expected` null: nobody has written down yet what the message means. */
export type FeedExample = { name: string; file: string; bytes: Uint8Array; expected: Expectation | null };
export type FeedExamples = { examples: FeedExample[]; mistakes: string[] };

const FACTS = '.facts.json';
/** HL7 v2 and FHIR. */
const MESSAGES = ['.hl7', '.json'];

/** The examples beside a feed definition, by name: `<name>.hl7` or `.json` is one message, `<name>.facts.json` what it says. */
export function readFeedExamples(folder: string): FeedExamples {
  if (!existsSync(folder)) return { examples: [], mistakes: [] };
  const files = readdirSync(folder).sort();
  const messages = files.filter((file) => !file.endsWith(FACTS) && MESSAGES.includes(extname(file)));
  const names = new Set(messages.map(nameOf));
  const mistakes = files
    .filter((file) => file.endsWith(FACTS) && !names.has(basename(file, FACTS)))
    .map((file) => `${join(folder, file)}: there is no message ${basename(file, FACTS)} beside it`);
  const examples = messages.map((message): FeedExample => {
    const name = nameOf(message);
    const read = readExpectation(join(folder, `${name}${FACTS}`));
    mistakes.push(...read.mistakes);
    const file = join(folder, message);
    return { name, file, bytes: readFileSync(file), expected: read.expected };
  });
  return { examples, mistakes };
}

const nameOf = (file: string): string => basename(file, extname(file));

/** JSON is YAML: so a mistake is named with its line. */
function readExpectation(file: string): { expected: Expectation | null; mistakes: string[] } {
  if (!existsSync(file)) return { expected: null, mistakes: [] };
  const text = readFileSync(file, 'utf8');
  const read = readYaml(text, file, Expectation);
  if (read.kind === 'mistakes') return { expected: null, mistakes: read.mistakes };
  return { expected: read.value, mistakes: [] };
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
      return key === 'status' ? withoutWording(inner) : inner;
    }),
  );

function withoutWording(status: unknown): unknown {
  if (typeof status !== 'object' || status === null || !('text' in status)) return status;
  const { text: _, ...codes } = status;
  return codes;
}

const isLocalId = (value: unknown): value is LocalId =>
  typeof value === 'object' && value !== null && 'authority' in value && 'value' in value;
