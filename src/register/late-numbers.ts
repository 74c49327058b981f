import { type Answer, type Asking, optionChosen } from './desk.js';
import { answersAmong, type Doubt } from './doubt.js';
import type { Fact, PersonRef } from './fact.js';
import type { Graph } from './graph.js';
import { append, grouped } from './lists.js';
import { type Numbers, wasSaidBy } from './local-numbers.js';
import type { Merge } from './merges.js';
import { firstNode, isNhsNode, localNode, nodesOfRef } from './nodes.js';
import { compare } from './order.js';

/**
 * Each local identifier to its one number, and what was merged to what it went into. A number that came to a record only
 * after it was merged is no part of the merge.
 */
export function joinMerged(merges: readonly Merge[], numbers: Numbers, graph: Graph): Graph {
  const late = lateNumbers(merges, numbers);
  for (const [local, said] of numbers) if (said.size === 1 && !late.has(local)) graph.join(local, ...said.keys());
  for (const merge of merges) {
    const then = [merge, merge.retired].flatMap((ref) => numbersThen(ref, merge, numbers));
    graph.join(firstNode(merge), ...nodesOfRef(merge.retired), ...then);
  }
  return graph;
}

/** What a record meant when it was merged, where the merge names no number. */
function numbersThen({ nhsNumber, localIds }: PersonRef, { source }: Merge, numbers: Numbers): string[] {
  if (nhsNumber !== null) return [];
  return localIds.map(localNode).flatMap((local) => {
    const said = numbers.get(local);
    return said?.size === 1 && wasSaidBy(said, source.sentAt) ? [...said.keys()] : [];
  });
}

/** The local identifiers that had no number yet when they were merged, and have one now; with the merges. */
function lateNumbers(merges: readonly Merge[], numbers: Numbers): Map<string, Merge[]> {
  const late = new Map<string, Merge[]>();
  for (const merge of merges) {
    for (const local of [merge, merge.retired].flatMap(({ localIds }) => localIds.map(localNode))) {
      const said = numbers.get(local);
      if (said?.size === 1 && !wasSaidBy(said, merge.source.sentAt)) append(late, local, merge);
    }
  }
  return late;
}

/**
 * A number that came late is that of whatever the record was merged with, where that has no other. Where it has, nobody has
 * said that the two numbers are one person: they stay two, the record stays what it was merged with, and it is asked.
 */
export function joinLate(merges: readonly Merge[], numbers: Numbers, facts: readonly Fact[], graph: Graph): Doubt[] {
  const late = [...lateNumbers(merges, numbers)].sort(([a], [b]) => compare(a, b));
  if (late.length === 0) return [];
  const numbered = new Map(graph.parts().map((nodes) => [graph.partOf(nodes[0] ?? ''), nodes.filter(isNhsNode)]));
  const answers = answersAmong(facts);
  return [...grouped(late, ([local]) => graph.partOf(local))].flatMap(([part, records]): Doubt[] => {
    const nodes = records.flatMap(([local]) => [...(numbers.get(local)?.keys() ?? [])]);
    return joinIfOne([...(numbered.get(part) ?? []), ...nodes], factsOf(records, numbers), graph, answers, part);
  });
}

/** Joins these numbers, and the part, where merges or people have made them one; else it is asked whether they are. */
export function joinIfOne(
  numbers: readonly string[],
  facts: readonly string[],
  graph: Graph,
  answers: readonly Answer[],
  part?: string,
): Doubt[] {
  const nodes = [...new Set(numbers)].sort(compare);
  const asking = { ...askWhetherOne(nodes, facts), answers };
  const isOne = new Set(nodes.map((node) => graph.partOf(node))).size === 1;
  const option = isOne ? ONE_PERSON : optionChosen(asking, answers);
  if (option === ONE_PERSON) graph.join(...nodes, ...(part === undefined ? [] : [part]));
  return option === null ? [{ asking, nodes }] : [];
}

const factsOf = (records: readonly [string, readonly Merge[]][], numbers: Numbers): string[] =>
  records.flatMap(([local, merges]) => [
    ...merges.map(({ id }) => id),
    ...[...(numbers.get(local)?.values() ?? [])].map(({ factId }) => factId),
  ]);

const ONE_PERSON = 'one-person';

const askWhetherOne = (nodes: readonly string[], facts: readonly string[]): Asking => ({
  kind: 'identity-conflict',
  text: 'A local record was merged into that of a person, and came with another NHS number than theirs. Are the numbers those of one person? If not, which was wrong: the number, or the merge (then withdraw it)? Until it is answered they stay apart, the record stays what the merge has made of it, and nothing new is sent.',
  options: [ONE_PERSON, 'two-people'],
  about: ['number told after a merge', ...nodes],
  facts,
});
