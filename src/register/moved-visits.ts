import { wasSaidBefore } from './counted-in-error.js';
import type { Asking } from './desk.js';
import type { Doubt } from './doubt.js';
import type { Fact, MessageFact, PersonRef } from './fact.js';
import { standingWithdrawals, withdrawnIds } from './history.js';
import { grouped } from './lists.js';
import { firstNode } from './nodes.js';
import { latestFirst } from './order.js';

type Move = Extract<MessageFact, { kind: 'visit-moved' }>;

/** For whom a fact counted until `by` said otherwise; `because`: that, and the move by which it had come. */
type Held = { part: string; by: readonly Fact[]; because: readonly string[] };

/** The part of the graph whose a fact is, and those whose it was before, through stays that were moved. */
export type Path = { now: string; before: readonly Held[] };

/** `undecided`: moves of stays that nobody concerned is known to have had. */
export type MovedStays = {
  /** Null: said of whom it is. */
  pathOf: (fact: Fact) => Path | null;
  undecided: Doubt[];
};

type PartOf = (ref: PersonRef) => string;
type Step = { part: string; move: Move | null };

const NOTHING_MOVED: MovedStays = { pathOf: () => null, undecided: [] };

/**
 * Stays that were moved to another person (A44, A45). A move concerns what was said of the person whom it names as having
 * the stay, or had been moved to that person before; nobody else's. With a stay goes what its messages told of a period of
 * detention, unless other messages told of that period too.
 */
export function movesIn(facts: readonly Fact[], partOfNode: (node: string) => string): MovedStays {
  const moves = facts.filter((f): f is Move => f.kind === 'visit-moved').sort((a, b) => latestFirst(b, a));
  if (moves.length === 0) return NOTHING_MOVED;
  const partOf: PartOf = (ref) => partOfNode(firstNode(ref));
  const stayPath = pathsOfStays(moves, facts, partOf);
  const periodPath = pathsOfPeriods(facts, partOf, stayPath);
  const pathOf = (fact: Fact): Path | null => {
    if (fact.source.by !== 'message' || fact.kind === 'visit-moved') return null;
    if ('visit' in fact) return stayPath(stayOf(fact), partOf(fact));
    return 'period' in fact ? (periodPath.get(periodOf(fact, partOf)) ?? null) : null;
  };
  return { pathOf, undecided: unfounded(moves, facts, partOf) };
}

type StayPath = (stay: string | null, saidOf: string) => Path | null;

function pathsOfStays(moves: readonly Move[], facts: readonly Fact[], partOf: PartOf): StayPath {
  const withdrawals = standingWithdrawals(facts);
  const withdrawing = (move: Move) => withdrawals.filter(({ fact }) => fact.toLowerCase() === move.id);
  const ofStay = grouped(moves, stayOf);
  return (stay, saidOf) => {
    const ever = ofStay.get(stay);
    if (stay === null || ever === undefined) return null;
    const standing = ever.filter((move) => withdrawing(move).length === 0);
    const steps = walk(saidOf, standing, partOf);
    const walks = standing.length === ever.length ? [steps] : [steps, walk(saidOf, ever, partOf)];
    const now = steps.at(-1)?.part ?? saidOf;
    const before = walks.flatMap((each) => heldIn(each, withdrawing)).filter(({ part }) => part !== now);
    return now === saidOf && before.length === 0 ? null : { now, before };
  };
}

/** From whom to whom the moves lead, in the order in which they were said. */
function walk(saidOf: string, moves: readonly Move[], partOf: PartOf): Step[] {
  const steps: Step[] = [{ part: saidOf, move: null }];
  for (const move of moves) {
    const [from, to] = [partOf(move.from), partOf(move)];
    if (steps.at(-1)?.part === from && to !== from) steps.push({ part: to, move });
  }
  return steps;
}

