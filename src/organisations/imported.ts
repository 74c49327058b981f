import { addDays, type Day } from '../register/day.js';
import type { Area, Directory, Membership, Resolution, SmallArea } from './directory.js';

/** A postcode as it is looked up: capitals, without a space. */
export const postcodeKey = (written: string): string => written.replace(/\s+/g, '').toUpperCase();

/** The code of a GP practice or of a small area as it is looked up. */
export const codeKey = (written: string): string => written.trim().toUpperCase();

/** What imported files say of the few postcodes, GP practices and small areas that somebody's facts name, by key. */
export type Imported = {
  /** Of all files that were imported up to now. */
  edition: string;
  areas: ReadonlyMap<string, Area>;
  /** In order of time. */
  practices: ReadonlyMap<string, readonly Membership[]>;
  /** The latest first. */
  smallAreas: ReadonlyMap<string, readonly SmallArea[]>;
};

export const NOTHING_IMPORTED: Omit<Imported, 'edition'> = {
  areas: new Map(),
  practices: new Map(),
  smallAreas: new Map(),
};

/** The directory, which now answers by these files too. A GP practice that a table has is as the table says. */
export const withImported = (directory: Directory, { edition, areas, practices, smallAreas }: Imported): Directory => {
  const membershipsOf = (code: string) => practices.get(codeKey(code)) ?? [];
  return {
    ...directory,
    imported: edition,
    area: (postcode) => areas.get(postcodeKey(postcode)) ?? null,
    smallArea: (lsoa) => smallAreas.get(codeKey(lsoa)) ?? [],
    icbOfPractice(code, on) {
      const known = directory.icbOfPractice(code, on);
      return known.kind === 'unknown' ? icbThrough(membershipsOf(code), on, directory) : known;
    },
    nextChange(code, asOf) {
      const days = [directory.nextChange(code, asOf), ...changesOf(membershipsOf(code), asOf, directory)];
      return days.flatMap((day) => day ?? []).sort()[0] ?? null;
    },
  };
};

/** The commissioner of that day, followed; of a practice that is gone by then, the last one. */
function icbThrough(memberships: readonly Membership[], on: Day, directory: Directory): Resolution {
  const membership = memberships.findLast(({ from }) => (from ?? '') <= on);
  if (!membership) return { kind: 'unknown' };
  const { commissioner, to } = membership;
  return directory.commissioner(commissioner, to !== null && to < on ? to : on, on);
}

/** The days on which another commissioner may answer for the practice. */
const changesOf = (memberships: readonly Membership[], asOf: Day, directory: Directory): (Day | null)[] =>
  memberships.flatMap(({ commissioner, from, to }) => [
    ...(from !== null && from > asOf ? [from] : []),
    ...(to !== null && to >= asOf ? [addDays(to, 1)] : []),
    directory.nextChange(commissioner, asOf),
  ]);
