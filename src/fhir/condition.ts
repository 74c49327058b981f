import { misfit } from './address.js';
import type { Bundle, Entry } from './bundle.js';
import { error, type Issue } from './issue.js';
import type { Resource } from './resources.js';

/** What is asked before a create or an update, by headers or in an entry: as written. */
export type Conditions = { ifMatch?: string | undefined; ifNoneExist?: string | undefined };

/** Where each of them stands; null for a header, which has no place in the body. */
type Places = { [Name in keyof Required<Conditions>]: string | null };

/**
 * Nothing is read back here, so no version is held under an address. By RFC 9110 13.1 a condition that some version is
 * there (If-Match) is therefore false, and one that none is there (If-None-Match, R4 If-None-Exist) is true.
 */
export const unmetConditions = (
  resource: Resource | Bundle,
  { ifMatch, ifNoneExist }: Conditions,
  at: Places,
): Issue[] => [
  ...(ifMatch === undefined ? [] : [error('conflict', at.ifMatch, NO_VERSIONS)]),
  ...(ifNoneExist === undefined ? [] : otherThan(resource, ifNoneExist, at.ifNoneExist)),
];

const NO_VERSIONS =
  'If-Match cannot hold, for no versions are kept here: leave it out and say by meta.lastUpdated which statement is the later';

/** A create on a condition means whoever meets it, who must then be the one in the resource. */
function otherThan(resource: Resource | Bundle, condition: string, place: string | null): Issue[] {
  if (resource.resourceType === 'Bundle') return [];
  const found = misfit(resource, { id: null, query: condition.replace(/^\?/, '') });
  if (!found) return [];
  const text =
    found.of === null
      ? 'If-None-Exist can only be one identifier=system|value, which the resource holds'
      : 'If-None-Exist has an identifier that the resource does not hold';
  return [error('value', place, text)];
}

/** With what is unmet in the entries of a transaction or a batch; they are then not taken. */
export function withConditions(bundle: Bundle): Bundle {
  if (bundle.type !== 'transaction' && bundle.type !== 'batch') return bundle;
  const entry = bundle.entry.map((each, index): Entry => {
    const issues = unmetIn(each, `Bundle.entry[${index}].request`);
    return issues.length === 0 ? each : { ...each, resource: null, issues: [...each.issues, ...issues] };
  });
  return { ...bundle, entry };
}

/** R4 Bundle.entry.request: ifNoneExist is of a create only. */
function unmetIn({ resource, request }: Entry, place: string): Issue[] {
  if (resource === null || request === null) return [];
  const { method, ifMatch, ifNoneExist } = request;
  const asked = { ifMatch, ...(method === 'POST' ? { ifNoneExist } : {}) };
  return unmetConditions(resource, asked, { ifMatch: `${place}.ifMatch`, ifNoneExist: `${place}.ifNoneExist` });
}
