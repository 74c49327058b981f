import { wasSaidBefore } from './counted-in-error.js';
import type { Fact, MessageFact, PersonRef } from './fact.js';
import { standingWithdrawals } from './history.js';
import { latestFirst } from './order.js';

export type Move = Extract<MessageFact, { kind: 'visit-moved' }>;

/** The move of the stay that a fact belongs to; null where it belongs to none, or to one that nobody moved. */
export type MoveOf = (fact: Fact) => Move | null;

/** A move that counted until people withdrew it, or a later one of the same stay was said; `went`: what went with the stay. */
export type UndoneMove = { move: Move; by: readonly Fact[]; went: readonly Fact[] };

/**
 * Stays that were moved to another person (A44, A45): the latest move counts that nobody withdrew. With a stay goes what
 * its messages told of a period of detention, unless other messages told of that period too.
 */
export function movesIn(facts: readonly Fact[]): { moveOf: MoveOf; undone: UndoneMove[] } {
  const moves = facts.filter((f): f is Move => f.kind === 'visit-moved').sort((a, b) => latestFirst(b, a));
  if (moves.length === 0) return { moveOf: () => null, undone: [] };
  const withdrawals = standingWithdrawals(facts);
  const withdrawing = (move: Move) => withdrawals.filter(({ fact }) => fact.toLowerCase() === move.id);
  const standing = moves.filter((move) => withdrawing(move).length === 0);
  const ofVisit = new Map(standing.flatMap((move) => (move.visit === null ? [] : [[visitOf(move), move]])));
  const undone = [...new Map(moves.map((move) => [move.id, move])).values()].flatMap((move) => {
    const next = standing.find((later) => isOnward(later, move));
    const by = [...withdrawing(move), ...(next ? [next] : [])];
    return by.length === 0 || !wasSaidBefore(move, by) ? [] : [{ move, by, went: movedBy(move, by, facts) }];
  });
  return { moveOf: movingOf(ofVisit, facts), undone };
}

const visitOf = ({ source, visit }: Move): string => `${source.sender}|${visit}`;

/** Said later of the same stay, and other than the same once more. */
const isOnward = (later: Move, move: Move): boolean =>
  later.id !== move.id && visitOf(later) === visitOf(move) && latestFirst(later, move) < 0;

function movedBy(move: Move, by: readonly Fact[], facts: readonly Fact[]): Fact[] {
  if (move.visit === null) return [];
  const said = facts.filter((fact) => wasSaidBefore(fact, by));
  const moveOf = movingOf(new Map([[visitOf(move), move]]), said);
  return said.filter((fact) => moveOf(fact) !== null);
}

function movingOf(ofVisit: ReadonlyMap<string, Move>, facts: readonly Fact[]): MoveOf {
  const ofPeriod = movesOfPeriods(facts, ofVisit);
  return (fact) => {
    if (fact.source.by !== 'message') return null;
    if ('visit' in fact) return ofVisit.get(`${fact.source.sender}|${fact.visit}`) ?? null;
    return 'period' in fact ? (ofPeriod.get(periodOf(fact)) ?? null) : null;
  };
}

type PeriodFact = Extract<MessageFact, { period: string }>;

function movesOfPeriods(facts: readonly Fact[], ofVisit: ReadonlyMap<string, Move>): Map<string, Move> {
  const visits = visitsOfMessages(facts);
  const moved = new Map<string, Move | null>();
  for (const fact of facts) {
    if (!('period' in fact)) continue;
    const own = visits.get(messageOf(fact)) ?? [];
    const [move, ...others] = new Set(own.map((visit) => ofVisit.get(visit) ?? null));
    const period = periodOf(fact);
    const before = moved.get(period);
    const isWhole = move !== undefined && others.length === 0 && (before === undefined || before === move);
    moved.set(period, isWhole ? move : null);
  }
  return new Map([...moved].flatMap(([period, move]) => (move === null ? [] : [[period, move]])));
}

/** Which visits each message names, as its facts have them. */
function visitsOfMessages(facts: readonly Fact[]): Map<string, string[]> {
  const visits = new Map<string, string[]>();
  for (const fact of facts) {
    if (!('visit' in fact) || fact.visit === null || fact.kind === 'visit-moved') continue;
    const message = messageOf(fact);
    visits.set(message, [...(visits.get(message) ?? []), `${fact.source.sender}|${fact.visit}`]);
  }
  return visits;
}

/** A sender says one thing of one person at one moment; where it says two, both are taken together. */
const messageOf = (fact: MessageFact): string => [fact.source.sender, fact.source.sentAt, personIn(fact)].join('|');

const periodOf = (fact: PeriodFact): string => [fact.source.sender, fact.period, personIn(fact)].join('|');

const personIn = ({ nhsNumber, localIds }: PersonRef): string => JSON.stringify([nhsNumber, localIds]);
