import { matchesSearchRequest, Operator, type SearchRequest } from '@medplum/core';
import type { MemoryRepository } from '@medplum/fhir-router';

type Resource = Parameters<MemoryRepository['createResource']>[0];
type Identified = Resource & { identifier?: unknown };

/** Of so many searches it is remembered who matches: what has not changed is not evaluated again. */
const REMEMBERED = 8;

/**
 * What stands, found by its identifier without a look at everybody: conditional writes name what they mean so, and with
 * thousands of people each would read them all.
 */
export function openIndex() {
  const types = new Map<string, Map<string, Resource>>();
  const identified = new Map<string, Set<string>>();
  const judgedBy = new Map<string, Map<string, boolean>>();
  let lastRead: { asked: string; found: Resource[] } | null = null;
  const standing = (type: string) => types.get(type) ?? new Map<string, Resource>();
  const changes = (type: string, id: string) => {
    lastRead = null;
    for (const known of judgedBy.values()) known.delete(id);
    const resource = standing(type).get(id);
    for (const key of resource ? keysOf(resource) : []) identified.get(key)?.delete(id);
  };
  const underKeys = (type: string, keys: readonly string[]): Resource[] => {
    const ids = new Set(keys.flatMap((key) => [...(identified.get(key) ?? [])]));
    return [...ids].flatMap((id) => standing(type).get(id) ?? []);
  };
  const readWhole = (request: SearchRequest, asked: string): Resource[] => {
    const { resourceType: type, filters = [] } = request;
    const all = [...standing(type).values()];
    if (filters.length === 0) return all;
    const known = judgedBy.get(asked) ?? new Map<string, boolean>();
    judgedBy.delete(asked);
    judgedBy.set(asked, known);
    for (const [oldest] of judgedBy) if (judgedBy.size > REMEMBERED) judgedBy.delete(oldest);
    return all.filter((resource) => {
      const { id = '' } = resource;
      const matches = known.get(id) ?? matchesSearchRequest(resource, request);
      known.set(id, matches);
      return matches;
    });
  };
  return {
    get: (type: string, id: string): Resource | null => standing(type).get(id) ?? null,

    forget(type: string, id: string): void {
      changes(type, id);
      standing(type).delete(id);
    },

    /** Written again it keeps its place, so that pages stay as they are. */
    put(resource: Resource & { id: string }): void {
      const { resourceType: type, id } = resource;
      changes(type, id);
      types.set(type, standing(type).set(id, resource));
      for (const key of keysOf(resource)) identified.set(key, (identified.get(key) ?? new Set()).add(id));
    },

    /** All that a search means, whichever page of it is asked for: the next page is not looked for again. */
    find(request: SearchRequest): Resource[] {
      const { resourceType: type, filters = [] } = request;
      const keys = keysAsked(request);
      if (keys !== null) {
        const found = underKeys(type, keys);
        // What stands under the keys is what was asked: the library would evaluate a FHIRPath for each.
        return filters.length === 1 ? found : found.filter((resource) => matchesSearchRequest(resource, request));
      }
      const asked = JSON.stringify([type, filters]);
      if (lastRead?.asked !== asked) lastRead = { asked, found: readWhole(request, asked) };
      return lastRead.found;
    },
  };
}

/** With its system and, for who names none, without. */
function keysOf({ resourceType, identifier }: Identified): string[] {
  const all = Array.isArray(identifier) ? identifier : identifier ? [identifier] : [];
  return all.flatMap(({ system = '', value = '' }) => [
    `${resourceType}?${system}|${value}`,
    `${resourceType}?${value}`,
  ]);
}

/** Of a search for whole identifiers, and not for all of a system, what they are kept under. */
function keysAsked({ resourceType, filters = [] }: SearchRequest): string[] | null {
  const filter = filters.find(({ code, operator }) => code === 'identifier' && operator === Operator.EQUALS);
  if (!filter || filter.value.includes('\\')) return null; // an escaped comma parts nothing
  const values = filter.value.split(',');
  return values.every((value) => /[^|]$/.test(value)) ? values.map((value) => `${resourceType}?${value}`) : null;
}
