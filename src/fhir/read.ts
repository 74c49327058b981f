import type { z } from 'zod';
import { BUNDLE_TYPES, type Bundle, BundleShape, type BundleType, type Entry } from './bundle.js';
import { VALUE } from './elements.js';
import { error, type Issue, type IssueCode } from './issue.js';
import { type Resource, shapeOf } from './resources.js';

export type FhirRead = { kind: 'read'; resource: Resource | Bundle } | { kind: 'issues'; issues: Issue[] };

/** Deeper than any real resource; what is deeper is made to break a reader. */
const MAX_DEPTH = 50;
/** An answer that names more of them helps nobody. */
const MAX_ISSUES = 20;

/**
 * FHIR R4 JSON to what is read of it. Nothing is taken on trust and nothing is thrown: what cannot be read is named by
 * its place, without repeating what was written there.
 */
export function readFhir(bytes: Uint8Array): FhirRead {
  const parsed = parseJson(bytes);
  if ('issue' in parsed) return { kind: 'issues', issues: [parsed.issue] };
  const found: Issue[] = [];
  const resource =
    isObject(parsed.value) && parsed.value.resourceType === 'Bundle'
      ? readBundle(parsed.value, found)
      : readResource(parsed.value, '', found);
  return resource === null || found.length > 0
    ? { kind: 'issues', issues: found.slice(0, MAX_ISSUES) }
    : { kind: 'read', resource };
}

type Parsed = { value: unknown } | { issue: Issue };

function parseJson(bytes: Uint8Array): Parsed {
  if (depthOf(bytes) > MAX_DEPTH) {
    return { issue: error('structure', null, `the JSON is nested deeper than ${MAX_DEPTH} levels`) };
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { issue: error('structure', null, 'the bytes are not UTF-8, which FHIR JSON must be') };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The parser's own words quote what it read, which may be about a person.
    return {
      issue: error('structure', null, 'this is not JSON: it ends early, or a bracket, comma or quote is wrong'),
    };
  }
}

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** The deepest nesting, counted before anything is made of it. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === OPEN || byte === OPEN_LIST) deepest = Math.max(deepest, ++depth);
    else if (byte === CLOSE || byte === CLOSE_LIST) depth -= 1;
  }
  return deepest;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Null, and what is wrong in `found`, when it cannot be read. `place` is that of the resource; empty for the whole. */
function readResource(value: unknown, place: string, found: Issue[]): Resource | null {
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
  if (shape === null) return { resourceType: 'other', type };
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

function readBundle(value: Json, found: Issue[]): Bundle | null {
  const read = BundleShape.safeParse(value);
  if (!read.success) {
    found.push(...read.error.issues.map((issue) => issueOf(issue, 'Bundle', value)));
    return null;
  }
  const { type, entry, ...rest } = read.data;
  if (!isTaken(type)) {
    found.push(error('not-supported', 'Bundle.type', `is none of ${BUNDLE_TYPES.join(', ')}`));
    return null;
  }
  const entries = entry.map((each, index): Entry => {
    const issues: Issue[] = [];
    const place = `Bundle.entry[${index}]`;
    const resource = each.resource === undefined ? null : readResource(each.resource, `${place}.resource`, issues);
    issues.push(...requestIssues(type, each, place));
    return {
      fullUrl: each.fullUrl ?? null,
      request: each.request ?? null,
      resource: issues.length > 0 ? null : resource,
      issues,
    };
  });
  const bundle = { ...rest, type, entry: entries };
  found.push(...bundleIssues(bundle));
  return bundle;
}

const isTaken = (type: string): type is BundleType => BUNDLE_TYPES.some((each) => each === type);

/** Entries of a batch stand alone: what is wrong with one is its own. Elsewhere it is the whole Bundle's. */
function bundleIssues({ type, entry }: Bundle): Issue[] {
  const issues = entry.flatMap((each) => each.issues);
  const allBad = entry.length > 0 && entry.every((each) => each.issues.length > 0);
  if (type !== 'batch' || allBad) {
    if (issues.length > 0) return issues;
  }
  if (entry.length === 0) return [error('required', 'Bundle.entry', 'is empty: there is nothing to take')];
  if (type === 'message' && entry[0]?.resource?.resourceType !== 'MessageHeader') {
    return [error('invariant', 'Bundle.entry[0].resource', 'is no MessageHeader, with which a message begins')];
  }
  return [];
}

/** What an entry of a transaction or a batch asks for. */
function requestIssues(
  type: BundleType,
  { request, resource }: { request?: Entry['request'] | undefined; resource?: unknown },
  place: string,
): Issue[] {
  if (type !== 'transaction' && type !== 'batch') {
    return resource === undefined ? [error('required', `${place}.resource`, 'is missing')] : [];
  }
  if (!request) return [error('required', `${place}.request`, 'is missing')];
  if (request.method !== 'POST' && request.method !== 'PUT') {
    return [
      error(
        'not-supported',
        `${place}.request.method`,
        'is neither POST nor PUT: here is only told, not read or deleted',
      ),
    ];
  }
  return resource === undefined ? [error('required', `${place}.resource`, 'is missing')] : [];
}

type ZodIssue = z.core.$ZodIssue;

function issueOf(issue: ZodIssue, place: string, root: unknown): Issue {
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
  return issue.code === 'custom' && issue.params?.of !== VALUE.of ? 'invariant' : 'value';
}

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
