import { EXTENSION } from '../fhir/s117.js';
import type { Directory } from '../organisations/directory.js';
import { organisationsOn } from '../publish/organisations.js';
import { type Stamped, stamp } from '../publish/stamp.js';
import { londonDay } from '../register/day.js';
import type { Site } from '../site.js';
import type { Held, HeldKey } from '../wire/fhir.js';
import type { LedgerContent } from './fold.js';

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
    organisationOf: organisationsOn(directory, londonDay(content.recordedAt)),
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
  if (each.some((version) => version > recordVersion)) return 'ahead';
  return each.every((version) => version === recordVersion) ? 'same' : 'behind';
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
