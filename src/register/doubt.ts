import type { Answer, Asking } from './desk.js';
import type { Fact } from './fact.js';
import type { Graph } from './graph.js';
import { withoutWithdrawn } from './history.js';
import { append } from './lists.js';

/** What is unclear about who people are, or whose a stay is, and the nodes of those of whom it is asked. */
export type Doubt = { asking: Asking; nodes: readonly string[] };

export const answersAmong = (facts: readonly Fact[]): Answer[] =>
  withoutWithdrawn(facts).filter((fact): fact is Answer => fact.kind === 'answer');

/** What is answered for one of those concerned counts for all. */
export function answeredForAll(doubts: readonly Doubt[], facts: readonly Fact[]): Doubt[] {
  if (doubts.length === 0) return [];
  const answers = answersAmong(facts);
  return doubts.map(({ asking, nodes }) => ({ asking: { ...asking, answers }, nodes }));
}

/** What is to be asked of each part of the graph. */
export function askedOfParts(doubts: readonly Doubt[], graph: Graph): Map<string, Asking[]> {
  const asked = new Map<string, Asking[]>();
  for (const { asking, nodes } of doubts) {
    for (const part of new Set(nodes.map((node) => graph.partOf(node)))) append(asked, part, asking);
  }
  return asked;
}
