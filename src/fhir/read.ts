import type { Bundle } from './bundle.js';
import type { Issue } from './issue.js';
import { isObject, readJson } from './json.js';
import { unclearNames } from './names.js';
import { MAX_ISSUES, readBundle } from './read-bundle.js';
import { readResource } from './read-resource.js';
import { type Resource, typeOf } from './resources.js';

export type FhirRead = { kind: 'read'; resource: Resource | Bundle } | { kind: 'issues'; issues: Issue[] };

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
