import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';

export type Path = readonly PropertyKey[];
/** Something wrong, and the value or key it is wrong with. */
export type Problem = { path: Path; what: string };

/** What was written, and the line of everything in it. `doubled`: keys that stand twice, the last of which counts. */
export type WithLines = {
  kind: 'value';
  value: unknown;
  /** What stands at a path; undefined where nothing does. */
  at(path: Path): unknown;
  doubled: Problem[];
  /** Every problem once, in the order of the lines, as `file:line: text`. */
  lines(problems: readonly Problem[], text: (problem: Problem) => string): string[];
};
export type YamlLines = WithLines | { kind: 'mistakes'; mistakes: string[] };

/** Reads YAML, or JSON. What no parser reads has its line. */
export function readWithLines(text: string, file: string): YamlLines {
  const counter = new LineCounter();
  // The parser itself would stop at the first key that stands twice.
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false, uniqueKeys: false });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  if (document.errors.length > 0) {
    return {
      kind: 'mistakes',
      mistakes: document.errors.map(({ pos, message }) => `${file}:${lineAt(pos[0])}: ${message}`),
    };
  }
  const doubled = doubledKeys(document, lineAt);
  const offsets = new Map<Problem, number>(doubled.map(({ offset, problem }) => [problem, offset]));
  return {
    kind: 'value',
    value: document.toJS(),
    at: (path) => document.getIn(path.map(String)),
    doubled: doubled.map(({ problem }) => problem),
    lines(problems, say) {
      const placed = problems.map((problem) => ({
        offset: offsets.get(problem) ?? offsetOf(document, problem.path),
        said: say(problem),
      }));
      const inOrder = placed.sort((a, b) => a.offset - b.offset);
      return [...new Set(inOrder.map(({ offset, said }) => `${file}:${lineAt(offset)}: ${said}`))];
    },
  };
}

/** `triggers.A12[1]`: lists are counted from one, as people count them. */
export const pathText = (path: Path): string =>
  path.length === 0
    ? 'the file'
    : path
        .map((step, nth) => (typeof step === 'number' ? `[${step + 1}]` : `${nth === 0 ? '' : '.'}${String(step)}`))
        .join('');

function doubledKeys(document: Document, lineAt: (offset: number) => number): { offset: number; problem: Problem }[] {
  const found: { offset: number; problem: Problem }[] = [];
  visit(document, {
    Map(_, map) {
      const first = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        const offset = key.range?.[0] ?? 0;
        const before = first.get(name);
        if (before === undefined) first.set(name, offset);
        else {
          const what = `is written twice, first in line ${lineAt(before)}; keep one`;
          found.push({ offset, problem: { path: [name], what } });
        }
      }
    },
  });
  return found;
}

/** The key where there is one, else the value, else the nearest place around it. */
function offsetOf(document: Document, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const steps = path.slice(0, depth).map(String);
    const key = steps.at(-1);
    const around = depth === 1 ? document.contents : document.getIn(steps.slice(0, -1), true);
    const pair = isMap(around)
      ? around.items.findLast((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    if (pair && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    const node = document.getIn(steps, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
