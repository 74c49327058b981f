import { type Numbers, numbersOf } from './local-numbers.js';
import type { Merge } from './merges.js';

/** The number that merges left standing; between several, one that the last merge kept. */
export function survivingNumber(
  nhsNumbers: readonly string[],
  merges: readonly Merge[],
  numbers: Numbers,
): string | null {
  // Each number that went, and what it went into.
  const into = new Map<string, ReadonlySet<string>>();
  for (const merge of merges) {
    const kept = numbersOf(merge, numbers);
    const gone = [...numbersOf(merge.retired, numbers)].filter((node) => !kept.has(node));
    // Two local records of one number are merged without a word about numbers.
    if (gone.length === 0) continue;
    for (const node of kept) if (wentInto(gone, node, into)) into.delete(node);
    for (const node of gone) into.set(node, kept);
  }
  const standing = nhsNumbers.filter((node) => !into.has(node));
  const keptOf = (merge: Merge): string | undefined => standing.find((node) => numbersOf(merge, numbers).has(node));
  const last = standing.length > 1 ? merges.findLast((merge) => keptOf(merge) !== undefined) : undefined;
  return (last && keptOf(last)) ?? standing[0] ?? nhsNumbers[0] ?? null;
}

/** Had the number gone into one of these, at once or through others? Then it is they that go now. */
function wentInto(
  ends: readonly string[],
  node: string,
  into: ReadonlyMap<string, ReadonlySet<string>>,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  const next = [...(into.get(node) ?? [])].filter((each) => !seen.has(each));
  return next.some((each) => ends.includes(each) || wentInto(ends, each, into, new Set([...seen, node])));
}
