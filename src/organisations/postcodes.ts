import type { Area, Directory } from './directory.js';

/** A postcode as it is looked up: capitals, without a space. */
export const postcodeKey = (written: string): string => written.replace(/\s+/g, '').toUpperCase();

/** Where some postcodes lie, by key, and by which edition of the national file. */
export type Postcodes = { edition: string; areas: ReadonlyMap<string, Area> };

/** The directory, which now knows where these postcodes lie. */
export const withPostcodes = (directory: Directory, { edition, areas }: Postcodes): Directory => ({
  ...directory,
  postcodes: edition,
  area: (postcode) => areas.get(postcodeKey(postcode)) ?? null,
});
