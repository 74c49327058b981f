import { type Answer, type Asking, optionChosen } from './desk.js';
import { answersAmong, type Doubt } from './doubt.js';
import type { Fact, MessageFact } from './fact.js';
import { withoutWithdrawn } from './history.js';
import { append } from './lists.js';
import { type MovedStaysDuring, movedStaysIn } from './moved-stays.js';
import { latestFirst } from './order.js';
import { messageOf, type PartOf, type Path, type StayPath, stayOf } from './stay-paths.js';

type PeriodFact = Extract<MessageFact, { period: string }>;
/** `isLoose`: the message named no stay. */
type Way = { fact: PeriodFact; path: Path | null; isLoose: boolean };
type Answers = () => readonly Answer[];

/** `undecided`: periods that some messages told of with a stay that was moved, and others without. */
export type MovedPeriods = { pathOf: (fact: PeriodFact) => Path | null; undecided: Doubt[] };

/**
 * With a stay goes a period of detention, where every message that told it of the person told it with a stay that went the
 * same way. Where others told it too, or none named a stay and it was the stay's time, it is asked whose the detention is,
 * and stays with the person meanwhile.
 */
export function movedPeriods(facts: readonly Fact[], partOf: PartOf, stayPath: StayPath): MovedPeriods {
  const keyOf = (fact: PeriodFact, part: string): string => [fact.source.sender, fact.period, part].join('|');
  const ways = waysOf(facts, stayPath, partOf, keyOf);
  const during = movedStaysIn(facts, partOf, stayPath);
  const paths = new Map<string, Path>();
  const undecided: Doubt[] = [];
  const answers = () => answersAmong(facts);
  for (const [key, named] of ways) {
    const [first] = named;
    const saidOf = first ? partOf(first.fact) : '';
    const told = [...named, ...perhapsOf(named, saidOf, during)];
    const decided = whereTo(told, saidOf, answers);
    if (decided.path) paths.set(key, decided.path);
    // Told of the other too, it is asked already whose of the two it is.
    const isShared = first && decided.others.some((part) => ways.has(keyOf(first.fact, part)));
    if (decided.asking && !isShared) undecided.push({ asking: decided.asking, nodes: [saidOf, ...decided.others] });
  }
  return { pathOf: (fact) => paths.get(keyOf(fact, partOf(fact))) ?? null, undecided };
}

function waysOf(
  facts: readonly Fact[],
  stayPath: StayPath,
  partOf: PartOf,
  keyOf: (fact: PeriodFact, part: string) => string,
): Map<string, Way[]> {
  const standing = withoutWithdrawn(facts);
  const stays = staysOfMessages(standing);
  const ways = new Map<string, Way[]>();
  for (const fact of standing) {
    if (!('period' in fact)) continue;
    const saidOf = partOf(fact);
    const named = stays.get(messageOf(fact));
    for (const stay of named ?? [null])
      append(ways, keyOf(fact, saidOf), { fact, path: stayPath(stay, saidOf), isLoose: !named });
  }
  return ways;
}

/** What messages without a stay told may belong to any stay of its time. */
function perhapsOf(told: readonly Way[], saidOf: string, during: MovedStaysDuring): Way[] {
  return told.flatMap(({ fact, isLoose }) =>
    isLoose && fact.kind === 'detention'
      ? during(fact.source.sender, saidOf, fact).map((path) => ({ fact, path, isLoose }))
      : [],
  );
}

type Decided = { path: Path | null; others: string[]; asking: Asking | null };

function whereTo(told: readonly Way[], saidOf: string, answers: Answers): Decided {
  const ends = new Set(told.map(({ path }) => path?.now ?? saidOf));
  const others = [...ends].filter((part) => part !== saidOf).sort();
  const moved = told.find(({ path }) => path !== null && path.now === (others[0] ?? saidOf))?.path ?? null;
  // There and back it was the other's meanwhile only where no other message told it.
  if (ends.size === 1) return { path: told.every(({ path }) => path !== null) ? moved : null, others, asking: null };
  const asking = askWhoseDetention(told, others.length === 1);
  const goes = asking !== null && optionChosen(asking, answers()) === WITH_STAY;
  return { path: goes ? moved : null, others, asking };
}

const WITH_STAY = 'goes-with-the-stay';

/** Null where what was last told of the period is that it was not: that is asked of it anyway. */
function askWhoseDetention(told: readonly Way[], isOneOther: boolean): Asking | null {
  const statements = told.map(({ fact }) => fact).filter(isStatement);
  const [latest] = statements.sort(latestFirst);
  if (latest?.kind !== 'detention') return null;
  const moves = [...new Set(told.flatMap(({ path }) => path?.moves ?? []))].sort();
  return {
    kind: 'stay-moved',
    text: 'A stay was moved from one person to another. Messages that do not name the stay told a detention of its time of the first person. Whose is the detention? Until it is answered it stays with the first, and with the other only the stay.',
    options: isOneOther ? [WITH_STAY, 'stays'] : ['stays'],
    about: ['detention of a moved stay', latest.source.sender, latest.period, ...moves],
    facts: [latest.id, ...moves],
  };
}

const isStatement = (fact: PeriodFact): fact is Extract<PeriodFact, { kind: 'detention' | 'detention-withdrawn' }> =>
  fact.kind === 'detention' || fact.kind === 'detention-withdrawn';

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
