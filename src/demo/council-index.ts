import { matchesSearchRequest, Operator, type SearchRequest } from '@medplum/core';
import type { MemoryRepository } from '@medplum/fhir-router';

type Resource = Parameters<MemoryRepository['createResource']>[0];
type Identified = Resource & { identifier?: unknown };

/**
 * What stands, found by its identifier without a look at everybody: conditional writes name what they mean so, and with
 * thousands of people each would read them all.
 */
export function openIndex() {
  const types = new Map<string, Map<string, Resource>>();
  const identified = new Map<string, Set<string>>();
  let lastRead: { asked: string; found: Resource[] } | null = null;
  const standing = (type: string) => types.get(type) ?? new Map<string, Resource>();
  const loseKeys = (type: string, id: string) => {
    const resource = standing(type).get(id);
    for (const key of resource ? keysOf(resource) : []) identified.get(key)?.delete(id);
  };
  const underKeys = (type: string, keys: readonly string[]): Resource[] => {
    const ids = new Set(keys.flatMap((key) => [...(identified.get(key) ?? [])]));
    return [...ids].flatMap((id) => standing(type).get(id) ?? []);
  };
  const readWhole = (request: SearchRequest): Resource[] => {
    const { resourceType: type, filters = [] } = request;
    const all = [...standing(type).values()];
    return filters.length === 0 ? all : all.filter((resource) => matchesSearchRequest(resource, request));
  };
  return {
    forget(type: string, id: string): void {
      lastRead = null;
      loseKeys(type, id);
      standing(type).delete(id);
    },

    /** Written again it keeps its place, so that pages stay as they are. */
    put(resource: Resource & { id: string }): void {
      lastRead = null;
      const { resourceType: type, id } = resource;
      loseKeys(type, id);
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
      if (lastRead?.asked !== asked) lastRead = { asked, found: readWhole(request) };
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
