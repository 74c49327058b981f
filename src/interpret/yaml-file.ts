import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { didYouMean } from './suggest.js';

export type Path = readonly PropertyKey[];
/** Something wrong, and the value or key it is wrong with. */
export type Problem = { path: Path; what: string };
/** Prefixes a problem with its file and line. */
export type Say = (problem: Problem) => string;
export type YamlResult<T> = { kind: 'value'; value: T; say: Say } | { kind: 'mistakes'; mistakes: string[] };

/**
 * YAML, or JSON, to a checked value. All mistakes are named at once, each with its line: what no parser reads, keys
 * written twice, keys that mean nothing (with the one that was probably meant), and values that cannot be.
 */
export function readYaml<T>(text: string, file: string, schema: z.ZodType<T>): YamlResult<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number, what: string) => `${file}:${lines.linePos(offset).line}: ${what}`;
  if (document.errors.length > 0) {
    return { kind: 'mistakes', mistakes: document.errors.map((error) => at(error.pos[0], error.message)) };
  }
  const say: Say = ({ path, what }) => at(offsetOf(document, path), `${pathText(path)}: ${what}`);
  const checked = schema.safeParse(document.toJS());
  const doubled = doubledKeys(document, (offset) => lines.linePos(offset).line).map(({ offset, what }) =>
    at(offset, what),
  );
  const wrong = checked.success ? [] : checked.error.issues.flatMap((issue) => problemsOf(issue, schema, document));
  const mistakes = [...doubled, ...new Set(wrong.map(say))].sort((a, b) => lineOf(a, file) - lineOf(b, file));
  return checked.success && mistakes.length === 0
    ? { kind: 'value', value: checked.data, say }
    : { kind: 'mistakes', mistakes };
}

const lineOf = (mistake: string, file: string): number => Number.parseInt(mistake.slice(file.length + 1), 10);

/** The parser itself would stop at the first of them. */
function doubledKeys(document: Document, lineAt: (offset: number) => number): { offset: number; what: string }[] {
  const found: { offset: number; what: string }[] = [];
  visit(document, {
    Map(_, map) {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const offset = key.range?.[0] ?? 0;
        const before = first.get(name);
        if (before === undefined) first.set(name, offset);
        else found.push({ offset, what: `${name}: is written twice, first in line ${lineAt(before)}; keep one` });
      }
    },
  });
  return found;
}

type Issue = z.core.$ZodIssue;

function problemsOf(issue: Issue, schema: z.ZodType, document: Document, above: Path = []): Problem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      what: `is not known here${didYouMean(key, keysAt(schema, path))}`,
    }));
  }
  if (issue.code === 'invalid_union') {
    return bestOf(issue.errors).flatMap((inner) => problemsOf(inner, schema, document, path));
  }
  return [{ path, what: textOf(issue, document.getIn(path.map(String))) }];
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

/** The key where there is one, else the value, else the nearest place around it. */
function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const steps = path.slice(0, depth).map(String);
    const key = steps.at(-1);
    const around = depth === 1 ? document.contents : document.getIn(steps.slice(0, -1), true);
    const pair = isMap(around)
      ? around.items.findLast((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    const node = document.getIn(steps, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** `triggers.A12[1]`: lists are counted from one, as people count them. */
const pathText = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((step, nth) => (typeof step === 'number' ? `[${step + 1}]` : `${nth === 0 ? '' : '.'}${String(step)}`))
        .join('');
