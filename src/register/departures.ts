import type { Instant } from './day.js';
import type { Asking, Desk } from './desk.js';
import type { CommunityStatusCode, MessageFact, StatedFact } from './fact.js';
import type { History } from './history.js';
import { dayOf } from './order.js';
import type { Rule } from './rule.js';
import { communityTreatmentOrder } from './rules/community-treatment-order.js';
import { conditionalDischarge } from './rules/conditional-discharge.js';
import { leavingHospital } from './rules/leaving-hospital.js';
import { transferIsNotLeaving } from './rules/transfer-is-not-leaving.js';
import type { LateCancelled } from './stays.js';

/** A moment at which a person left hospital, and on what ground. `doubt`: what is asked where it may not have been. */
export type Departure = { at: Instant; rule: Rule; custody: boolean; facts: string[]; doubt: Asking | null };

/** Every departure that has happened by the desk's day, by where it was told. Transfers and deaths are none. */
export const departures = (history: History, desk: Desk): Departure[] => [
  ...fromStays(history, desk),
  ...fromCommunity(history, desk),
  ...fromPeople(history.stated, desk),
];

function fromStays({ stays }: History, desk: Desk): Departure[] {
  return stays.flatMap(({ key, left, lateCancelled }) => [
    ...lateCancelled.flatMap((each) => mayHaveLeft(key, each, desk)),
    ...(left ? leftOr(left, desk) : []),
  ]);
}

function leftOr(left: Left, desk: Desk): Departure[] {
  if (!desk.hasCome(dayOf(left))) return [];
  const departure = departureOf(left);
  if (left.leaving === 'left' || left.leaving === 'custody') return [departure];
  if (left.leaving === 'unclear' && askWhetherLeft(left, desk)) return [departure];
  if (left.leaving === 'transferred') {
    desk.because(
      transferIsNotLeaving,
      `Moved to other hospital care on ${dayOf(left)}: that is not leaving hospital.`,
      [left.id],
    );
  }
  return [];
}

const departureOf = (left: Left): Departure => ({
  at: left.effectiveAt,
  rule: leavingHospital,
  custody: left.leaving === 'custody' && left.destination !== POLICE,
  facts: [left.id],
  doubt: null,
});

/** Until it is known, nothing is taken away: the person counts as having left. */
function mayHaveLeft(stay: string, { left, cancelled }: LateCancelled, desk: Desk): Departure[] {
  if (!desk.hasCome(dayOf(left)) || (left.leaving !== 'left' && left.leaving !== 'custody')) return [];
  const facts = [left.id, cancelled.id];
  const doubt: Asking = {
    kind: 'leave-or-aftercare',
    text: `The discharge of ${dayOf(left)} was cancelled on ${dayOf(cancelled)}. Did the person never leave hospital, so that the discharge was an error? Or did the person leave and come back, which is a readmission and takes nothing away (MHA 1983 s117(1))? Until it is answered aftercare goes on from ${dayOf(left)}.`,
    options: ['never-left', 'left-and-came-back'],
    about: [stay, dayOf(left), 'cancelled'],
    facts,
  };
  return [{ ...departureOf(left), facts, doubt }];
}

type Left = Extract<MessageFact, { kind: 'left-hospital' }>;

/** NHS Data Dictionary: a police station. Nobody stays there. */
const POLICE = '42';

/** About the stay, so that an answer outlives a corrected day; without its number the day is all there is. */
function askWhetherLeft(left: Left, desk: Desk): boolean {
  const day = dayOf(left);
  const answer = desk.ask({
    kind: 'leave-or-aftercare',
    text: `The stay ended on ${day} with a destination that may still be hospital care. Did the person leave hospital?`,
    options: ['left-hospital', 'still-in-hospital'],
    about: [`${left.source.sender}|${left.visit ?? `|${day}`}`],
    facts: [left.id],
  });
  return answer === 'left-hospital';
}

const RULES: Partial<Record<CommunityStatusCode, Rule>> = { CTO: communityTreatmentOrder, CD: conditionalDischarge };

function fromCommunity({ community }: History, desk: Desk): Departure[] {
  return community.flatMap((fact) => {
    const rule = RULES[fact.status];
    if (!rule || !desk.hasCome(dayOf(fact))) return [];
    return [{ at: fact.effectiveAt, rule, custody: false, facts: [fact.id], doubt: null }];
  });
}

function fromPeople(stated: readonly StatedFact[], desk: Desk): Departure[] {
  return stated.flatMap((fact) =>
    fact.kind === 'left-hospital-stated' && desk.hasCome(fact.on)
      ? [{ at: fact.effectiveAt, rule: leavingHospital, custody: false, facts: [fact.id], doubt: null }]
      : [],
  );
}