/** A move that was said only after what undid it never counted. */
function heldIn(steps: readonly Step[], withdrawing: (move: Move) => readonly Fact[]): Held[] {
  const undone: Fact[] = [];
  return steps.flatMap(({ part, move }, at) => {
    if (move) undone.push(...withdrawing(move));
    const next = steps[at + 1]?.move;
    const by = [...undone, ...(next ? [next] : [])];
    if (by.length === 0 || (move && !wasSaidBefore(move, by))) return [];
    return [{ part, by, because: [...(move ? [move] : []), ...by].map(({ id }) => id) }];
  });
}

type PeriodFact = Extract<MessageFact, { period: string }>;

/** By period and whom it is said of: the one way that every message which tells of it went. */
function pathsOfPeriods(facts: readonly Fact[], partOf: PartOf, stayPath: StayPath): Map<string, Path> {
  const stays = staysOfMessages(facts);
  const ways = new Map<string, (Path | null)[]>();
  for (const fact of facts) {
    if (!('period' in fact)) continue;
    const own = stays.get(messageOf(fact)) ?? [null];
    const key = periodOf(fact, partOf);
    ways.set(key, [...(ways.get(key) ?? []), ...own.map((stay) => stayPath(stay, partOf(fact)))]);
  }
  const whole = [...ways].flatMap(([key, paths]) => {
    const [path] = paths;
    return path && paths.every((each) => each?.now === path.now) ? [[key, path] as const] : [];
  });
  return new Map(whole);
}

/** Which stays each message names, as its facts have them. */
function staysOfMessages(facts: readonly Fact[]): Map<string, (string | null)[]> {
  const stays = new Map<string, (string | null)[]>();
  for (const fact of facts) {
    if (!('visit' in fact) || fact.visit === null || fact.kind === 'visit-moved') continue;
    const message = messageOf(fact);
    stays.set(message, [...(stays.get(message) ?? []), stayOf(fact)]);
  }
  return stays;
}

/**
 * What a message moves is known of whom it names, before or after the move; where it is not, the record that it names may
 * be the wrong one, or the stay is older than the feed.
 */
function unfounded(moves: readonly Move[], facts: readonly Fact[], partOf: PartOf): MovedStays['undecided'] {
  const withdrawn = withdrawnIds(facts);
  const standing = moves.filter(({ id }) => !withdrawn.has(id));
  const had = new Map<string | null, Set<string>>();
  for (const fact of facts) {
    if (!('visit' in fact) || fact.kind === 'visit-moved') continue;
    const stay = stayOf(fact);
    const steps = walk(
      partOf(fact),
      standing.filter((move) => stayOf(move) === stay),
      partOf,
    );
    had.set(stay, new Set([...(had.get(stay) ?? []), ...steps.map(({ part }) => part)]));
  }
  const told = grouped(standing, (move) => [messageOf(move), partOf(move.from)].join('|'));
  return [...told.values()].flatMap((together) => {
    const parts = [...new Set(together.flatMap((move) => [partOf(move.from), partOf(move)]))].sort();
    const isKnown = together.some((move) => parts.some((part) => had.get(stayOf(move))?.has(part)));
    return isKnown || parts.length < 2 ? [] : [{ asking: askWhoseStay(together), nodes: parts }];
  });
}

const askWhoseStay = (moves: readonly Move[]): Asking => ({
  kind: 'stay-moved',
  text: 'The sender moved a stay from one record to another, and no such stay is known of either. Nothing was moved. If the message names the wrong record, the sender moves the stay again from the right one; if the stay is of before the feed, state what is known of it, and say that there is nothing to move.',
  options: ['nothing-to-move'],
  about: moves.map(({ id }) => id),
  facts: moves.map(({ id }) => id),
});

/** Null where it has no number. */
const stayOf = ({ source, visit }: Extract<MessageFact, { visit: string | null }>): string | null =>
  visit === null ? null : `${source.sender}|${visit}`;

/** A sender says one thing of one person at one moment; where it says two, both are taken together. */
const messageOf = (fact: MessageFact): string => [fact.source.sender, fact.source.sentAt, personIn(fact)].join('|');

const periodOf = (fact: PeriodFact, partOf: PartOf): string =>
  [fact.source.sender, fact.period, partOf(fact)].join('|');

const personIn = ({ nhsNumber, localIds }: PersonRef): string => JSON.stringify([nhsNumber, localIds]);
