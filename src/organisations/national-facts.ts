import type { Day } from '../register/day.js';

/** Days between which something holds; null is time out of mind, or still running. */
export type Life = { from: Day | null; to: Day | null };

/** One body was followed by another, by ODS codes, as a national file says. */
export type NationalLink = { from: string; to: string; on: Day };

/** What an ODS record says of one body, as far as the register needs it. */
export type NationalRecord = {
  code: string;
  name: string | null;
  lastChangeOn: Day | null;
  life: Life;
  roles: (Life & { id: string; isPrimary: boolean })[];
  /** Relationships RE5, "is located in the geography of", with ICBs. */
  locatedIn: (Life & { icb: string })[];
  links: NationalLink[];
};

/** Everything that was imported: one record a code, the newest, and the links of the succession files. */
export type NationalFacts = { records: readonly NationalRecord[]; links: readonly NationalLink[] };

/** How a national file writes a code: capitals and digits; regional offices of the 1990s had two. */
export const ODS_CODE = /^[A-Z0-9]{2,12}$/;
