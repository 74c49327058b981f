import { type Bundle, type Entry, onlyFirstTells } from '../../fhir/bundle.js';
import type { Reference } from '../../fhir/elements.js';
import { type Resource, type Task, typeOf } from '../../fhir/resources.js';

/** A resource of the message and where it stands. */
export type Found = {
  resource: Resource;
  place: string;
  /** Its fullUrl. */
  url: string | null;
  /** What it is called on a server, though that may not last. */
  named: Known | null;
  /** What it is known by outside the message as well; null where by nothing. */
  known: Known | null;
  /** The server that relative references in it mean: empty, the one they are sent to; null, none: only this message. */
  base: string | null;
  /** `meta.lastUpdated`, or what stands for it; of what is contained, that of the resource around it. */
  updated: string | null;
};
/** The sender's own name for a resource: its server and type, and its id there. */
export type Known = { server: string; id: string };

/** `several`: it could mean more than one resource of the message. Null: none of them. */
export type Resolve = (reference: Reference | undefined, from: Found) => Found | 'several' | null;

/** Every resource of a message that was taken, in order; what is contained in another is found by its reference. */
export function resourcesIn(message: Resource | Bundle): Found[] {
  if (message.resourceType !== 'Bundle') {
    const { resourceType: place } = message;
    const id = idOf(message);
    // A resource by itself is the one of that id; in a Bundle an id alone means nothing outside.
    const known = id === null ? null : { server: typeOf(message), id };
    return [{ resource: message, place, url: null, named: known, known, base: '', updated: updatedIn(message) }];
  }
  return message.entry.flatMap((entry, index) => {
    const { resource, fullUrl: url, request } = entry;
    if (resource === null) return [];
    const named = nameOf(entry);
    // What is yet to be created has no name outside, whatever stands in for one.
    const known = request?.method === 'POST' ? null : named;
    const base = named === null ? null : named.server.replace(/[^/]+$/, '');
    const place = `Bundle.entry[${index}].resource`;
    return [{ resource, place, url, named, known, base, updated: updatedIn(resource) }];
  });
}

/** The address that it is put under; else its fullUrl where that is one of a server. */
function nameOf({ request, fullUrl }: Entry): Known | null {
  const put = request?.method === 'PUT' ? knownAs(request.url, '') : null;
  return put ?? (fullUrl === null ? null : knownAs(fullUrl, null));
}

const idOf = (resource: Resource): string | null => ('id' in resource ? (resource.id ?? null) : null);
/** A task has a time of its own as well, of what was done with it. */
function updatedIn(resource: Resource): string | null {
  const updated = ('meta' in resource ? resource.meta?.lastUpdated : undefined) ?? null;
  if (resource.resourceType !== 'Task') return updated;
  return (isAsFetched(resource) ? null : updated) ?? resource.lastModified ?? null;
}

/** The task that a body fetched here, changed and sent back: when it was made says nothing of when it was answered. */
const isAsFetched = ({ id, focus, meta, authoredOn }: Task): boolean =>
  id !== undefined &&
  id === focus?.identifier?.value &&
  Date.parse(meta?.lastUpdated ?? '') === Date.parse(authoredOn ?? '');

/** Those that tell something; the others are there because these refer to them. */
export const tellingIn = (message: Resource | Bundle, found: readonly Found[]): readonly Found[] =>
  message.resourceType === 'Bundle' && onlyFirstTells(message) ? found.slice(0, 1) : found;

/** Every resource that a reference could mean. */
export type Candidates = (reference: Reference | undefined, from: Found) => readonly Found[];

/** Null where a reference means nothing of the message, `several` where nobody can say which. */
export function resolver(found: readonly Found[]): Resolve {
  const candidates = candidatesIn(found);
  return (reference, from) => onlyOne(candidates(reference, from));
}

/**
 * References by `#id` inside a resource, by fullUrl, on the server of the resource that refers; and by type and id
 * alone, which many senders write beside fullUrls of another kind.
 */
export function candidatesIn(found: readonly Found[]): Candidates {
  const byUrl = indexed(found, ({ url }) => (url === null ? [] : [url]));
  const byName = indexed(found, ({ named }) => (named === null ? [] : [keyOf(named)]));
  const byId = indexed(found, idsOf);

  return (reference, from) => {
    const written = reference?.reference;
    if (written === undefined) return [];
    if (written.startsWith('#')) return containedIn(from, written.slice(1));
    const name = knownAs(written, from.base);
    const exact = byUrl.get(written) ?? (name ? byName.get(keyOf(name)) : undefined);
    if (exact) return exact;
    const beside = byId.get(written.replace(VERSION, '')) ?? [];
    return beside.filter(({ base }) => base === null || from.base === null || base === from.base);
  };
}

const onlyOne = (found: readonly Found[]): Found | 'several' | null =>
  found.length > 1 ? 'several' : (found[0] ?? null);

function indexed(found: readonly Found[], keysOf: (each: Found) => string[]): Map<string, Found[]> {
  const index = new Map<string, Found[]>();
  for (const each of found) {
    for (const key of new Set(keysOf(each))) index.set(key, [...(index.get(key) ?? []), each]);
  }
  return index;
}

const keyOf = ({ server, id }: Known): string => `${server} ${id}`;

/** As `Patient/1`: by its own id, by that in its address, and by a fullUrl that is written so. */
function idsOf({ resource, named, url }: Found): string[] {
  const type = typeOf(resource);
  const ids = [idOf(resource), named?.id ?? null].flatMap((id) => (id === null ? [] : [`${type}/${id}`]));
  return url === null ? ids : [...ids, url];
}

function containedIn({ resource, place, base, updated }: Found, id: string): Found[] {
  const inside = resource.contained ?? [];
  return inside.flatMap((each, index) => {
    if (idOf(each) !== id) return [];
    const at = { place: `${place}.contained[${index}]`, url: null, named: null, known: null, base, updated };
    return [{ resource: { ...each, contained: inside }, ...at }];
  });
}

const VERSION = /\/_history\/[A-Za-z0-9\-.]+$/;
/** `https://host/base/Patient/1` and `Patient/1`. */
const LITERAL = /^(https?:\/\/\S+?\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;

/** What a reference or an address names, when it means something outside its message. `base`: of whom it is relative to. */
export function knownAs(written: string, base: string | null): Known | null {
  const match = LITERAL.exec(written.replace(VERSION, ''));
  if (!match) return null;
  const [, server = base, type = '', id = ''] = match;
  return server === null ? null : { server: `${server}${type}`, id };
}
