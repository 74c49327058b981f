import type { Fact } from './fact.js';
import { newGraph } from './graph.js';
import { append } from './lists.js';
import { nodesOf } from './nodes.js';
import { periodNumberOf } from './period-number.js';

/**
 * Facts that may concern one person: linked through whom each message or statement names, and through the numbers of
 * periods. `said`: together what one message, or one statement, says. What is stated of somebody else says nothing of them.
 */
export function closuresOf(said: readonly (readonly Fact[])[]): Fact[][] {
  const graph = newGraph();
  const named = said.map((facts) => facts.flatMap((fact) => [...nodesOf(fact), ...periodNode(fact)]));
  for (const nodes of named) graph.join(...nodes);
  const closures = new Map<string, Fact[]>();
  for (const [at, facts] of said.entries()) {
    const [node] = named[at] ?? [];
    for (const fact of facts) if (node !== undefined) append(closures, graph.partOf(node), fact);
  }
  return [...closures.values()];
}

const periodNode = (fact: Fact): string[] => {
  const number = periodNumberOf(fact);
  return number === null ? [] : [`period:${number}`];
};
