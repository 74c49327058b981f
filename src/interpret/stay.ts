import type { Leaving, MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import type { Effect, Feed } from './feed.js';
import type { Maker } from './maker.js';
import type { Reading } from './reading.js';

/** HL7 table 0004: only an inpatient is in hospital in the sense of the Act. Emergency and outpatient visits are not. */
const INPATIENT = 'I';

/** What the trigger says of a hospital stay. */
export function stayFacts(effect: Effect, reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  const segment = feed.patientClass.slice(0, 3);
  // A message that was cut short must not tell of a stay with half of what it has to say.
  if (effect !== 'left-if-stated' && reading.segments(segment).length === 0) {
    reading.missing(segment, 'the whole segment, which this trigger needs,');
    return [];
  }
  const written = reading.value(feed.patientClass);
  const patientClass = written === null ? null : reading.mapped(codes.patientClass(written), feed.patientClass);
  if (patientClass !== null && patientClass !== INPATIENT) return [];

  const visit = reading.value(feed.visit);
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

function leftFacts(reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  const method = reading.value(feed.dischargeMethod);
  const destination = reading.value(feed.dischargeDestination);
  const visit = reading.value(feed.visit);
  const at = reading.instant(feed.leftAt) ?? maker.at;
  const leaving = leavingOf(method, destination, reading, feed, codes);
  const admitted = reading.instant(feed.admittedAt);
  return [
    ...(admitted === null ? [] : [maker.fact({ kind: 'admitted', visit, patientClass: null }, admitted)]),
    ...(leaving === null ? [] : [maker.fact({ kind: 'left-hospital', visit, leaving, method, destination }, at)]),
  ];
}

/** The method says whether the person died, the destination where the person went; neither: a plain discharge. */
function leavingOf(
  method: string | null,
  destination: string | null,
  reading: Reading,
  feed: Feed,
  codes: Codes,
): Leaving | null {
  const how = method === null ? null : reading.mapped(codes.dischargeMethod(method), feed.dischargeMethod);
  const where =
    destination === null ? null : reading.mapped(codes.dischargeDestination(destination), feed.dischargeDestination);
  if ((method !== null && how === null) || (destination !== null && where === null)) return null;
  return how?.died ? 'died' : (where?.leaving ?? 'left');
}
