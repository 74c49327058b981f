import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import { openDesk } from './desk.js';
import type { Entry } from './entry.js';
import type { StatedFact } from './fact.js';
import { type Difference, differencesOf } from './register-fields.js';
import { readingOf } from './register-reading.js';
import { type Ours, type Standing, standingOn } from './register-status.js';

export type RegisterEntry = Extract<StatedFact, { kind: 'register-entry' }>;

/** The documented, closed list of how two registers may differ about a person. */
export const DIFFERENCE_KINDS = [
  'missing-here',
  'missing-there',
  'status-differs',
  'dates-differ',
  'body-differs',
  'version-behind',
  'twice',
  'identity-conflict',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** One way in which one row of another register differs, in the words of both. */
export type RowDifference = { kind: DifferenceKind; row: RegisterEntry; here: string; there: string };

/** `oldCodes`: a body that is the same, under another of its codes. */
export type Compared = { differences: RowDifference[]; oldCodes: { written: string; code: string }[] };

type By = { asOf: Day; directory: Directory; tellsProspective: boolean };

/**
 * What one register has of a person, held against the entry: the same that the fold asks about once it is recorded. `entry`
 * null: nothing is known of the person here.
 */
export function compareRegister(rows: readonly RegisterEntry[], entry: Entry | null, by: By): Compared {
  const { asOf, directory, tellsProspective } = by;
  const ours = { ...oursOf(entry), tellsProspective };
  const desk = openDesk(asOf, []);
  const readings = rows.map((row) => readingOf(row, directory, desk));
  const { differences, otherCodes } = differencesOf(readings, ours);
  return {
    differences: differences.map((each) => ({
      kind: kindOf(each, standingOn(each.reading.fact.on, ours)),
      row: each.reading.fact,
      here: each.here,
      there: each.reading.has[each.field] ?? 'none',
    })),
    oldCodes: otherCodes.map(({ written, code }) => ({ written, code })),
  };
}

function oursOf(entry: Entry | null): Omit<Ours, 'tellsProspective'> {
  if (entry === null) return { episodes: [], returned: [], diedOn: null, birthDate: null };
  const { episodes, concurrent, diedOn, birthDate } = entry;
  const isIn = (at: number): boolean => at === episodes.length - 1 && concurrent.includes('inpatient');
  return { episodes, returned: episodes.map(({ onHold }, at) => onHold || isIn(at)), diedOn, birthDate };
}

function kindOf({ field, reading }: Difference, { status }: Standing): DifferenceKind {
  switch (field) {
    case 'Entries':
      return 'twice';
    case 'Born':
      return 'identity-conflict';
    case 'Status':
      if (status === 'not-known') return 'missing-here';
      return reading.fact.status === 'none' ? 'missing-there' : 'status-differs';
    case 'From':
    case 'To':
      return 'dates-differ';
    case 'Council':
    case 'ICB':
      return 'body-differs';
  }
}
