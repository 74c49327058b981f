import { bothInError, type CountedInError, countedInError, type MovedFact, movedInError } from './counted-in-error.js';
import type { Asking } from './desk.js';
import { answeredForAll, askedOfParts } from './doubt.js';
import type { Fact, LocalId } from './fact.js';
import { type Graph, newGraph } from './graph.js';
import { joinLate, joinMerged } from './late-numbers.js';
import { append } from './lists.js';
import { type Numbers, numbersOfLocals } from './local-numbers.js';
import { givenBack, type Merge, mergesOf, partsIn } from './merges.js';
import { type MovedStays, movesIn } from './moved-visits.js';
import { firstNode, isNhsNode, localNode, nodesOf, numberIn } from './nodes.js';
import { compare, inTime } from './order.js';
import { sharedPeriods, type ToldPeriod } from './period-number.js';
import { joinSeveral } from './record-conflict.js';
import { separatedThroughOthers } from './separations.js';
import { survivingNumber } from './surviving-number.js';

/** Whose facts are one: a person under the surviving NHS number, with every identifier that led here. */
export type Person = {
  /** Sorted; `nhs:9990000018` or `local:RXT:MRN:123`. Patient data: never outside the store. */
  nodes: string[];
  nhsNumber: string | null;
  formerNhsNumbers: string[];
  localIds: LocalId[];
  facts: Fact[];
  /** Periods of detention whose numbers are told of somebody else too; empty when all is well. */
  sharedPeriods: ToldPeriod[];
  /** What is unclear about who the person is, or whose a stay is; with what people answered to it. */
  doubts: Asking[];
  countedInError: CountedInError;
};

/**
 * The connected parts of the graph of identifiers. An NHS number joins only by a merge that somebody stated; a local
 * identifier follows its one NHS number. Where that is not clear nothing is joined and a person is asked.
 */
export function personsOf(given: readonly Fact[]): Person[] {
  const facts = [...given].sort(inTime);
  const { graph, merges, undone, numbers, doubts } = whoIsOne(facts);
  const stays = movesIn(facts, (node) => graph.partOf(node));
  const { byPart, moved } = factsByPart(facts, graph, stays.pathOf);
  const asked = askedOfParts([...doubts, ...answeredForAll(stays.undecided, facts)], graph);
  const shared = sharedPeriods(byPart);
  const undoing = undone.map((each) => partsIn(each, numbers, graph));
  const inError = (part: string) =>
    bothInError(countedInError(part, undoing, byPart), movedInError(moved.get(part) ?? []));
  return graph
    .parts()
    .map((nodes) => {
      const part = graph.partOf(nodes[0] ?? '');
      const person = personFrom(nodes, byPart.get(part) ?? [], merges, numbers);
      const unclear = { sharedPeriods: shared.get(part) ?? [], doubts: asked.get(part) ?? [] };
      return { ...person, ...unclear, countedInError: inError(part) };
    })
    .filter((person) => person.facts.length > 0)
    .sort(inRegisterOrder);
}

/** By NHS number; those without one come last. */
export const inRegisterOrder = (a: Person, b: Person): number =>
  compare(a.nhsNumber ?? '~', b.nhsNumber ?? '~') || compare(a.nodes.join(), b.nodes.join());

/** Every identifier that these facts name, and which of them are one person's; with what is unclear about it. */
function whoIsOne(facts: readonly Fact[]) {
  const said = numbersOfLocals(facts);
  const { inForce: merges, undone, doubts: toldAgain } = mergesOf(facts, said);
  const numbers = givenBack(said, undone);
  const graph = newGraph();
  for (const fact of facts) for (const node of nodesOf(fact)) graph.add(node);
  joinMerged(merges, numbers, graph);
  const graphOf = (those: readonly Merge[]) => joinMerged(those, numbers, newGraph());
  const doubts = [
    ...toldAgain,
    ...separatedThroughOthers(facts, merges, numbers, graphOf),
    ...joinLate(merges, numbers, facts, graph),
    ...joinSeveral(merges, numbers, facts, graph),
  ];
  joinUnnumbered(facts, graph);
  return { graph, merges, undone, numbers, doubts };
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

/** Local identifiers of one message without an NHS number belong together, unless that would join two numbers. */
function joinUnnumbered(facts: readonly Fact[], graph: Graph): void {
  if (facts.every(({ nhsNumber }) => nhsNumber !== null)) return;
  const links = newGraph();
  for (const fact of facts) {
    if (fact.nhsNumber === null) links.join(...fact.localIds.map((id) => graph.partOf(localNode(id))));
  }
  const numbered = new Set(
    graph.parts().flatMap((nodes) => (nodes.some(isNhsNode) ? [graph.partOf(nodes[0] ?? '')] : [])),
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
): Omit<Person, 'sharedPeriods' | 'doubts' | 'countedInError'> {
  const own = new Set(nodes);
  const nhsNumbers = nodes.filter(isNhsNode);
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
    nhsNumber: current === null ? null : numberIn(current),
    formerNhsNumbers: nhsNumbers.filter((n) => n !== current).map((n) => numberIn(n)),
    localIds: [...unique].sort(([a], [b]) => compare(a, b)).map(([, id]) => id),
    facts,
  };
}
