import type { z } from 'zod';
import { addressOf, misfit } from './address.js';
import { BUNDLE_TYPES, type Bundle, BundleShape, type BundleType, type Entry } from './bundle.js';
import { error, type Issue, type IssueCode } from './issue.js';
import { isObject, type Json, readJson } from './json.js';
import { foreignName, repeatedNames, unclearNames } from './names.js';
import { type Resource, shapeOf, typeOf } from './resources.js';

export type FhirRead = { kind: 'read'; resource: Resource | Bundle } | { kind: 'issues'; issues: Issue[] };

/** An answer that names more of them helps nobody. */
const MAX_ISSUES = 20;

/**
 * FHIR R4 JSON to what is read of it. Nothing is taken on trust and nothing is thrown: what cannot be read is named by
 * its place, without repeating what was written there.
 */
export function readFhir(bytes: Uint8Array): FhirRead {
  const parsed = readJson(bytes);
  if ('issue' in parsed) return { kind: 'issues', issues: [parsed.issue] };
  const found: Issue[] = [];
  const resource =
    isObject(parsed.value) && parsed.value.resourceType === 'Bundle'
      ? readBundle(parsed.value, found)
      : readResource(parsed.value, '', found);
  if (resource !== null && resource.resourceType !== 'Bundle') {
    found.push(...unclearNames(resource, typeOf(resource), new Set()));
  }
  return resource === null || found.length > 0
    ? { kind: 'issues', issues: found.slice(0, MAX_ISSUES) }
    : { kind: 'read', resource };
}

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
  const fullUrls = new Set(entry.flatMap(({ fullUrl }) => fullUrl ?? []));
  const entries = entry.map((each, index): Entry => {
    const issues: Issue[] = [];
    const place = `Bundle.entry[${index}]`;
    const resource = each.resource === undefined ? null : readResource(each.resource, `${place}.resource`, issues);
    issues.push(...requestIssues(type, each, place));
    if (resource !== null && issues.length === 0) {
      issues.push(...unclearNames(resource, `${place}.resource`, fullUrls));
      issues.push(...foreignName(each.fullUrl, resource, place), ...addressIssues(each.request, resource, place));
    }
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
function bundleIssues(bundle: Bundle): Issue[] {
  const { type, entry } = bundle;
  const issues = entry.flatMap((each) => each.issues);
  const allBad = entry.length > 0 && entry.every((each) => each.issues.length > 0);
  if (type !== 'batch' || allBad) {
    if (issues.length > 0) return issues;
  }
  const repeated = repeatedNames(bundle);
  if (repeated.length > 0) return repeated;
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

/** What is told must be what its address means: of two that disagree nobody knows which is right. */
function addressIssues(request: Entry['request'] | undefined, resource: Resource, place: string): Issue[] {
  if (request?.method !== 'POST' && request?.method !== 'PUT') return [];
  const wrong = (text: string) => [error('value', `${place}.request.url`, text)];
  const address = addressOf(request.url, typeOf(resource));
  if (!address) return wrong('is no address of the type of resource in this entry');
  if (request.method === 'POST') {
    return address.id === null ? [] : wrong('names an id: what has one is PUT');
  }
  const found = misfit(resource, address);
  return found
    ? wrong(found.of === null ? found.text : `disagrees with the resource: its ${found.of} ${found.text}`)
    : [];
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
