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
  const standing = (type: string) => types.get(type) ?? new Map<string, Resource>();
  const loseKeys = (type: string, id: string) => {
    const resource = standing(type).get(id);
    for (const key of resource ? keysOf(resource) : []) identified.get(key)?.delete(id);
  };
  const candidates = (request: SearchRequest): Iterable<Resource> => {
    const { resourceType: type } = request;
    const key = keyAsked(request);
    if (key === null) return standing(type).values();
    return [...(identified.get(key) ?? [])].flatMap((id) => standing(type).get(id) ?? []);
  };
  return {
    forget(type: string, id: string): void {
      loseKeys(type, id);
      standing(type).delete(id);
    },

    /** Written again it keeps its place, so that pages stay as they are. */
    put(resource: Resource & { id: string }): void {
      const { resourceType: type, id } = resource;
      loseKeys(type, id);
      types.set(type, standing(type).set(id, resource));
      for (const key of keysOf(resource)) identified.set(key, (identified.get(key) ?? new Set()).add(id));
    },

    find: (request: SearchRequest): Resource[] =>
      [...candidates(request)].filter((resource) => matchesSearchRequest(resource, request)),
  };
}

function keysOf(resource: Identified): string[] {
  const { resourceType, identifier } = resource;
  const all = Array.isArray(identifier) ? identifier : identifier ? [identifier] : [];
  return all.map(({ system = '', value = '' }) => `${resourceType}?${system}|${value}`);
}

/** Of a search for one whole identifier, and not for all of a system, what it is kept under. */
function keyAsked({ resourceType, filters = [] }: SearchRequest): string | null {
  const filter = filters.find(({ code, operator }) => code === 'identifier' && operator === Operator.EQUALS);
  if (!filter || !/\|[^,]+$/.test(filter.value)) return null;
  return `${resourceType}?${filter.value}`;
}
