import type { Asking } from './desk.js';
import type { Doubt } from './doubt.js';
import type { Fact, StatedFact } from './fact.js';
import type { Graph } from './graph.js';
import { withoutWithdrawn } from './history.js';
import { grouped } from './lists.js';
import type { Numbers } from './local-numbers.js';
import { isBetween, type Merge } from './merges.js';
import { firstNode, nhsNode } from './nodes.js';
import { compare } from './order.js';

type Separation = Extract<StatedFact, { kind: 'identity-separated' }> & { nhsNumber: string };
type GraphOf = (merges: readonly Merge[]) => Graph;

/**
 * Two numbers that people have separated and that no merge joins at once, but several do through others: which of those was
 * wrong nobody has said, so none is undone, and it is asked. `graphOf`: who is one by these merges.
 */
export function separatedThroughOthers(
  facts: readonly Fact[],
  merges: readonly Merge[],
  numbers: Numbers,
  graphOf: GraphOf,
): Doubt[] {
  if (merges.length < 2) return [];
  const separations = withoutWithdrawn(facts).filter(isSeparation);
  if (separations.length === 0) return [];
  const graph = graphOf(merges);
  const open = separations.filter((separation) => {
    const [a, b] = numbersIn(separation);
    const isOne = a !== b && graph.partOf(a) === graph.partOf(b);
    return isOne && !merges.some((merge) => isBetween(separation, merge, numbers));
  });
  return [...grouped(open, (separation) => numbersIn(separation).join()).values()].flatMap((same) => {
    const nodes = same[0] ? numbersIn(same[0]) : [];
    return [{ asking: askWhichMerge(nodes, [...same, ...mergesOnTheWay(nodes, merges, graphOf)]), nodes }];
  });
}

const isSeparation = (fact: Fact): fact is Separation => fact.kind === 'identity-separated' && fact.nhsNumber !== null;

/** In one order, whichever of the two it was stated of. */
function numbersIn({ nhsNumber, from }: Separation): [string, string] {
  const numbers: [string, string] = [nhsNode(nhsNumber), nhsNode(from)];
  return numbers.sort(compare);
}

/** Those without which, and what says the same, the one number is on this side of them and the other on that. */
function mergesOnTheWay(nodes: readonly string[], merges: readonly Merge[], graphOf: GraphOf): Merge[] {
  const ends = (merge: Merge): string[] => [firstNode(merge), firstNode(merge.retired)];
  const same = grouped(merges, (merge) => ends(merge).sort(compare).join());
  return [...same.values()]
    .filter(([first, ...more]) => {
      if (!first) return false;
      const without = graphOf(merges.filter((merge) => merge !== first && !more.includes(merge)));
      const partsOf = (of: readonly string[]) => of.map((node) => without.partOf(node));
      const [sides, apart] = [partsOf(ends(first)), partsOf(nodes)];
      return sides[0] !== sides[1] && sides.every((side) => apart.includes(side));
    })
    .flat();
}

const askWhichMerge = (nodes: readonly string[], facts: readonly Fact[]): Asking => ({
  kind: 'identity-conflict',
  text: 'Two NHS numbers of this person were separated, and no merge joined those two: merges with others make them one. Which of those merges was wrong? Withdraw it, or separate the two numbers that it joined; or withdraw the separation. Until then they stay one, and nothing new is sent.',
  options: [],
  about: ['separated through others', ...nodes],
  facts: facts.map(({ id }) => id),
});
