import type { Fact } from './fact.js';
import { withoutWithdrawn } from './history.js';
import { latestFirst } from './order.js';

/** A period as one person was told to have it: the sender with its number, and the fact that says so. */
export type ToldPeriod = { number: string; factId: string };

/**
 * The sender with its own number of the Mental Health Act period that a fact tells of; null where it gives none. What
 * then stands for the number holds a day, and is the same for everybody who was detained on it.
 */
export function periodNumberOf(fact: Fact): string | null {
  if (fact.kind !== 'detention' && fact.kind !== 'detention-withdrawn') return null;
  return HOLDS_A_DAY.test(fact.period) ? null : `${fact.source.sender}|${fact.period}`;
}

/** `obx/03/2026-01-05T14:00:00Z`, `2026-01-05/legal-status-on-admission`: made of what is told, for want of a number. */
const HOLDS_A_DAY = /(?:^|\/)\d{4}-\d{2}-\d{2}(?:T[^/]*Z)?(?:\/|$)/;

/**
 * A period is one person's. For each person those that are told of one other too; a sender that has withdrawn it from
 * all but one has said whose it is. A number that three or more have is none of a period: such a sender counts each
 * person's from 1, and asking would hold up everybody, also the two who have come as far as a number that few have.
 */
export function sharedPeriods(factsOf: ReadonlyMap<string, readonly Fact[]>): Map<string, ToldPeriod[]> {
  if (factsOf.size < 2) return new Map();
  const told = [...factsOf].map(([person, facts]) => [person, periodsTold(facts)] as const);
  const having = new Map<string, string[]>();
  for (const [person, periods] of told) {
    for (const { number } of periods) {
      const persons = having.get(number);
      if (persons) persons.push(person);
      else having.set(number, [person]);
    }
  }
  const counted = new Set(
    [...having].flatMap(([number, persons]) =>
      persons.length > 2 ? persons.map((person) => `${person} ${senderIn(number)}`) : [],
    ),
  );
  const isAsked = ({ number }: ToldPeriod): boolean => {
    const persons = having.get(number) ?? [];
    return persons.length === 2 && !persons.some((person) => counted.has(`${person} ${senderIn(number)}`));
  };
  return new Map(told.map(([person, periods]) => [person, periods.filter(isAsked)]));
}

const senderIn = (number: string): string => number.slice(0, number.indexOf('|'));

/** The periods that stand, as each was last told. */
function periodsTold(facts: readonly Fact[]): ToldPeriod[] {
  const latest = new Map<string, Fact>();
  const ofPeriods = withoutWithdrawn(facts).filter(
    (fact) => fact.kind === 'detention' || fact.kind === 'detention-withdrawn',
  );
  for (const fact of ofPeriods.sort((a, b) => latestFirst(b, a))) {
    const number = periodNumberOf(fact);
    if (number !== null) latest.set(number, fact);
  }
  return [...latest]
    .filter(([, fact]) => fact.kind === 'detention')
    .map(([number, { id }]) => ({ number, factId: id }));
}
