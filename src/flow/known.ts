import type { Directory } from '../organisations/directory.js';
import { type Day, londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { fold } from '../register/fold.js';
import { type Person, personsOf } from '../register/identity.js';
import { nhsNode } from '../register/nodes.js';
import type { Site } from '../site.js';
import { endOfDay } from './look-up.js';

/** One fact, and when and from what it was learnt; `until`: when a newer reading of the same message took its place. */
export type Learnt = {
  fact: Fact;
  learntAt: Date;
  until: Date | null;
  from: { kind: 'message' | 'stated-fact'; id: string };
};

type Deps = { site: Site; directory: Directory };

/** What the register answered about one NHS number from a day on. `newly`: facts learnt since the row before. */
export type KnownDay = { nhsNumber: string; on: Day; newly: number; entry: Entry };

/** Milliseconds; `until` the same as for what is learnt. */
type Span = { from: number; until: number };

const spanOf = ({ learntAt, until }: Learnt): Span => ({
  from: learntAt.getTime(),
  until: until === null ? Infinity : until.getTime(),
});

/** The person of a number, as these facts make people. */
export const personOf = (nhsNumber: string, learnt: readonly { fact: Fact }[]): Person | undefined =>
  personsOf(learnt.map(({ fact }) => fact)).find(({ nodes }) => nodes.includes(nhsNode(nhsNumber)));

/**
 * Every day on which the answer about a number may have become another one: something was learnt, or a day came that the
 * facts had named. As `register --known-at` answers for that day.
 */
export function* daysKnown(nhsNumber: string, learnt: readonly Learnt[], today: Day, deps: Deps): Generator<KnownDay> {
  const learning = [
    ...new Set(learnt.flatMap(({ learntAt, until }) => [learntAt, ...(until ? [until] : [])].map(dayOf))),
  ];
  learning.sort();
  const spans = learnt.map(spanOf);
  let seen = 0;
  for (let day = learning[0]; day !== undefined && day <= today; ) {
    const end = endOfDay(day).getTime();
    const known = learnt.filter((_, at) => isKnownAt(spans[at], end));
    const person = personOf(nhsNumber, known);
    const entry = person && fold(person, deps.directory, deps.site, day);
    const count = person ? new Set(person.facts.map(({ id }) => id)).size : 0;
    if (entry) yield { nhsNumber, on: day, newly: Math.max(count - seen, 0), entry };
    seen = count;
    day = nextOf(day, learning, entry?.nextChangeOn ?? null);
  }
}

const isKnownAt = (span: Span | undefined, moment: number): boolean =>
  span !== undefined && span.from <= moment && span.until > moment;

const dayOf = (moment: Date): Day => londonDay(moment.toISOString());

function nextOf(day: Day, learning: readonly Day[], change: Day | null): Day | undefined {
  const learnt = learning.find((each) => each > day);
  const named = change !== null && change > day ? change : undefined;
  if (named === undefined || learnt === undefined) return learnt ?? named;
  return named < learnt ? named : learnt;
}
