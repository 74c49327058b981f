import { compare } from './order.js';
import { plainWords } from './spelling.js';

const TITLES = new Set(['dr', 'miss', 'mr', 'mrs', 'ms', 'mx', 'prof', 'professor']);

/**
 * May these be one person's name? In whatever order, with a title or without, whatever the accents and the marks (O'Brien,
 * O’Brien), and with letters for first names (A. Lee, Ann Lee).
 */
export function mayBeOneName(a: string, b: string): boolean {
  const [ofA, ofB] = [namesIn(a), namesIn(b)];
  if (ofA.join() === ofB.join()) return true;
  const [left, others] = [without(ofA, ofB), without(ofB, ofA)];
  return (
    ofA.length === ofB.length &&
    left.length < ofA.length &&
    left.every((name, at) => isLetterFor(name, others[at] ?? ''))
  );
}

function namesIn(written: string): string[] {
  const words = plainWords(written);
  const names = words.filter((word) => !TITLES.has(word));
  return (names.length > 0 ? names : words).sort(compare);
}

/** Each of `others` takes one away. */
function without(names: readonly string[], others: readonly string[]): string[] {
  const taken = [...others];
  return names.filter((name) => {
    const at = taken.indexOf(name);
    if (at >= 0) taken.splice(at, 1);
    return at < 0;
  });
}

const isLetterFor = (a: string, b: string): boolean => (a.length === 1 || b.length === 1) && a[0] === b[0];
