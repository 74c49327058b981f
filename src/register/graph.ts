import { compare } from './order.js';

/** Nodes and which of them belong together (disjoint sets). A part is named by its smallest node, so names are stable. */
export type Graph = {
  add(node: string): void;
  join(...nodes: string[]): void;
  partOf(node: string): string;
  /** Every part, its nodes sorted; parts in the order of their names. */
  parts(): string[][];
};

export function newGraph(): Graph {
  const parent = new Map<string, string>();

  function root(node: string): string {
    const up = parent.get(node);
    if (up === undefined) {
      parent.set(node, node);
      return node;
    }
    if (up === node) return node;
    const top = root(up);
    parent.set(node, top);
    return top;
  }

  function parts(): string[][] {
    const members = new Map<string, string[]>();
    for (const node of parent.keys()) {
      const name = root(node);
      const nodes = members.get(name);
      if (nodes) nodes.push(node);
      else members.set(name, [node]);
    }
    return [...members].sort(([a], [b]) => compare(a, b)).map(([, nodes]) => nodes.sort());
  }

  return {
    add: (node) => void root(node),
    join(...nodes) {
      for (const node of nodes) {
        const [a, b] = [root(nodes[0] ?? node), root(node)];
        parent.set(a < b ? b : a, a < b ? a : b);
      }
    },
    partOf: root,
    parts,
  };
}
