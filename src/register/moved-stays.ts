import type { Day } from './day.js';
import type { Fact, MessageFact } from './fact.js';
import { dayOf } from './order.js';
import { type PartOf, type Path, type StayPath, stayOf } from './stay-paths.js';

/** A stay that is another's now. `from`, `to` null: no message says when it began or ended. */
type MovedStay = { path: Path; from: Day | null; to: Day | null };

/** The stays of one sender that were, as told or by a move, of a part of the graph, went on from it, and were at some time of this. */
export type MovedStaysDuring = (sender: string, part: string, time: Time) => Path[];
type Time = { from: Day; to: Day | null };

/** `facts` are in the order of what happened. */
export function movedStaysIn(facts: readonly Fact[], partOf: PartOf, stayPath: StayPath): MovedStaysDuring {
  const moved = new Map<string, Map<string, MovedStay>>();
  for (const fact of facts) {
    if (!('visit' in fact) || fact.kind === 'visit-moved') continue;
    const stay = stayOf(fact);
    for (const part of partsBefore(stayPath(stay, partOf(fact)))) {
      const path = stayPath(stay, part);
      if (stay === null || path === null || path.now === part) continue;
      const key = [fact.source.sender, part].join('|');
      const stays = moved.get(key) ?? new Map<string, MovedStay>();
      moved.set(key, stays.set(stay, longer(stays.get(stay) ?? { path, from: null, to: null }, fact)));
    }
  }
  return (sender, part, time) =>
    [...(moved.get([sender, part].join('|'))?.values() ?? [])]
      .filter((stay) => isDuring(stay, time))
      .map(({ path }) => path);
}

const partsBefore = (path: Path | null): Set<string> => new Set(path?.before.map(({ part }) => part));

/** From the first admission that was told to the last leaving. */
function longer(stay: MovedStay, fact: MessageFact): MovedStay {
  if (fact.kind === 'admitted') return { ...stay, from: stay.from ?? dayOf(fact) };
  return fact.kind === 'left-hospital' ? { ...stay, to: dayOf(fact) } : stay;
}

const isDuring = (stay: MovedStay, time: Time): boolean =>
  (stay.to === null || time.from <= stay.to) && (stay.from === null || time.to === null || time.to >= stay.from);
