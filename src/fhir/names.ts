import { addressOf } from './address.js';
import type { Bundle, Entry } from './bundle.js';
import { error, type Issue } from './issue.js';
import { aboutWhom, type Resource, shapeOf, typeOf } from './resources.js';

const SERVER_NAME = /^https?:\/\/\S+\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;
const VERSION = /\/_history\/[^/]*$/;

/** What a resource names within itself or its Bundle so that nobody can find it. `fullUrls`: the names of the Bundle. */
export const unclearNames = (resource: Resource, place: string, fullUrls: ReadonlySet<string>): Issue[] => [
  ...repeatedIds(resource, place),
  ...absentSubject(resource, place, fullUrls),
];

function repeatedIds({ contained = [] }: Resource, place: string): Issue[] {
  const ids = contained.map((each) => ('id' in each ? each.id : undefined));
  return ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) === index
      ? []
      : [error('invariant', `${place}.contained[${index}].id`, 'is that of another contained resource as well')],
  );
}

/** A `urn:` means nothing without what it names; an identifier names the person all the same. */
function absentSubject(resource: Resource, place: string, fullUrls: ReadonlySet<string>): Issue[] {
  const about = aboutWhom(resource);
  const { reference, identifier } = about?.reference ?? {};
  if (reference === undefined || identifier !== undefined) return [];
  const isThere = reference.startsWith('#')
    ? (resource.contained ?? []).some((each) => 'id' in each && `#${each.id}` === reference)
    : !reference.startsWith('urn:') || fullUrls.has(reference);
  return isThere
    ? []
    : [error('invariant', `${place}.${about?.element}.reference`, 'names nothing that was sent with it')];
}

/** A fullUrl on a server must be that of the resource beside it. */
export function foreignName(fullUrl: string | undefined, resource: Resource, place: string): Issue[] {
  const [, type = '', id] = SERVER_NAME.exec(fullUrl?.replace(VERSION, '') ?? '') ?? [];
  if (id === undefined || shapeOf(type) === null) return [];
  const own = 'id' in resource ? resource.id : undefined;
  if (type === resource.resourceType && (own === undefined || own === id)) return [];
  return [error('invariant', `${place}.fullUrl`, 'is that of another resource than the one in this entry')];
}

/** Two entries under one name: `entry` is the later of them. */
export type Clash = { entry: number; earlier: number; element: 'fullUrl' | 'request.url' };

/**
 * R4 bdl-7, and that a transaction names a resource once. Two versions of one would pass bdl-7, but nothing says which of
 * them the others refer to.
 */
export const repeatedNames = ({ entry }: Bundle): Clash[] => [
  ...repeats(
    entry.map(({ fullUrl }) => fullUrl?.replace(VERSION, '') ?? null),
    'fullUrl',
  ),
  ...repeats(entry.map(updated), 'request.url'),
];

/** As it is told of one of the two. */
export const clashIssue = (entry: number, other: number, element: Clash['element']): Issue =>
  error('invariant', `Bundle.entry[${entry}].${element}`, `is that of Bundle.entry[${other}] as well`);

function updated({ request, resource }: Entry): string | null {
  if (resource === null || request?.method !== 'PUT') return null;
  const address = addressOf(request.url, typeOf(resource));
  return address && `${typeOf(resource)}/${address.id ?? ''}?${address.query}`;
}

function repeats(names: readonly (string | null)[], element: Clash['element']): Clash[] {
  const first = new Map<string, number>();
  return names.flatMap((name, entry) => {
    if (name === null) return [];
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, entry);
    return earlier === undefined ? [] : [{ entry, earlier, element }];
  });
}
