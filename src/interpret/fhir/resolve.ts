import type { Bundle } from '../../fhir/bundle.js';
import type { Reference } from '../../fhir/elements.js';
import type { Resource } from '../../fhir/resources.js';

/** A resource of the message and where it stands. */
export type Found = {
  resource: Resource;
  place: string;
  /** What it is called inside the message. */
  named: Known | null;
  /** What it is known by outside the message as well; null where by nothing. */
  known: Known | null;
};
/** The sender's own name for a resource: its server and type, and its id there. */
export type Known = { server: string; id: string };

export type Resolve = (reference: Reference | undefined, from: Found) => Found | null;

/** Every resource of a message that was taken, in order; what is contained in another is found by its reference. */
export function resourcesIn(message: Resource | Bundle): Found[] {
  if (message.resourceType !== 'Bundle') {
    const { resourceType: server } = message;
    const id = 'id' in message ? message.id : undefined;
    // A resource by itself is the one of that id; in a Bundle an id alone means nothing outside.
    const known = id === undefined ? null : { server, id };
    return [{ resource: message, place: server, named: known, known }];
  }
  return message.entry.flatMap(({ resource, fullUrl, request }, index) => {
    if (resource === null) return [];
    const updated = request?.method === 'PUT' ? knownAs(request.url, null) : null;
    const named = updated ?? (fullUrl === null ? null : knownAs(fullUrl, null));
    // What is yet to be created has no name outside, whatever stands in for one.
    const known = request?.method === 'POST' ? null : named;
    return [{ resource, place: `Bundle.entry[${index}].resource`, named, known }];
  });
}

/** References by `#id` inside a resource, by fullUrl, and relative to the server of the resource that refers. */
export function resolver(message: Resource | Bundle, found: readonly Found[]): Resolve {
  const byUrl = new Map<string, Found>();
  const byName = new Map<string, Found>();
  if (message.resourceType === 'Bundle') {
    const places = new Map(found.map((each) => [each.place, each]));
    for (const [index, { fullUrl }] of message.entry.entries()) {
      const at = places.get(`Bundle.entry[${index}].resource`);
      if (fullUrl !== null && at) byUrl.set(fullUrl, at);
    }
  }
  for (const each of found) if (each.named) byName.set(keyOf(each.named), each);

  return (reference, from) => {
    const written = reference?.reference;
    if (written === undefined) return null;
    if (written.startsWith('#')) return containedIn(from, written.slice(1));
    const name = knownAs(written, from.named);
    return byUrl.get(written) ?? (name ? byName.get(keyOf(name)) : undefined) ?? null;
  };
}

const keyOf = ({ server, id }: Known): string => `${server} ${id}`;

function containedIn({ resource, place }: Found, id: string): Found | null {
  const inside = resource.contained ?? [];
  const index = inside.findIndex((each) => 'id' in each && each.id === id);
  const found = inside[index];
  return found
    ? { resource: { ...found, contained: inside }, place: `${place}.contained[${index}]`, named: null, known: null }
    : null;
}

/** `https://host/base/Patient/1` and `Patient/1`; a version is left out. */
const LITERAL = /^(https?:\/\/\S+?\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]+)?$/;

/** What a reference or a fullUrl names, when it means something outside its message. `beside`: who refers. */
export function knownAs(written: string, beside: Known | null): Known | null {
  const match = LITERAL.exec(written);
  if (!match) return null;
  const [, base, type = '', id = ''] = match;
  // Relative means: on the server from which the resource that refers was taken.
  const server = base ?? (beside && /^https?:/.test(beside.server) ? beside.server.replace(/[^/]+$/, '') : '');
  return { server: `${server}${type}`, id };
}
