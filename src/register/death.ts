import { type Day, londonDay } from './day.js';
import { type Asking, type Desk, optionChosen } from './desk.js';
import type { Qualifying } from './detentions.js';
import type { History } from './history.js';
import { compare, dayOf } from './order.js';
import { death } from './rules/death.js';

type Seen = { on: Day; fact: string; how: 'admitted to hospital' | 'detained' };
/** `facts`: all that tell of a death on that day. `about`: what makes the question of it, whatever is corrected of it. */
type Death = { on: Day; facts: string[]; about: readonly string[] };

/**
 * The day of a death that is certain: died on the ward, or verified by a person. An informal notice is asked about, and so
 * is a death of somebody who was admitted or detained later: aftercare goes on until a person has confirmed it.
 */
export function diedOn(history: History, detained: readonly Qualifying[], desk: Desk): Day | null {
  const alive = seenAlive(history, detained, desk);
  const certain = certainDeaths(history, desk);
  for (const told of certain) {
    if (!stands(told, alive, desk)) continue;
    desk.because(death, `Died on ${told.on}.`, told.facts);
    return told.on;
  }
  return informalNotice(history, { certain, alive }, desk);
}

/** One of each day, the earliest first. What people verified is asked about anew: it says more than a message does. */
function certainDeaths({ stays, stated }: History, desk: Desk): Death[] {
  const certain = [
    ...stays.flatMap(({ left }) => (left?.leaving === 'died' ? [{ on: dayOf(left), fact: left.id, by: [] }] : [])),
    ...stated.flatMap((f) => (f.kind === 'died-stated' && f.verified ? [{ on: f.on, fact: f.id, by: [f.id] }] : [])),
  ].filter(({ on }) => desk.hasCome(on));
  return [...new Set(certain.map(({ on }) => on))].sort(compare).map((on) => {
    const told = certain.filter((each) => each.on === on);
    return { on, facts: told.map(({ fact }) => fact), about: ['died', on, ...told.flatMap(({ by }) => by)] };
  });
}

/** What somebody who has died does not do, the last first. What a system closes by itself after a death is no sign of life. */
function seenAlive({ stays }: History, detained: readonly Qualifying[], desk: Desk): Seen[] {
  const seen: Seen[] = [
    ...stays.flatMap(({ admitted }): Seen[] =>
      admitted ? [{ on: dayOf(admitted), fact: admitted.id, how: 'admitted to hospital' }] : [],
    ),
    ...detained.map(({ from, factId }): Seen => ({ on: from, fact: factId, how: 'detained' })),
  ];
  return seen.filter(({ on }) => desk.hasCome(on)).sort((a, b) => compare(b.on, a.on) || compare(a.fact, b.fact));
}

/**
 * Without a sign of life it stands unasked; but what people answered of it holds, also when the sign is taken back. Whoever
 * confirmed it knew nothing of a sign of life after that day.
 */
function stands(told: Death, seen: readonly Seen[], desk: Desk): boolean {
  const alive = lastAfter(told.on, seen);
  const asked = askingAbout(told, alive);
  const messagesOnly = { ...asked, about: told.about.slice(0, 2) };
  if (answerOf(messagesOnly, desk) === 'confirmed') return !isSeenSince(told, messagesOnly, alive, desk);
  if (alive === null && desk.answersTo(asked).length === 0) return true;
  return desk.ask(asked) === 'confirmed' && !isSeenSince(told, asked, alive, desk);
}

const answerOf = (asked: Asking, desk: Desk): string | null => optionChosen(asked, desk.answersTo(asked));

const lastAfter = (day: Day, seen: readonly Seen[]): Seen | null => seen.find(({ on }) => on > day) ?? null;

const askingAbout = ({ on, facts, about }: Death, alive: Seen | null): Asking => ({
  kind: 'death-unverified',
  text:
    alive === null
      ? `It was told that the person died on ${on}. Is the death confirmed?`
      : `It was told that the person died on ${on}, and also that they were ${alive.how} on ${alive.on}. One of both is wrong, or of somebody else. Aftercare goes on meanwhile. Is the death confirmed?`,
  options: ['confirmed', 'not-confirmed'],
  about,
  facts: [...facts, ...(alive ? [alive.fact] : [])],
});

/** Admitted or detained on a day after the death was confirmed, and nobody has confirmed it since. */
function isSeenSince(told: Death, asked: Asking, alive: Seen | null, desk: Desk): boolean {
  const days = desk
    .answersTo(asked)
    .flatMap(({ source: { statedAt } }) => (statedAt === undefined ? [] : [londonDay(statedAt)]));
  const last = days.sort().at(-1);
  if (alive === null || last === undefined || alive.on <= last) return false;
  return desk.ask({ ...askingAbout(told, alive), about: [...asked.about, alive.on] }) !== 'confirmed';
}

/** Of a day of which a death is certain, or was asked about, a notice says nothing more. */
function informalNotice(
  history: History,
  { certain, alive }: { certain: readonly Death[]; alive: readonly Seen[] },
  desk: Desk,
): Day | null {
  const notices = [
    ...history.deaths.map((f) => ({ on: f.on ?? dayOf(f), fact: f.id })),
    ...history.stated.flatMap((f) => (f.kind === 'died-stated' && !f.verified ? [{ on: f.on, fact: f.id }] : [])),
  ].filter(({ on }) => desk.hasCome(on) && !certain.some((told) => told.on === on));
  for (const { on, fact } of notices) {
    const told: Death = { on, facts: [fact], about: [fact] };
    const asked: Asking = {
      ...askingAbout(told, null),
      text: `A notice says that the person died on ${on}. Is the death confirmed?`,
    };
    if (desk.ask(asked) !== 'confirmed' || isSeenSince(told, asked, lastAfter(on, alive), desk)) continue;
    const answers = desk.answersTo(asked).map(({ id }) => id);
    desk.because(death, `Died on ${on}, confirmed by a person.`, [fact, ...answers]);
    return on;
  }
  return null;
}
