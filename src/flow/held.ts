import { EXTENSION } from '../fhir/s117.js';
import type { Directory } from '../organisations/directory.js';
import { organisationsOn } from '../publish/organisations.js';
import { type Stamped, stamp } from '../publish/stamp.js';
import { londonDay } from '../register/day.js';
import type { Site } from '../site.js';
import type { Held, HeldKey } from '../wire/fhir.js';
import { directoryLast } from './directory-today.js';
import type { LedgerContent } from './versions.js';

/** What a version of the ledger looks like on the wire: the same every time it is made. */
export function stampedVersion(
  content: LedgerContent,
  recordVersion: number,
  site: Site,
  directory: Directory,
): Stamped {
  return stamp(content.publication, content.ids, recordVersion, {
    recordedAt: content.recordedAt,
    recordedBy: { name: site.name, ods: null },
    organisationOf: organisationsOn(directoryLast(directory), londonDay(content.recordedAt)),
    retired: content.retired,
  });
}

/** What a body is asked for to learn whether it holds a version. */
export const keysOf = ({ resources }: Stamped): HeldKey[] =>
  resources.map(({ resourceType, identifier: [{ system, value }] }) => ({ resourceType, system, value }));

/** What a body holds, against the version that it should hold. */
export function compare(
  held: readonly Held[],
  { resources }: Stamped,
  recordVersion: number,
): 'same' | 'ahead' | 'behind' {
  const versions = new Map(held.map(({ value, resource }) => [value, recordVersionOf(resource)]));
  const each = resources.map((resource) => versions.get(resource.identifier[0].value) ?? 0);
  if (each.some((version) => version > recordVersion) || isAnotherOf(held, resources, recordVersion)) return 'ahead';
  return each.every((version) => version === recordVersion) ? 'same' : 'behind';
}

/**
 * The same number, of another moment and with something else to say: after a restore, a version that this ledger never
 * knew. Where it says the same, nothing is lost.
 */
function isAnotherOf(held: readonly Held[], resources: Stamped['resources'], recordVersion: number): boolean {
  const ours = new Map<string, object>(resources.map((resource) => [resource.identifier[0].value, resource]));
  const momentDiffers = held.some(({ value, resource }) => {
    const [theirs, own] = [recordedIn(resource), recordedIn(ours.get(value) ?? {})];
    return theirs !== null && own !== null && Date.parse(theirs) !== Date.parse(own);
  });
  if (!momentDiffers) return false;
  return held.some(
    ({ value, resource }) =>
      recordVersionOf(resource) === recordVersion && saying(resource) !== saying(ours.get(value) ?? {}),
  );
}

/** What a reader acts on, whatever else a server adds to it. */
function saying(resource: object): string {
  const status = 'status' in resource ? resource.status : null;
  const period = 'period' in resource && isObject(resource.period) ? resource.period : {};
  return JSON.stringify([status, 'start' in period ? period.start : null, 'end' in period ? period.end : null]);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** When the version was recorded, by its contained Provenance; null where a server does not keep what is contained. */
function recordedIn(resource: object): string | null {
  const contained: unknown[] = 'contained' in resource && Array.isArray(resource.contained) ? resource.contained : [];
  for (const each of contained) {
    if (typeof each !== 'object' || each === null || !('recorded' in each)) continue;
    if (typeof each.recorded === 'string') return each.recorded;
  }
  return null;
}

/** The version of our record that a council's resource carries; 0 where it carries none. */
function recordVersionOf(resource: Record<string, unknown>): number {
  const extensions: unknown[] = Array.isArray(resource.extension) ? resource.extension : [];
  for (const extension of extensions) {
    if (typeof extension !== 'object' || extension === null || !('url' in extension)) continue;
    if (extension.url === EXTENSION.recordVersion && 'valuePositiveInt' in extension) {
      return typeof extension.valuePositiveInt === 'number' ? extension.valuePositiveInt : 0;
    }
  }
  return 0;
}
