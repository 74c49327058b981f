import { type Asking, optionChosen } from './desk.js';
import { answersAmong, type Doubt, openAmong } from './doubt.js';
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
  const doubts = [...grouped(late, ([local]) => graph.partOf(local))].flatMap(([part, records]): Doubt[] => {
    const came = records.flatMap(([local]) => [...(numbers.get(local)?.keys() ?? [])]);
    const nodes = [...new Set([...(numbered.get(part) ?? []), ...came])].sort(compare);
    const asking = askWhetherOne(nodes, factsOf(records, numbers));
    const isOne = new Set(nodes.map((node) => graph.partOf(node))).size === 1;
    if (!isOne && optionChosen(asking, answers) !== ONE_PERSON) return [{ asking, nodes }];
    graph.join(part, ...nodes);
    return [];
  });
  return openAmong(doubts, facts);
}

const factsOf = (records: readonly [string, readonly Merge[]][], numbers: Numbers): string[] =>
  records.flatMap(([local, merges]) => [
    ...merges.map(({ id }) => id),
    ...[...(numbers.get(local)?.values() ?? [])].map(({ factId }) => factId),
  ]);

const ONE_PERSON = 'one-person';

const askWhetherOne = (nodes: readonly string[], facts: readonly string[]): Asking => ({
  kind: 'identity-conflict',
  text: 'A local record that had no NHS number was merged, and came later with another NHS number than that of the person it had become part of. Are the two numbers one person? If not, which was wrong: the number, or the merge (then withdraw it)? Until it is answered they stay two, and nothing new is sent.',
  options: [ONE_PERSON, 'two-people'],
  about: ['number told after a merge', ...nodes],
  facts,
});
