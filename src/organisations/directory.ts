import type { Day } from '../register/day.js';
import type { Row } from './table.js';

export const BODY_KINDS = ['council', 'icb', 'ccg', 'sub-icb', 'local-health-board', 'gp-practice', 'trust'] as const;
export type BodyKind = (typeof BODY_KINDS)[number];

/** One body over one span of its life. `code` is what `contract.md` answers with: GSS for a council, ODS for the NHS. */
export type Body = {
  code: string;
  kind: BodyKind;
  name: string;
  ods: string | null;
  gss: string | null;
  from: Day | null;
  /** Last day; null while it lives. */
  to: Day | null;
  source: string;
};

/** One succession that was followed. */
export type Step = {
  on: Day;
  from: string;
  to: string;
  kind: 'merge' | 'rename' | 'split' | 'boundary';
  source: string;
  /** The sub-ICB location that decided which part of a divided ICB was meant. */
  place?: string;
};

/** One row of bodies.csv. `answersTo` is the ICB of a sub-ICB location; `after` is the first day the row no longer holds. */
export type Span = { body: Body; answersTo: string | null; after: Day | null };

/** One row of successions.csv. */
export type Succession = Step & { resolveBy: string | null };

/** The rows of both tables, each with the line that it stands on. */
export type OrganisationTables = { bodies: readonly Row<Span>[]; successions: readonly Row<Succession>[] };

export type Resolution =
  | { kind: 'found'; body: Body; steps: Step[] }
  /** Several successors, in the order of their codes, and nothing in the code says which: never guessed. */
  | { kind: 'split'; candidates: Body[]; steps: Step[]; resolveBy: string }
  | { kind: 'unknown' };

/** What a code was when it was written, and who answers for it. One code may be a council's and an NHS body's. */
export type Meaning = {
  meant: Body;
  /** The ICB of a sub-ICB location or a GP practice. */
  answersTo: string | null;
  /** The code had nobody yet on that day, or nobody any more: the nearest body that had it is meant. */
  isOutsideItsLife: boolean;
  resolution: Resolution;
};

/** Where a postcode lies today, by the codes of the national file. */
export type Area = {
  /** GSS, of the council with social services. */
  council: string;
  lsoa11: string | null;
  lsoa21: string | null;
  /** GSS. */
  subIcb: string | null;
  icb: string | null;
  /** A postcode that was given up may be given again elsewhere: it lies there since this day; null where the file does not say. */
  introducedOn: Day | null;
};

/** A GP practice under one commissioner, by a code as it was on those days; null: from before the file tells, or still. */
export type Membership = { commissioner: string; from: Day | null; to: Day | null };

/** To whom a small area (an LSOA) belongs from a day on. */
export type SmallArea = {
  from: Day;
  /** ODS, as of that day. */
  subIcb: string;
  icb: string | null;
  /** GSS, of the district or the council. */
  council: string | null;
};

/** Who a code meant on the day it was written, and who answers for it on another. Pure once loaded. */
export type Directory = {
  /** Digest of the tables it was loaded from, and the edition of what was applied to them. */
  version: string;
  /** The rows it answers by. */
  tables: OrganisationTables;
  /** The directory as it was loaded, where changes were applied to it; null: it is that one. */
  shipped: Directory | null;
  /** Made of changes that nobody has applied yet: it stays as it is, whatever counts meanwhile. */
  isPlanned?: true;
  /** A council by GSS or ODS code, English or Welsh. */
  council(code: string, writtenOn: Day, asOf: Day): Resolution;
  /** A CCG, sub-ICB location, ICB or Welsh local health board by ODS code. */
  commissioner(code: string, writtenOn: Day, asOf: Day): Resolution;
  /** The ICB that a GP practice belongs to on a day; unknown where neither a table nor an imported file has the practice. */
  icbOfPractice(code: string, on: Day): Resolution;
  /** Every body of a kind that there is on a day, by its code. */
  livingOn(kind: BodyKind, day: Day): Body[];
  /** Everything that a code means, of every kind; empty for a code in no table. */
  meanings(code: string, writtenOn: Day, asOf: Day): Meaning[];
  /** The first day after `asOf` on which the code resolves differently; null when no such day is known. */
  nextChange(code: string, asOf: Day): Day | null;
  /**
   * Which editions of national files `area`, `smallArea` and `icbOfPractice` answer by; null: none was imported, and they
   * know nothing but what the tables say.
   */
  imported: string | null;
  area(postcode: string): Area | null;
  /** What the imported look-ups say of a small area, the latest first. */
  smallArea(lsoa: string): readonly SmallArea[];
};
