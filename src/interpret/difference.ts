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
