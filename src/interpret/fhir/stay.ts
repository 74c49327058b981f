import type { Encounter } from '../../fhir/resources.js';
import type { Instant } from '../../register/day.js';
import type { Codes } from '../codes.js';
import type { Maker } from '../maker.js';
import type { FhirFeed } from './feed.js';
import { visitNumber } from './number.js';
import type { FhirReading } from './reading.js';
import type { Found } from './resolve.js';

export type EncounterTold = {
  encounter: Encounter;
  found: Found;
  reading: FhirReading;
  feed: FhirFeed;
  codes: Codes;
  maker: Maker;
};

/** The hospital stay as one Encounter has it. Times are null where it does not say. */
export type FhirStay = {
  visit: string | null;
  /** `before`: it has gone on as something else, such as outpatient care. */
  inpatient: 'now' | 'before' | 'never';
  admittedAt: Instant | null;
  leftAt: Instant | null;
};

/** HL7 table 0004: only an inpatient is in hospital in the sense of the Act. */
export const INPATIENT = 'I';

/** Null, and a fault, where a code or a time cannot be read. */
export function stayOf({ encounter, found, reading, codes, feed }: EncounterTold): FhirStay {
  const { place } = found;
  const classOf = (coding: Encounter['class'], at: string) => reading.coding(coding, at, codes.patientClass);
  const current = classOf(encounter.class, `${place}.class`);
  const past = (encounter.classHistory ?? []).map(({ class: coding, period }, index) => ({
    isInpatient: classOf(coding, `${place}.classHistory[${index}].class`) === INPATIENT,
    from: reading.moment(period.start, `${place}.classHistory[${index}].period.start`)?.instant ?? null,
    to: reading.moment(period.end, `${place}.classHistory[${index}].period.end`)?.instant ?? null,
  }));
  const start = reading.moment(encounter.period?.start, `${place}.period.start`)?.instant ?? null;
  const end = reading.moment(encounter.period?.end, `${place}.period.end`)?.instant ?? null;
  const asInpatient = past.filter(({ isInpatient }) => isInpatient);
  const asOther = past.filter(({ isInpatient }) => !isInpatient);
  const visit = visitOf(encounter, found, feed);
  if (current === INPATIENT) {
    // Begun in the emergency department, say: admitted when that ended.
    const admittedAt = first(asInpatient.map(({ from }) => from)) ?? last(asOther.map(({ to }) => to)) ?? start;
    return { visit, inpatient: 'now', admittedAt, leftAt: end };
  }
  if (asInpatient.length === 0) return { visit, inpatient: 'never', admittedAt: start, leftAt: end };
  const admittedAt = first(asInpatient.map(({ from }) => from)) ?? start;
  return { visit, inpatient: 'before', admittedAt, leftAt: last(asInpatient.map(({ to }) => to)) };
}

const inOrder = (times: readonly (Instant | null)[]): Instant[] =>
  times.flatMap((time) => time ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
const first = (times: readonly (Instant | null)[]): Instant | null => inOrder(times)[0] ?? null;
export const last = (times: readonly (Instant | null)[]): Instant | null => inOrder(times).at(-1) ?? null;

/** The number of the stay; without one, the Encounter's own id, where that means something outside the message. */
const visitOf = ({ identifier = [] }: Encounter, { known }: Found, feed: FhirFeed): string | null =>
  visitNumber(identifier, feed) ?? (known ? `${known.server}/${known.id}` : null);
