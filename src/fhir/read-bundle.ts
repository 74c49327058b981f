import { addressOf, misfit } from './address.js';
import { BUNDLE_TYPES, type Bundle, BundleShape, type BundleType, type Entry, EntryShape } from './bundle.js';
import { error, type Issue } from './issue.js';
import { isObject, type Json } from './json.js';
import { clashIssue, foreignName, repeatedNames, unclearNames } from './names.js';
import { issueOf, readResource } from './read-resource.js';
import { type Resource, typeOf } from './resources.js';

/** An answer that names more of them helps nobody. */
export const MAX_ISSUES = 20;

/** Null, or with what is wrong in `found`, when it is not taken; of a batch an entry says itself why it is not. */
export function readBundle(value: Json, found: Issue[]): Bundle | null {
  const read = BundleShape.safeParse(value);
  if (!read.success) {
    found.push(...read.error.issues.map((issue) => issueOf(issue, 'Bundle', value)));
    return null;
  }
  const { type, entry: written, ...rest } = read.data;
  if (!isTaken(type)) {
    found.push(error('not-supported', 'Bundle.type', `is none of ${BUNDLE_TYPES.join(', ')}`));
    return null;
  }
  if (written.length === 0) {
    found.push(error('required', 'Bundle.entry', 'is empty: there is nothing to take'));
    return null;
  }
  const fullUrls = new Set(written.flatMap(fullUrlIn));
  const entry = written.map((each, index) => readEntry(each, { type, place: `Bundle.entry[${index}]`, fullUrls }));
  const bundle = { ...rest, type, entry };
  if (type === 'batch') return withClashes(bundle);
  found.push(...issuesOfWhole(bundle));
  return bundle;
}

const isTaken = (type: string): type is BundleType => BUNDLE_TYPES.some((each) => each === type);

const fullUrlIn = (entry: unknown): string[] =>
  isObject(entry) && typeof entry.fullUrl === 'string' ? [entry.fullUrl] : [];

type Within = { type: BundleType; place: string; fullUrls: ReadonlySet<string> };

function readEntry(value: unknown, { type, place, fullUrls }: Within): Entry {
  const read = EntryShape.safeParse(value);
  if (!read.success) {
    const [fullUrl = null] = fullUrlIn(value);
    const issues = read.error.issues.map((issue) => issueOf(issue, place, value));
    return { fullUrl, request: null, resource: null, issues: issues.slice(0, MAX_ISSUES) };
  }
  const { fullUrl, request, resource: written } = read.data;
  const issues: Issue[] = [];
  const resource = written === undefined ? null : readResource(written, `${place}.resource`, issues);
  issues.push(...requestIssues(type, read.data, place));
  if (resource !== null && issues.length === 0) {
    issues.push(...unclearNames(resource, `${place}.resource`, fullUrls));
    issues.push(...foreignName(fullUrl, resource, place), ...addressIssues(request, resource, place));
  }
  return {
    fullUrl: fullUrl ?? null,
    request: request ?? null,
    resource: issues.length > 0 ? null : resource,
    issues: issues.slice(0, MAX_ISSUES),
  };
}

/** Entries of a batch stand alone: what is wrong with one is its own. Of two under one name neither is taken. */
function withClashes(batch: Bundle): Bundle {
  const clashes = repeatedNames(batch).flatMap(({ entry, earlier, element }) => [
    { entry, issue: clashIssue(entry, earlier, element) },
    { entry: earlier, issue: clashIssue(earlier, entry, element) },
  ]);
  const entry = batch.entry.map((each, index): Entry => {
    const own = clashes.flatMap((clash) => (clash.entry === index ? [clash.issue] : []));
    return own.length === 0 ? each : { ...each, resource: null, issues: [...each.issues, ...own].slice(0, MAX_ISSUES) };
  });
  return { ...batch, entry };
}

/** Of what is taken whole or not at all. */
function issuesOfWhole(bundle: Bundle): Issue[] {
  const { type, entry } = bundle;
  const issues = entry.flatMap((each) => each.issues);
  if (issues.length > 0) return issues;
  const repeated = repeatedNames(bundle);
  if (repeated.length > 0) return repeated.map((clash) => clashIssue(clash.entry, clash.earlier, clash.element));
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
