import type { Area, Directory, Resolution } from '../organisations/directory.js';
import type { Day } from './day.js';

/** Where a person lived on the day before a detention began. */
export type Address = { postcode: string; on: Day };

type Split = Extract<Resolution, { kind: 'split' }>;

/**
 * The part of a divided body in which every one of these addresses lies that the national file knows; null where it knows
 * none, where they lie in several, or where the file is older than the division.
 */
export function partAt(
  side: 'council' | 'icb',
  addresses: readonly Address[],
  split: Split,
  directory: Directory,
  asOf: Day,
): string | null {
  const parts = new Set<string | null>();
  for (const { postcode, on } of addresses) {
    const area = directory.area(postcode);
    if (area === null) continue;
    const wasThere = area.introducedOn === null || area.introducedOn <= on;
    parts.add(wasThere ? partOf(side, area, split, directory, asOf) : null);
  }
  const [only = null] = parts;
  return parts.size === 1 ? only : null;
}

function partOf(
  side: 'council' | 'icb',
  { council, icb }: Area,
  { candidates }: Split,
  directory: Directory,
  asOf: Day,
): string | null {
  if (side === 'icb') return candidates.find(({ gss }) => gss !== null && gss === icb)?.code ?? null;
  const found = directory.council(council, asOf, asOf);
  const code = found.kind === 'found' ? found.body.code : null;
  return candidates.some((body) => body.code === code) ? code : null;
}
