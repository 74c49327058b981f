import type { TransitionPlan } from '../flow/transition.js';
import type { Way } from '../flow/transition-tally.js';

/** Who became whom, drawn as text: each successor with the bodies that went into it; last, where nobody is known. */
export function drawingOf({ ways }: Pick<TransitionPlan, 'ways'>): string[] {
  const groups = new Map<string, Way[]>();
  for (const way of ways) groups.set(targetOf(way), [...(groups.get(targetOf(way)) ?? []), way]);
  const known = [...groups.entries()].filter(([, [way]]) => way?.to !== null);
  const unknown = [...groups.entries()].filter(([, [way]]) => way?.to === null);
  return [...known, ...unknown].flatMap(([target, of]) => [`  ${target}`, ...branches(of)]);
}

const targetOf = ({ to, toName, candidates }: Way): string =>
  to === null ? `nobody known, asked: ${candidates.join(' or ')}` : `${to} ${toName ?? ''}`.trimEnd();

function branches(ways: readonly Way[]): string[] {
  const people = new Map<string, number>();
  for (const { from, fromName, fromCandidates, count, steps } of ways) {
    const place = steps.findLast((step) => step.place !== undefined)?.place;
    const body = from === null ? fromCandidates.join(' or ') || 'nobody known' : `${from} ${fromName ?? ''}`.trimEnd();
    const said = place === undefined ? body : `${body} (place ${place})`;
    people.set(said, (people.get(said) ?? 0) + count);
  }
  const lines = [...people.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return lines.map(([said, count], at) => {
    const branch = at === lines.length - 1 ? '└─' : '├─';
    return `    ${branch} ${said}${count === 1 ? '' : ` × ${count}`}`;
  });
}
