import type { Leaving, MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import { type Effect, type Feed, inCode, numbered } from './feed.js';
import type { Maker } from './maker.js';
import type { Found, Reading } from './reading.js';

/** HL7 table 0004: only an inpatient is in hospital in the sense of the Act. Emergency and outpatient visits are not. */
const INPATIENT = 'I';

/** What the trigger says of a hospital stay. */
export function stayFacts(effect: Effect, reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  const segment = feed.patientClass?.[0]?.slice(0, 3) ?? 'PV1';
  // A message that was cut short must not tell of a stay with half of what it has to say.
  if (effect !== 'left-if-stated' && reading.segments(segment).length === 0) {
    reading.missing(segment, 'the whole segment, which this trigger needs,');
    return [];
  }
  const written = reading.found(feed.patientClass);
  const patientClass = written && reading.mapped(classOf(written, feed, codes), written.where);
  if (patientClass !== null && patientClass !== INPATIENT) return [];

  const visit = visitIn(reading, feed);
  // Without a visit id the time is all that tells one event from another, so it is part of what is said.
  const when = visit === null ? maker.at : undefined;
  switch (effect) {
    case 'admitted':
      return [maker.fact({ kind: 'admitted', visit, patientClass }, reading.instant(feed.admittedAt) ?? maker.at)];
    case 'left':
      return leftFacts(reading, feed, codes, maker);
    case 'left-if-stated':
      return reading.value(feed.leftAt) === null ? [] : leftFacts(reading, feed, codes, maker);
    case 'admission-cancelled':
      return [maker.fact({ kind: 'admission-cancelled', visit }, when)];
    case 'left-cancelled':
      return [maker.fact({ kind: 'left-hospital-cancelled', visit }, when)];
    case 'leave-started':
      return [maker.fact({ kind: 'leave-started', visit }, maker.at)];
    case 'leave-ended':
      return [maker.fact({ kind: 'leave-ended', visit }, maker.at)];
    default:
      return [];
  }
}

/** The number of the stay that a message is about. */
export const visitIn = (reading: Reading, feed: Feed): string | null => numbered(feed, reading.value(feed.visit));

function classOf({ value }: Found, feed: Feed, codes: Codes) {
  const { code, system } = inCode(feed, 'patient-class', value);
  return codes.patientClass(code, system);
}

function leftFacts(reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  const method = reading.found(feed.dischargeMethod);
  const destination = reading.found(feed.dischargeDestination);
  const visit = visitIn(reading, feed);
  const at = reading.instant(feed.leftAt) ?? maker.at;
  const leaving = leavingOf(method, destination, { reading, feed, codes });
  const admitted = reading.instant(feed.admittedAt);
  const asWritten = { method: method?.value ?? null, destination: destination?.value ?? null };
  return [
    ...(admitted === null ? [] : [maker.fact({ kind: 'admitted', visit, patientClass: null }, admitted)]),
    ...(leaving === null ? [] : [maker.fact({ kind: 'left-hospital', visit, leaving, ...asWritten }, at)]),
  ];
}

/** The method says whether the person died, the destination where the person went; neither: a plain discharge. */
function leavingOf(
  method: Found | null,
  destination: Found | null,
  { reading, feed, codes }: { reading: Reading; feed: Feed; codes: Codes },
): Leaving | null {
  const meant = (table: string, { value }: Found) => inCode(feed, table, value);
  const byMethod = method && meant('discharge-method', method);
  const byDestination = destination && meant('discharge-destination', destination);
  const how = byMethod && reading.mapped(codes.dischargeMethod(byMethod.code, byMethod.system), method.where);
  const where =
    byDestination &&
    reading.mapped(codes.dischargeDestination(byDestination.code, byDestination.system), destination.where);
  if ((method && how === null) || (destination && where === null)) return null;
  return how?.died ? 'died' : (where?.leaving ?? 'left');
}
