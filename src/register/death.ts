import type { Day } from './day.js';
import type { Desk } from './desk.js';
import type { History } from './history.js';
import { compare, dayOf } from './order.js';
import { death } from './rules/death.js';

/** The day of a death that is certain: died on the ward, or verified by a person. An informal notice is asked about. */
export function diedOn(history: History, desk: Desk): Day | null {
  const certain = [
    ...history.stays.flatMap(({ left }) => (left?.leaving === 'died' ? [{ on: dayOf(left), fact: left.id }] : [])),
    ...history.stated.flatMap((f) => (f.kind === 'died-stated' && f.verified ? [{ on: f.on, fact: f.id }] : [])),
  ].filter(({ on }) => desk.hasCome(on));
  const first = certain.sort((a, b) => compare(a.on, b.on) || compare(a.fact, b.fact))[0];
  if (first) {
    desk.because(death, `Died on ${first.on}.`, [first.fact]);
    return first.on;
  }
  return informalNotice(history, desk);
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
