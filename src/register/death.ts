import type { Day } from './day.js';
import type { Desk } from './desk.js';
import type { Qualifying } from './detentions.js';
import type { History } from './history.js';
import { compare, dayOf } from './order.js';
import { death } from './rules/death.js';

/**
 * The day of a death that is certain: died on the ward, or verified by a person. An informal notice is asked about, and so
 * is a death of somebody who was admitted or detained later: aftercare goes on until a person has confirmed it.
 */
export function diedOn(history: History, detained: readonly Qualifying[], desk: Desk): Day | null {
  const certain = [
    ...history.stays.flatMap(({ left }) => (left?.leaving === 'died' ? [{ on: dayOf(left), fact: left.id }] : [])),
    ...history.stated.flatMap((f) => (f.kind === 'died-stated' && f.verified ? [{ on: f.on, fact: f.id }] : [])),
  ].filter(({ on }) => desk.hasCome(on));
  for (const told of certain.sort((a, b) => compare(a.on, b.on) || compare(a.fact, b.fact))) {
    const alive = lastSeenAlive(told.on, { history, detained, desk });
    if (alive !== null && !isConfirmed(told, alive, desk)) continue;
    desk.because(death, `Died on ${told.on}.`, [told.fact]);
    return told.on;
  }
  return informalNotice(history, desk);
}

type Told = { on: Day; fact: string };
type Seen = Told & { how: 'admitted to hospital' | 'detained' };

/** What somebody who has died does not do. What a system closes by itself after a death is no sign of life. */
function lastSeenAlive(
  death: Day,
  { history, detained, desk }: { history: History; detained: readonly Qualifying[]; desk: Desk },
): Seen | null {
  const seen: Seen[] = [
    ...history.stays.flatMap(({ admitted }): Seen[] =>
      admitted ? [{ on: dayOf(admitted), fact: admitted.id, how: 'admitted to hospital' }] : [],
    ),
    ...detained.map(({ from, factId }): Seen => ({ on: from, fact: factId, how: 'detained' })),
  ].filter(({ on }) => on > death && desk.hasCome(on));
  return seen.sort((a, b) => compare(b.on, a.on) || compare(a.fact, b.fact))[0] ?? null;
}

function isConfirmed(told: Told, alive: Seen, desk: Desk): boolean {
  const answer = desk.ask({
    kind: 'death-unverified',
    text: `It was told that the person died on ${told.on}, and also that they were ${alive.how} on ${alive.on}. One of both is wrong, or of somebody else. Aftercare goes on meanwhile. Is the death confirmed?`,
    options: ['confirmed', 'not-confirmed'],
    about: [told.fact],
    facts: [told.fact, alive.fact],
  });
  return answer === 'confirmed';
}

function informalNotice(history: History, desk: Desk): Day | null {
  const notices = [
    ...history.deaths.map((f) => ({ on: f.on ?? dayOf(f), fact: f.id })),
    ...history.stated.flatMap((f) => (f.kind === 'died-stated' && !f.verified ? [{ on: f.on, fact: f.id }] : [])),
  ].filter(({ on }) => desk.hasCome(on));
  for (const { on, fact } of notices) {
    const asked = { kind: 'death-unverified' as const, about: [fact] };
    const answer = desk.ask({
      ...asked,
      text: `A notice says that the person died on ${on}. Is the death confirmed?`,
      options: ['confirmed', 'not-confirmed'],
      facts: [fact],
    });
    if (answer === 'confirmed') {
      desk.because(death, `Died on ${on}, confirmed by a person.`, [
        fact,
        ...desk.answersTo(asked).map(({ id }) => id),
      ]);
      return on;
    }
  }
  return null;
}
