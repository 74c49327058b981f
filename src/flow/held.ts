import { EXTENSION } from '../fhir/s117.js';

/** The version of our record that a council's resource carries; 0 where it carries none. */
export function recordVersionOf(resource: Record<string, unknown>): number {
  const extensions: unknown[] = Array.isArray(resource.extension) ? resource.extension : [];
  for (const extension of extensions) {
    if (typeof extension !== 'object' || extension === null || !('url' in extension)) continue;
    if (extension.url === EXTENSION.recordVersion && 'valuePositiveInt' in extension) {
      return typeof extension.valuePositiveInt === 'number' ? extension.valuePositiveInt : 0;
    }
  }
  return 0;
}
