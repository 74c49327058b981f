import { type UndoneMerge, undoneAt, wasSaidBefore } from './counted-in-error.js';
import { type Asking, optionChosen } from './desk.js';
import { answeredForAll, answersAmong, type Doubt } from './doubt.js';
import type { Fact, MessageFact, PersonRef } from './fact.js';
import type { Graph } from './graph.js';
import { withoutWithdrawn } from './history.js';
import { grouped } from './lists.js';
import { type Numbers, numbersOf } from './local-numbers.js';
import { localNode, nhsNode, nodesOfRef } from './nodes.js';
import { byTime, compare, latestFirst } from './order.js';

export type Merge = Extract<MessageFact, { kind: 'identity-merged' }>;
export type Undone = { merge: Merge; by: Fact[] };

/** `doubts`: merges that were told after people had undone them, and of which people have not said that they hold. */
export type Merges = { inForce: Merge[]; undone: Undone[]; doubts: Doubt[] };

/**
 * A separation that people stated undoes every merge between its two numbers, and the withdrawal of a merge that merge,
 * until it is itself withdrawn. Of a merge that the sender told only after that it is asked; until then it is undone too.
 */
export function mergesOf(facts: readonly Fact[], numbers: Numbers): Merges {
  const merges = facts.filter((f): f is Merge => f.kind === 'identity-merged').sort((a, b) => latestFirst(b, a));
  if (merges.length === 0) return { inForce: [], undone: [], doubts: [] };
  const standing = withoutWithdrawn(facts);
  const each = merges.map(
    (merge): Undone => ({ merge, by: standing.filter((fact) => isUndoing(fact, merge, numbers)) }),
  );
  const { again, doubts } = toldAgain(
    each.filter(isToldAfter).map(({ merge }) => merge),
    numbers,
    standing,
  );
  const isInForce = ({ merge, by }: Undone): boolean => by.length === 0 || again.has(merge);
  return {
    inForce: each.filter(isInForce).map(({ merge }) => merge),
    undone: each.filter((one) => !isInForce(one)),
    doubts,
  };
}

/** After all that undid it; no, where nobody knows when that was recorded. */
function isToldAfter({ merge, by }: Undone): boolean {
  return by.length > 0 && by.every((fact) => !wasSaidBefore(merge, [fact]));
}

/** Those that people have said to hold; of the others it is asked, once of the same two. */
function toldAgain(after: readonly Merge[], numbers: Numbers, facts: readonly Fact[]) {
  const again = new Set<Merge>();
  const asked: Doubt[] = [];
  const answers = answersAmong(facts);
  for (const merges of grouped(after, (merge) => namedIn(merge, numbers).join()).values()) {
    const [first] = merges;
    if (!first) continue;
    const nodes = namedIn(first, numbers);
    const asking = askWhetherOne(nodes, merges);
    if (optionChosen(asking, answers) === ONE_PERSON) for (const merge of merges) again.add(merge);
    else asked.push({ asking, nodes });
  }
  return { again, doubts: answeredForAll(asked, facts) };
}

const ONE_PERSON = 'one-person';

const askWhetherOne = (nodes: readonly string[], merges: readonly Merge[]): Asking => ({
  kind: 'identity-conflict',
  text: 'The sender has told a merge of two records again after people had said that they are two people. Until it is answered they stay two, and nothing new is sent. Are they one?',
  options: [ONE_PERSON, 'two-people'],
  about: ['merged after it was undone', ...nodes],
  facts: merges.map(({ id }) => id),
});

/** Each once, in one order, whichever was kept. */
const namedIn = (merge: Merge, numbers: Numbers): string[] =>
  [...new Set([merge, merge.retired].flatMap((ref) => namesOf(ref, numbers)))].sort(compare);

/** The numbers by which somebody is meant; else the records. */
function namesOf(ref: PersonRef, numbers: Numbers): string[] {
  const named = [...numbersOf(ref, numbers)];
  return named.length > 0 ? named : nodesOfRef(ref);
}

function isUndoing(fact: Fact, merge: Merge, numbers: Numbers): boolean {
  if (fact.kind === 'withdrawn') return fact.fact.toLowerCase() === merge.id;
  return fact.kind === 'identity-separated' && isBetween(fact, merge, numbers);
}

/** Whether the merge joined the two numbers that people have separated. */
export function isBetween(
  { nhsNumber, from }: Extract<Fact, { kind: 'identity-separated' }>,
  merge: Merge,
  numbers: Numbers,
): boolean {
  const [kept, gone] = [numbersOf(merge, numbers), numbersOf(merge.retired, numbers)];
  const [a, b] = [nhsNumber === null ? '' : nhsNode(nhsNumber), nhsNode(from)];
  return (kept.has(a) && gone.has(b)) || (kept.has(b) && gone.has(a));
}

export function partsIn({ merge, by }: Undone, numbers: Numbers, graph: Graph): UndoneMerge {
  const partsOf = (ref: PersonRef): string[] => namesOf(ref, numbers).map((node) => graph.partOf(node));
  return { kept: partsOf(merge), retired: partsOf(merge.retired), merge, by };
}

/**
 * What a sender said while two records were one is said of both. Once that is undone, a record of the one that had gone is
 * under its own number again, unless the sender goes on to give it the other.
 */
export function givenBack(numbers: Numbers, undone: readonly Undone[]): Numbers {
  const back = new Map(numbers);
  for (const { merge, by } of undone) {
    const kept = numbersOf(merge, numbers);
    const gone = [...numbersOf(merge.retired, numbers)].filter((node) => !kept.has(node));
    const until = undoneAt(by);
    const isMeanwhile = (at: string) =>
      byTime(at, merge.source.sentAt) >= 0 && (until === null || byTime(at, until) <= 0);
    const locals = new Set(merge.retired.localIds.map(localNode));
    for (const [local, said] of back) {
      if (!locals.has(local) && !gone.some((node) => said.has(node))) continue;
      const own = [...said].filter(([node, { at }]) => !kept.has(node) || !at.every(isMeanwhile));
      if (own.length > 0) back.set(local, new Map(own));
    }
  }
  return back;
}
