import { addDays, type Day, londonDay } from '../day.js';
import type { Desk } from '../desk.js';
import type { Concurrent } from '../entry.js';
import type { CommunityStatusCode } from '../fact.js';
import { byTime, dayOf, type History, type Stay, statusKey } from '../history.js';
import type { Policy } from '../policy.js';
import type { Rule } from '../rule.js';
import { ctoInForce } from './community-treatment-order.js';
import { leavingHospital } from './leaving-hospital.js';
import type { Span } from './redetention.js';

export const sectionLeave: Rule = {
  id: 'section-17-leave',
  says: 'Leave can engage section 117 when the person truly leaves hospital; an escorted day out does not. It depends on the facts, so longer leave is asked about.',
  cites: 'MHA 1983 s17; R (CXF) v Central Bedfordshire Council [2018] EWCA Civ 2852',
  inForce: { from: null, to: null },
};

/** Guardianship in the England list: section 7 and section 37. Code 35 means another thing in Wales. */
const GUARDIANSHIP = new Set(['35', '36']);
const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';

/** What else is so on the desk's day. None of it begins or ends the duty. */
export function concurrentOf(history: History, span: Span | undefined, desk: Desk): Concurrent[] {
  const found = new Set<Concurrent>();
  if (communityOpen(history, 'CTO', desk)) found.add('cto');
  if (communityOpen(history, 'CD', desk)) found.add('conditional-discharge');
  if (communityOpen(history, 'AWOL', desk)) found.add('awol');
  if (openLeave(history, desk)) found.add('s17-leave');
  if (history.detentions.some((d) => isGuardianship(d.status) && isOpen(d.from, d.to, desk))) found.add('guardianship');
  const recalled = communityOpen(history, 'RECALL', desk) || span?.onHold;
  if (recalled || whereabouts(history, span, desk) === 'hospital') found.add('inpatient');
  if (inCustody(history, span, desk)) found.add('custody');
  return [...found].sort();
}

/**
 * Where a person is of whom no leaving is known: in hospital while a stay or a detention is open, or once moved to other
 * hospital care; else nobody has said. `span` is the latest; null when none is owed or the person has left.
 */
function whereabouts(history: History, span: Span | undefined, desk: Desk): 'hospital' | 'unsaid' | null {
  if (history.stays.some((stay) => stayOpen(stay, desk))) return 'hospital';
  if (!span || span.departure) return null;
  const detained = span.detentions.some(({ from, to }) => isOpen(from, to, desk));
  const moved = history.stays.some(({ left }) => left && left.leaving !== 'died' && desk.hasCome(dayOf(left)));
  return detained || moved ? 'hospital' : 'unsaid';
}

/** A detention of long ago that nobody saw the end of the stay of would else be prospective for ever, in silence. */
export function askWhetherGone(history: History, span: Span | undefined, desk: Desk): void {
  if (!span || whereabouts(history, span, desk) !== 'unsaid') return;
  const last = span.detentions
    .flatMap(({ to }) => to ?? [])
    .sort()
    .at(-1);
  if (last === undefined) return;
  const facts = span.detentions.map(({ factId }) => factId).sort();
  desk.because(leavingHospital, `Detained until ${last}; nothing says that the person has left hospital.`, facts);
  desk.ask({
    kind: 'leave-or-aftercare',
    text: `The detention ended on ${last}, and nothing says whether and when the person left hospital. If the person has left, record it with the day: aftercare is owed from then (Mental Health Act 1983 s117(1)).`,
    options: ['still-in-hospital'],
    about: span.detentions.map(({ key }) => key).sort(),
    facts,
  });
}

/** Asks whether leave that has lasted the partnership's number of nights is aftercare. */
export function askAboutLeave(history: History, span: Span | undefined, policy: Policy, desk: Desk): void {
  const leave = openLeave(history, desk);
  if (!leave || !span || span.departure) return;
  if (!desk.hasCome(addDays(leave.from, policy.askLeaveAfterNights))) return;
  desk.because(sectionLeave, `On leave from hospital since ${leave.from}.`, [leave.factId]);
  desk.ask({
    kind: 'leave-or-aftercare',
    text: `On section 17 leave since ${leave.from}. Is the person living elsewhere, so that aftercare is owed during the leave? Then record that the person left hospital.`,
    options: ['leave-only'],
    about: [leave.about],
    facts: [leave.factId],
  });
}

function communityOpen(history: History, status: CommunityStatusCode, desk: Desk): boolean {
  if (status === 'CTO') {
    for (const f of history.community) if (f.status === 'CTO' && f.to !== null) desk.hasCome(addDays(f.to, 1));
    return ctoInForce(history, desk.asOf);
  }
  return history.community.some((f) => f.status === status && isOpen(dayOf(f), f.to, desk));
}

const isGuardianship = ({ system, code }: { system: string; code: string }): boolean =>
  system === ENGLAND && GUARDIANSHIP.has(code);

function isOpen(from: Day, to: Day | null, desk: Desk): boolean {
  return desk.hasCome(from) && (to === null || !desk.hasCome(addDays(to, 1)));
}

function stayOpen({ admitted, left }: Stay, desk: Desk): boolean {
  if (!admitted || !desk.hasCome(dayOf(admitted))) return false;
  return !left || !desk.hasCome(dayOf(left));
}

type Leave = { from: Day; about: string; factId: string };

function openLeave(history: History, desk: Desk): Leave | null {
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

function inCustody(history: History, span: Span | undefined, desk: Desk): boolean {
  const departure = span?.departure;
  if (!departure?.custody) return false;
  const admittedSince = history.stays.some(
    ({ admitted }) =>
      admitted && byTime(admitted.effectiveAt, departure.at) > 0 && desk.hasCome(londonDay(admitted.effectiveAt)),
  );
  return !admittedSince;
}
