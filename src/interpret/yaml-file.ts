import { z } from 'zod';
import { type Path, type Problem, pathText, readWithLines, type WithLines } from '../yaml-lines.js';
import { didYouMean } from './suggest.js';

/** Prefixes problems with their file and line, and puts them in the order of the file. */
type Say = (problems: readonly Problem[]) => string[];
export type YamlResult<T> = { kind: 'value'; value: T; say: Say } | { kind: 'mistakes'; mistakes: string[] };

/**
 * YAML, or JSON, to a checked value. All mistakes are named at once, each with its line: what no parser reads, keys
 * written twice, keys that mean nothing (with the one that was probably meant), and values that cannot be.
 */
export function readYaml<T>(text: string, file: string, schema: z.ZodType<T>): YamlResult<T> {
  const written = readWithLines(text, file);
  if (written.kind === 'mistakes') return written;
  const say: Say = (problems) => written.lines(problems, ({ path, what }) => `${pathText(path)}: ${what}`);
  const checked = schema.safeParse(written.value);
  const wrong = checked.success ? [] : checked.error.issues.flatMap((issue) => problemsOf(issue, schema, written));
  const mistakes = say([...written.doubled, ...wrong]);
  return checked.success && mistakes.length === 0
    ? { kind: 'value', value: checked.data, say }
    : { kind: 'mistakes', mistakes };
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, schema: z.ZodType, written: WithLines, above: Path = []): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      what: `is not known here${didYouMean(key, keysAt(schema, path))}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    return bestOf(issue.errors).flatMap((inner) => problemsOf(inner, schema, written, path));
  }
  return [{ path, what: textOf(issue, written.at(path)) }];
}

/** Of the forms that a value may have, the one that the writer seems to have had in mind. */
function bestOf(forms: readonly (readonly Issue[])[]): readonly Issue[] {
  const isAnotherKind = (issues: readonly Issue[]) =>
    issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0);
  return forms.find((issues) => !isAnotherKind(issues)) ?? forms[0] ?? [];
}

function textOf(issue: Issue, written: unknown): string {
  if (issue.code === 'invalid_value') {
    return `is none of the words for it${didYouMean(String(written), issue.values.map(String))}`;
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code !== 'invalid_type') return issue.message;
  if (written === undefined || written === null) return 'is missing';
  if (issue.expected === 'string' && typeof written !== 'object') return 'must be text: write it in quotes';
  return KINDS[issue.expected] ?? `must be ${issue.expected}`;
}

const KINDS: Record<string, string> = {
  array: 'must be a list',
  object: 'must be settings, "name: value"',
  record: 'must be settings, "name: value"',
  string: 'must be text',
};

type JsonSchema = { properties?: Record<string, JsonSchema> } & Record<string, unknown>;

/** The keys that a schema knows at a place. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let nodes = formsOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  for (const step of path) {
    nodes = nodes.flatMap(({ properties, items, additionalProperties }) =>
      formsOf(typeof step === 'number' ? items : (properties?.[String(step)] ?? additionalProperties)),
    );
  }
  return [...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function formsOf(node: unknown): JsonSchema[] {
  if (!isSchema(node)) return [];
  const inner = [node.anyOf, node.oneOf, node.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [node, ...inner.flatMap(formsOf)];
}

const isSchema = (node: unknown): node is JsonSchema => typeof node === 'object' && node !== null;
