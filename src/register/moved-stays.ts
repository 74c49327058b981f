import type { Day } from './day.js';
import type { Fact, MessageFact } from './fact.js';
import { dayOf } from './order.js';
import { type PartOf, type Path, type StayPath, stayOf } from './stay-paths.js';

/** A stay that is another's now. `from`, `to` null: no message says when it began or ended. */
type MovedStay = { stay: string; path: Path; from: Day | null; to: Day | null };

/** The stays of one sender that were told of a part of the graph and moved from it, and were at some time of this. */
export type MovedStaysDuring = (sender: string, part: string, time: Time) => Path[];
type Time = { from: Day; to: Day | null };

export function movedStaysIn(facts: readonly Fact[], partOf: PartOf, stayPath: StayPath): MovedStaysDuring {
  const moved = new Map<string, MovedStay[]>();
  for (const fact of facts) {
    if (!('visit' in fact) || fact.kind === 'visit-moved') continue;
    const [part, stay] = [partOf(fact), stayOf(fact)];
    const path = stayPath(stay, part);
    if (stay === null || path === null || path.now === part) continue;
    const key = [fact.source.sender, part].join('|');
    const others = moved.get(key) ?? [];
    const before = others.find((each) => each.stay === stay) ?? { stay, path, from: null, to: null };
    moved.set(key, [...others.filter((each) => each.stay !== stay), { ...before, ...longer(before, fact) }]);
  }
  return (sender, part, time) =>
    (moved.get([sender, part].join('|')) ?? []).filter((stay) => isDuring(stay, time)).map(({ path }) => path);
}

function longer({ from, to }: MovedStay, fact: MessageFact): Partial<MovedStay> {
  const day = dayOf(fact);
  if (fact.kind === 'admitted' && (from === null || day < from)) return { from: day };
  return fact.kind === 'left-hospital' && (to === null || day > to) ? { to: day } : {};
}

const isDuring = (stay: MovedStay, time: Time): boolean =>
  (stay.to === null || time.from <= stay.to) && (stay.from === null || time.to === null || time.to >= stay.from);
