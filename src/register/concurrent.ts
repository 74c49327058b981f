import { ctoInForce } from './community-treatment-order.js';
import { addDays, type Day, londonDay } from './day.js';
import type { Desk } from './desk.js';
import type { Concurrent } from './entry.js';
import type { CommunityStatusCode, QualifyingBasis } from './fact.js';
import { type History, statusKey } from './history.js';
import { byTime, dayOf } from './order.js';
import { detainedAnew, type Span } from './spans.js';
import type { Stay } from './stays.js';

/** Guardianship in the England list: section 7 and section 37. Code 35 means another thing in Wales. */
const GUARDIANSHIP = new Set(['35', '36']);
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';

/** What else is so on the desk's day. None of it begins or ends the duty. */
export function concurrentOf(history: History, span: Span | undefined, desk: Desk): Concurrent[] {
  const found = new Set<Concurrent>();
  if (orderOpen(history, span, desk)) found.add('cto');
  if (communityOpen(history, 'CD', desk)) found.add('conditional-discharge');
  if (communityOpen(history, 'AWOL', desk)) found.add('awol');
  if (openLeave(history, desk)) found.add('s17-leave');
  if (history.detentions.some((d) => isGuardianship(d.status) && isOpen(d.from, d.to, desk))) found.add('guardianship');
  const recalled = communityOpen(history, 'RECALL', desk) || span?.onHold;
  if (recalled || isInHospital(history, span, desk)) found.add('inpatient');
  if (isInCustody(history, span, desk)) found.add('custody');
  return [...found].sort();
}

function orderOpen(history: History, span: Span | undefined, desk: Desk): boolean {
  for (const f of history.community) if (f.status === 'CTO' && f.to !== null) desk.hasCome(addDays(f.to, 1));
  return ctoInForce(history, desk.asOf, span ? detainedAnew(span) : null);
}

function communityOpen(history: History, status: Exclude<CommunityStatusCode, 'CTO'>, desk: Desk): boolean {
  return history.community.some((f) => f.status === status && isOpen(dayOf(f), f.to, desk));
}

const isGuardianship = ({ system, code }: { system: string; code: string }): boolean =>
  system === ENGLAND && GUARDIANSHIP.has(code);

export function isOpen(from: Day, to: Day | null, desk: Desk): boolean {
  return desk.hasCome(from) && (to === null || !desk.hasCome(addDays(to, 1)));
}

export function stayOpen({ admitted, left }: Stay, desk: Desk): boolean {
  if (!admitted || !desk.hasCome(dayOf(admitted))) return false;
  return !left || !desk.hasCome(dayOf(left));
}

/**
 * Somebody living is in hospital while a stay is open; of whom no leaving is known, also while a detention is, or once
 * moved to other hospital care. `span` is the latest.
 */
function isInHospital(history: History, span: Span | undefined, desk: Desk): boolean {
  if (history.stays.some((stay) => stayOpen(stay, desk))) return true;
  if (!span || span.departure) return false;
  const detained = span.detentions.some(({ from, to }) => isOpen(from, to, desk));
  const moved = history.stays.some(({ left }) => left && desk.hasCome(dayOf(left)));
  return detained || moved;
}

export type Leave = { from: Day; about: string; factId: string };

export function openLeave(history: History, desk: Desk): Leave | null {
  const bySection = history.community.find((f) => f.status === 'S17' && isOpen(dayOf(f), f.to, desk));
  if (bySection) return { from: dayOf(bySection), about: statusKey(bySection), factId: bySection.id };
  for (const stay of history.stays) {
    if (!stayOpen(stay, desk)) continue;
    const leave = stay.leaves.find(
      ({ started, ended }) => desk.hasCome(dayOf(started)) && !(ended && desk.hasCome(dayOf(ended))),
    );
    if (leave) {
      const from = dayOf(leave.started);
      return { from, about: `${stay.key}|${from}`, factId: leave.started.id };
    }
  }
  return null;
}

/** Left for prison, and neither released nor back in hospital since. */
export function isInCustody(history: History, span: Span | undefined, desk: Desk): boolean {
  const departure = span?.departure;
  if (!span || !departure?.custody || span.releasedAt !== null) return false;
  const admittedSince = history.stays.some(
    ({ admitted }) =>
      admitted && byTime(admitted.effectiveAt, departure.at) > 0 && desk.hasCome(londonDay(admitted.effectiveAt)),
  );
  return !admittedSince;
}

const TRANSFERRED: readonly QualifyingBasis[] = ['s47', 's47-49', 's48', 's48-49'];

/** Came from prison by a transfer direction. */
export const isFromPrison = ({ detentions }: Span): boolean =>
  detentions.some(({ basis }) => TRANSFERRED.includes(basis));
