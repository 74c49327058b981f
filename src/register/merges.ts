import { type UndoneMerge, undoneAt } from './counted-in-error.js';
import type { Fact, MessageFact, PersonRef } from './fact.js';
import type { Graph } from './graph.js';
import { withdrawnIds } from './history.js';
import { type Numbers, numbersOf } from './local-numbers.js';
import { localNode, nhsNode, nodesOfRef } from './nodes.js';
import { byTime, latestFirst } from './order.js';

export type Merge = Extract<MessageFact, { kind: 'identity-merged' }>;
export type Undone = { merge: Merge; by: Fact[] };

/**
 * A separation that people stated undoes every merge between its two numbers, and the withdrawal of a merge that merge,
 * until it is itself withdrawn.
 */
export function mergesOf(facts: readonly Fact[], numbers: Numbers): { inForce: Merge[]; undone: Undone[] } {
  const merges = facts.filter((f): f is Merge => f.kind === 'identity-merged').sort((a, b) => latestFirst(b, a));
  const [inForce, undone]: [Merge[], Undone[]] = [[], []];
  if (merges.length === 0) return { inForce, undone };
  const withdrawn = withdrawnIds(facts);
  const standing = facts.filter(({ id }) => !withdrawn.has(id.toLowerCase()));
  for (const merge of merges) {
    const by = standing.filter((fact) => isUndoing(fact, merge, numbers));
    if (by.length > 0) undone.push({ merge, by });
    else inForce.push(merge);
  }
  return { inForce, undone };
}

function isUndoing(fact: Fact, merge: Merge, numbers: Numbers): boolean {
  if (fact.kind === 'withdrawn') return fact.fact.toLowerCase() === merge.id;
  if (fact.kind !== 'identity-separated') return false;
  const [kept, gone] = [numbersOf(merge, numbers), numbersOf(merge.retired, numbers)];
  const [a, b] = [fact.nhsNumber === null ? '' : nhsNode(fact.nhsNumber), nhsNode(fact.from)];
  return (kept.has(a) && gone.has(b)) || (kept.has(b) && gone.has(a));
}

export function partsIn({ merge, by }: Undone, numbers: Numbers, graph: Graph): UndoneMerge {
  const partsOf = (ref: PersonRef): string[] => {
    const named = [...numbersOf(ref, numbers)];
    return (named.length > 0 ? named : nodesOfRef(ref)).map((node) => graph.partOf(node));
  };
  return { kept: partsOf(merge), retired: partsOf(merge.retired), merge, by };
}

/**
 * What a sender said while two records were one is said of both. Once that is undone, a record of the one that had gone is
 * under its own number again, unless the sender goes on to give it the other.
 */
export function givenBack(numbers: Numbers, undone: readonly Undone[]): Numbers {
  const back = new Map([...numbers].filter(([, said]) => said.size > 1));
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
  return back.size === 0 ? numbers : new Map([...numbers, ...back]);
}
