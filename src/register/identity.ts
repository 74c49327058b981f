import {
  bothInError,
  type CountedInError,
  countedInError,
  type MovedFact,
  movedInError,
  type UndoneMerge,
} from './counted-in-error.js';
import type { Asking } from './desk.js';
import { type Doubt, doubtingAmong } from './doubt.js';
import type { Fact, LocalId, MessageFact, PersonRef } from './fact.js';
import { type Graph, newGraph } from './graph.js';
import { withdrawnIds } from './history.js';
import { append } from './lists.js';
import { type MovedStays, movesIn } from './moved-visits.js';
import { firstNode, localNode, nhsNode, nodesOf, nodesOfRef } from './nodes.js';
import { compare, inTime, latestFirst } from './order.js';
import { sharedPeriods, type ToldPeriod } from './period-number.js';

/** Whose facts are one: a person under the surviving NHS number, with every identifier that led here. */
export type Person = {
  /** Sorted; `nhs:9990000018` or `local:RXT:MRN:123`. Patient data: never outside the store. */
  nodes: string[];
  nhsNumber: string | null;
  formerNhsNumbers: string[];
  localIds: LocalId[];
  facts: Fact[];
  /** Facts that give one local identifier to several NHS numbers that no merge connects; empty when all is well. */
  conflictingFacts: string[];
  /** Periods of detention whose numbers are told of somebody else too; empty when all is well. */
  sharedPeriods: ToldPeriod[];
  /** What is unclear about who the person is, or whose a stay is, and nobody has answered yet. */
  doubts: Doubt[];
  countedInError: CountedInError;
};

type Merge = Extract<MessageFact, { kind: 'identity-merged' }>;
type Undone = { merge: Merge; by: Fact[] };

/**
 * The connected parts of the graph of identifiers. An NHS number joins only by a merge that somebody stated; a local
 * identifier follows its one NHS number. Where that is not clear nothing is joined and a person is asked.
 */
export function personsOf(given: readonly Fact[]): Person[] {
  const facts = [...given].sort(inTime);
  const numbers = numbersOfLocals(facts);
  const { inForce: merges, undone } = mergesOf(facts, numbers);
  const graph = newGraph();
  for (const fact of facts) for (const node of nodesOf(fact)) graph.add(node);
  for (const [local, stated] of numbers) if (stated.size === 1) graph.join(local, ...[...stated.keys()]);
  for (const merge of merges) graph.join(...nodesOfRef(merge).slice(0, 1), ...nodesOfRef(merge.retired));
  const conflicts = joinSeveral(numbers, graph);
  joinUnnumbered(facts, graph);

  const stays = movesIn(facts, (node) => graph.partOf(node));
  const { byPart, moved } = factsByPart(facts, graph, stays.pathOf);
  const doubts = openDoubts(stays.undecided, facts);
  const shared = sharedPeriods(byPart);
  const undoing = undone.map((each) => partsIn(each, numbers, graph));
  const inError = (part: string) =>
    bothInError(countedInError(part, undoing, byPart), movedInError(moved.get(part) ?? []));
  return graph
    .parts()
    .map((nodes) => {
      const part = graph.partOf(nodes[0] ?? '');
      const person = personFrom(nodes, byPart.get(part) ?? [], merges, numbers, conflicts);
      const asked = { sharedPeriods: shared.get(part) ?? [], doubts: doubts.get(part) ?? [] };
      return { ...person, ...asked, countedInError: inError(part) };
    })
    .filter((person) => person.facts.length > 0)
    .sort((a, b) => compare(a.nhsNumber ?? '~', b.nhsNumber ?? '~') || compare(a.nodes.join(), b.nodes.join()));
}

/** Whose each fact is now; and, of the facts of stays that were moved, for whom else they counted before. */
function factsByPart(facts: readonly Fact[], graph: Graph, pathOf: MovedStays['pathOf']) {
  const [byPart, moved] = [new Map<string, Fact[]>(), new Map<string, MovedFact[]>()];
  for (const fact of facts) {
    const path = pathOf(fact);
    append(byPart, path?.now ?? graph.partOf(firstNode(fact)), fact);
    for (const { part, by, because } of path?.before ?? []) append(moved, part, { fact, by, because });
  }
  return { byPart, moved };
}

/** By part: what is asked of it, and nobody concerned has answered. */
function openDoubts(asked: readonly { asking: Asking; parts: readonly string[] }[], facts: readonly Fact[]) {
  const doubts = new Map<string, Doubt[]>();
  if (asked.length === 0) return doubts;
  const doubting = doubtingAmong(facts);
  for (const { asking, parts } of asked) {
    const { doubt, option } = doubting(asking);
    if (option === null) for (const part of parts) append(doubts, part, doubt);
  }
  return doubts;
}

/** Local identifier → NHS node → the first fact that put them together. */
type Numbers = Map<string, Map<string, string>>;

function numbersOfLocals(facts: readonly Fact[]): Numbers {
  const numbers: Numbers = new Map();
  for (const fact of facts) {
    noteNumber(fact, fact.id, numbers);
    if (fact.kind === 'identity-merged') noteNumber(fact.retired, fact.id, numbers);
  }
  return numbers;
}

