import type { z } from 'zod';
import { error, type Issue, type IssueCode } from './issue.js';
import { isObject } from './json.js';
import { type Resource, shapeOf } from './resources.js';

/** Null, and what is wrong in `found`, when it cannot be read. `place` is that of the resource; empty for the whole. */
export function readResource(value: unknown, place: string, found: Issue[]): Resource | null {
  const type = isObject(value) ? value.resourceType : undefined;
  if (!isObject(value) || typeof type !== 'string' || !/^[A-Z][A-Za-z]{1,60}$/.test(type)) {
    found.push(error('structure', place || null, 'is no FHIR resource: a JSON object with a resourceType'));
    return null;
  }
  const here = place || type;
  const shape = shapeOf(type);
  if (type === 'Bundle') {
    found.push(error('not-supported', here, 'is a Bundle inside a Bundle'));
    return null;
  }
  if (shape === null) return { resourceType: 'other', type, ...(typeof value.id === 'string' ? { id: value.id } : {}) };
  const before = found.length;
  const contained = readContained(value.contained, here, found);
  const read = shape.safeParse(value);
  if (!read.success) found.push(...read.error.issues.map((issue) => issueOf(issue, here, value)));
  return read.success && found.length === before
    ? { ...read.data, ...(contained.length > 0 ? { contained } : {}) }
    : null;
}

function readContained(value: unknown, place: string, found: Issue[]): Resource[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    found.push(error('structure', `${place}.contained`, 'must be a list'));
    return [];
  }
  return value.flatMap((each, index) => readResource(each, `${place}.contained[${index}]`, found) ?? []);
}

type ZodIssue = z.core.$ZodIssue;

/** One thing that a shape finds wrong. `root`: all that was read by it, and `place` where that stands. */
export function issueOf(issue: ZodIssue, place: string, root: unknown): Issue {
  const expression = `${place}${issue.path.map(step).join('')}`;
  const written = issue.path.reduce<unknown>(
    (at, key) => (isObject(at) || Array.isArray(at) ? Reflect.get(at, key) : undefined),
    root,
  );
  return error(codeOf(issue, written), expression, textOf(issue, written));
}

const step = (key: PropertyKey): string => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`);

function codeOf(issue: ZodIssue, written: unknown): IssueCode {
  if (written === undefined && issue.code !== 'custom') return 'required';
  if (issue.code === 'invalid_type') return 'structure';
  if (issue.code === 'invalid_value') return 'code-invalid';
  if (issue.code !== 'custom') return 'value';
  return CODES.find((code) => code === issue.params?.of) ?? 'invariant';
}

/** What a check of our own can be about, besides how values stand together. */
const CODES: IssueCode[] = ['value', 'extension', 'not-supported'];

function textOf(issue: ZodIssue, written: unknown): string {
  if (written === undefined && issue.code !== 'custom') return 'is missing';
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `is none of ${issue.values.map(String).join(', ')}`;
  return issue.message;
}

const KINDS: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  string: 'a string',
  boolean: 'true or false',
};
