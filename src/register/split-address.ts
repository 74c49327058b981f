import type { Area, Directory, Resolution } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { Desk } from './desk.js';

export type Split = Extract<Resolution, { kind: 'split' }>;

/** Where a person lived on the day before a detention began. */
export type Address = { postcode: string; on: Day };

/**
 * The part in which every one of these addresses lies that the national files know; null where they know none, where they
 * lie in several, or where the files are older than the division.
 */
export function partAt(
  side: 'council' | 'icb',
  addresses: readonly Address[],
  split: Split,
  { directory, desk }: { directory: Directory; desk: Desk },
): string | null {
  const parts = new Set<string | null>();
  for (const { postcode, on } of addresses) {
    const area = directory.area(postcode);
    if (area === null) continue;
    const wasThere = area.introducedOn === null || area.introducedOn <= on;
    const partOf = side === 'council' ? councilPart : icbPart;
    parts.add(wasThere ? partOf(area, split, directory, desk) : null);
  }
  const [only = null] = parts;
  return parts.size === 1 ? only : null;
}

/** By the council of the file; by that of the small area where the file is older than the division. */
function councilPart(area: Area, { candidates }: Split, directory: Directory, { asOf }: Desk): string | null {
  const among = (code: string) => {
    const found = directory.council(code, asOf, asOf);
    return found.kind === 'found' ? (candidates.find((body) => body.code === found.body.code)?.code ?? null) : null;
  };
  if (directory.council(area.council, asOf, asOf).kind === 'found') return among(area.council);
  return theOne(smallAreasOf(area, directory, asOf).map(({ council }) => (council === null ? null : among(council))));
}

/** By the ICB of the file and by its small areas, which must not contradict each other. */
function icbPart(area: Area, { candidates }: Split, directory: Directory, desk: Desk): string | null {
  const named = candidates.find(({ gss }) => gss !== null && gss === area.icb)?.code ?? null;
  for (const { from } of lsoasOf(area).flatMap((lsoa) => directory.smallArea(lsoa))) desk.hasCome(from);
  const told = smallAreasOf(area, directory, desk.asOf).map(({ from, subIcb, icb }) => {
    const place = directory.commissioner(subIcb, from, desk.asOf);
    const found = place.kind === 'unknown' && icb !== null ? directory.commissioner(icb, from, desk.asOf) : place;
    return found.kind === 'found' ? (candidates.find((body) => body.code === found.body.code)?.code ?? null) : null;
  });
  return theOne([named, ...told]);
}

const lsoasOf = ({ lsoa11, lsoa21 }: Area): string[] => [...new Set([lsoa11, lsoa21].flatMap((lsoa) => lsoa ?? []))];

/** Of each small area of a postcode what was said last by that day, else the first that is said of later. */
const smallAreasOf = (area: Area, directory: Directory, asOf: Day) =>
  lsoasOf(area).flatMap((lsoa) => {
    const said = directory.smallArea(lsoa);
    return said.find(({ from }) => from <= asOf) ?? said.at(-1) ?? [];
  });

function theOne(parts: readonly (string | null)[]): string | null {
  const known = new Set(parts.flatMap((part) => part ?? []));
  const [only = null] = known;
  return known.size === 1 ? only : null;
}