function noteNumber({ nhsNumber, localIds }: PersonRef, factId: string, numbers: Numbers): void {
  const number = nhsNumber === null ? null : nhsNode(nhsNumber);
  for (const id of localIds) {
    const local = localNode(id);
    const stated = numbers.get(local) ?? new Map<string, string>();
    if (stated.size === 0) numbers.set(local, stated);
    if (number !== null && !stated.has(number)) stated.set(number, factId);
  }
}

/**
 * A separation that people stated undoes every merge between its two numbers, and the withdrawal of a merge that merge,
 * until it is itself withdrawn.
 */
function mergesOf(facts: readonly Fact[], numbers: Numbers): { inForce: Merge[]; undone: Undone[] } {
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

function partsIn({ merge, by }: Undone, numbers: Numbers, graph: Graph): UndoneMerge {
  const partsOf = (ref: PersonRef): string[] => {
    const named = [...numbersOf(ref, numbers)];
    return (named.length > 0 ? named : nodesOfRef(ref)).map((node) => graph.partOf(node));
  };
  return { kept: partsOf(merge), retired: partsOf(merge.retired), merge, by };
}

function numbersOf(ref: PersonRef, numbers: Numbers): Set<string> {
  if (ref.nhsNumber !== null) return new Set([nhsNode(ref.nhsNumber)]);
  return new Set(ref.localIds.flatMap((id) => [...(numbers.get(localNode(id))?.keys() ?? [])]));
}

/** A local identifier sent with several NHS numbers joins them only where merges already have; else it is a conflict. */
function joinSeveral(numbers: Numbers, graph: Graph): Map<string, string[]> {
  const conflicts = new Map<string, string[]>();
  const several = [...numbers].filter(([, stated]) => stated.size > 1).sort(([a], [b]) => compare(a, b));
  for (const [local, stated] of several) {
    const parts = new Set([...stated.keys()].map((node) => graph.partOf(node)));
    if (parts.size === 1) {
      graph.join(local, ...stated.keys());
      continue;
    }
    for (const node of [local, ...stated.keys()]) {
      conflicts.set(node, [...(conflicts.get(node) ?? []), ...stated.values()]);
    }
  }
  return conflicts;
}

/** Local identifiers of one message without an NHS number belong together, unless that would join two numbers. */
function joinUnnumbered(facts: readonly Fact[], graph: Graph): void {
  const links = newGraph();
  for (const fact of facts) {
    if (fact.nhsNumber === null) links.join(...fact.localIds.map((id) => graph.partOf(localNode(id))));
  }
  const numbered = new Set(
    graph
      .parts()
      .flatMap((nodes) => (nodes.some((node) => node.startsWith('nhs:')) ? [graph.partOf(nodes[0] ?? '')] : [])),
  );
  for (const group of links.parts()) {
    if (group.filter((part) => numbered.has(part)).length <= 1) graph.join(...group);
  }
}

function personFrom(
  nodes: string[],
  facts: Fact[],
  merges: Merge[],
  numbers: Numbers,
  conflicts: Map<string, string[]>,
): Omit<Person, 'sharedPeriods' | 'doubts' | 'countedInError'> {
  const own = new Set(nodes);
  const nhsNumbers = nodes.filter((node) => node.startsWith('nhs:'));
  const current = survivingNumber(nhsNumbers, merges, numbers);
  const unique = new Map<string, LocalId>();
  for (const { localIds } of facts) {
    for (const id of localIds) {
      const node = localNode(id);
      if (own.has(node)) unique.set(node, id);
    }
  }
  return {
    nodes,
    nhsNumber: current === null ? null : current.slice('nhs:'.length),
    formerNhsNumbers: nhsNumbers.filter((n) => n !== current).map((n) => n.slice('nhs:'.length)),
    localIds: [...unique].sort(([a], [b]) => compare(a, b)).map(([, id]) => id),
    facts,
    conflictingFacts: [...new Set(nodes.flatMap((node) => conflicts.get(node) ?? []))].sort(),
  };
}

/** The number that merges left standing; between several, one that the last merge kept. */
function survivingNumber(nhsNumbers: string[], merges: Merge[], numbers: Numbers): string | null {
  // Each number that went, and what it went into.
  const into = new Map<string, ReadonlySet<string>>();
  for (const merge of merges) {
    const kept = numbersOf(merge, numbers);
    const gone = [...numbersOf(merge.retired, numbers)].filter((node) => !kept.has(node));
    // Two local records of one number are merged without a word about numbers.
    if (gone.length === 0) continue;
    for (const node of kept) if (wentInto(gone, node, into)) into.delete(node);
    for (const node of gone) into.set(node, kept);
  }
  const standing = nhsNumbers.filter((node) => !into.has(node));
  const keptOf = (merge: Merge): string | undefined => standing.find((node) => numbersOf(merge, numbers).has(node));
  const last = standing.length > 1 ? merges.findLast((merge) => keptOf(merge) !== undefined) : undefined;
  return (last && keptOf(last)) ?? standing[0] ?? nhsNumbers[0] ?? null;
}

/** Had the number gone into one of these, at once or through others? Then it is they that go now. */
function wentInto(
  ends: readonly string[],
  node: string,
  into: ReadonlyMap<string, ReadonlySet<string>>,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  const next = [...(into.get(node) ?? [])].filter((each) => !seen.has(each));
  return next.some((each) => ends.includes(each) || wentInto(ends, each, into, new Set([...seen, node])));
}
