/** One place at which two answers differ. `undefined` where one of them has nothing. */
export type Difference = { at: string; expected: unknown; found: unknown };

/** Every place, by path, at which `found` is not what was expected. */
export function differences(expected: unknown, found: unknown, at = ''): Difference[] {
  if (Object.is(expected, found)) return [];
  if (!isNode(expected) || !isNode(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return [{ at, expected, found }];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => differences(expected[key], found[key], placeOf(at, key, Array.isArray(expected))));
}

type Node = Record<string, unknown>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** Places in a list are counted from one, as people count them. */
function placeOf(at: string, key: string, inList: boolean): string {
  if (inList) return `${at}[${Number(key) + 1}]`;
  return at === '' ? key : `${at}.${key}`;
}

/**
 * The same, of two lists of facts, in which one fact too few or too many must not make every later one differ: facts of
 * one kind are compared with each other in the longest run of kinds that both lists have.
 */
export function factDifferences(expected: readonly Fact[], found: readonly Fact[]): Difference[] {
  const pairs = inStep(expected, found);
  return pairs.flatMap(({ left, right }) => {
    const at = `facts[${(left ?? right ?? 0) + 1}]`;
    const [wanted, got] = [left, right].map((place, side) =>
      place === null ? undefined : [expected, found][side]?.[place],
    );
    return wanted && got ? differences(wanted, got, at) : [{ at, expected: wanted, found: got }];
  });
}

type Fact = { kind: string };
type Pair = { left: number | null; right: number | null };

function inStep(expected: readonly Fact[], found: readonly Fact[]): Pair[] {
  const longest = longestRuns(expected, found);
  const pairs: Pair[] = [];
  let [left, right] = [0, 0];
  while (left < expected.length || right < found.length) {
    if (left < expected.length && right < found.length && expected[left]?.kind === found[right]?.kind) {
      pairs.push({ left: left++, right: right++ });
    } else if (
      right >= found.length ||
      (left < expected.length && at(longest, left + 1, right) >= at(longest, left, right + 1))
    ) {
      pairs.push({ left: left++, right: null });
    } else pairs.push({ left: null, right: right++ });
  }
  return pairs;
}

/** How many kinds the rest of both lists have in common, in order, from each pair of places on. */
function longestRuns(expected: readonly Fact[], found: readonly Fact[]): number[][] {
  const runs = Array.from({ length: expected.length + 1 }, () => new Array<number>(found.length + 1).fill(0));
  for (let left = expected.length - 1; left >= 0; left -= 1) {
    for (let right = found.length - 1; right >= 0; right -= 1) {
      const row = runs[left] ?? [];
      row[right] =
        expected[left]?.kind === found[right]?.kind
          ? at(runs, left + 1, right + 1) + 1
          : Math.max(at(runs, left + 1, right), at(runs, left, right + 1));
    }
  }
  return runs;
}

const at = (runs: number[][], left: number, right: number): number => runs[left]?.[right] ?? 0;
