import type { Instant } from './day.js';
import type { Desk } from './desk.js';
import type { MessageFact, StatedFact } from './fact.js';
import type { History } from './history.js';
import { byTime, compare, dayOf } from './order.js';
import type { Rule } from './rule.js';
import { communityTreatmentOrder } from './rules/community-treatment-order.js';
import { conditionalDischarge } from './rules/conditional-discharge.js';
import { leavingHospital } from './rules/leaving-hospital.js';
import { transferIsNotLeaving } from './rules/transfer-is-not-leaving.js';

/** A moment at which a person left hospital, and on what ground. */
export type Departure = { at: Instant; rule: Rule; custody: boolean; facts: string[] };

/** Every departure that has happened by the desk's day, in order. Transfers and deaths are none. */
export function departures(history: History, desk: Desk): Departure[] {
  return [...fromStays(history, desk), ...fromCommunity(history, desk), ...fromPeople(history.stated, desk)].sort(
    (a, b) => byTime(a.at, b.at) || compare(a.facts.join(), b.facts.join()),
  );
}

function fromStays({ stays }: History, desk: Desk): Departure[] {
  return stays.flatMap(({ left }) => {
    if (!left || !desk.hasCome(dayOf(left))) return [];
    const departure = {
      at: left.effectiveAt,
      rule: leavingHospital,
      custody: left.leaving === 'custody' && left.destination !== POLICE,
      facts: [left.id],
    };
    if (left.leaving === 'left' || left.leaving === 'custody') return [departure];
    if (left.leaving === 'unclear' && askWhetherLeft(left, desk)) return [departure];
    if (left.leaving === 'transferred') {
      desk.because(transferIsNotLeaving, `Moved to other hospital care on ${dayOf(left)}.`, [left.id]);
    }
    return [];
  });
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

function fromCommunity({ community }: History, desk: Desk): Departure[] {
  const RULES = { CTO: communityTreatmentOrder, CD: conditionalDischarge } as const;
  return community.flatMap((fact) => {
    const rule = fact.status === 'CTO' || fact.status === 'CD' ? RULES[fact.status] : null;
    if (!rule || !desk.hasCome(dayOf(fact))) return [];
    return [{ at: fact.effectiveAt, rule, custody: false, facts: [fact.id] }];
  });
}

function fromPeople(stated: readonly StatedFact[], desk: Desk): Departure[] {
  return stated.flatMap((fact) =>
    fact.kind === 'left-hospital-stated' && desk.hasCome(fact.on)
      ? [{ at: fact.effectiveAt, rule: leavingHospital, custody: false, facts: [fact.id] }]
      : [],
  );
}
