import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { StatedFact } from './fact.js';
import { type KnownBody, knownBody, lettersOf } from './known-body.js';
import type { LocalRules } from './policy.js';
import type { Side } from './responsibility.js';
import { plainWords } from './spelling.js';

/** `senders`: who is connected, by code and name: trusts, and councils and ICBs whose systems send plans. */
export type Deciders = { senders: LocalRules['senders']; directory: Directory };

/** A body that was named for a duty, as it was written. */
export type NamedBody = { code: string; writtenOn: Day };

/** Every body of one side that was named for a duty. */
export type NamedFor = (side: Side) => readonly NamedBody[];

type Decision = Pick<Extract<StatedFact, { kind: 'aftercare-decision' }>, 'source' | 'decidedOn'>;
type ForBody = Decision & { body: Side };

/**
 * Where the organisation of the decider is known, by its code or by its name: can it decide for this body? Null: it can, or
 * the organisation is in words and is believed.
 */
export function whyNotTheirs(decision: ForBody, named: NamedFor, by: Deciders): string | null {
  const { source, decidedOn, body } = decision;
  const { organisation } = source.statedBy;
  const { [body]: theirs, [OTHER[body]]: others, isTrust } = bodyOn(decidedOn, organisation, by);
  if (isTrust || (theirs.length === 0 && others.length === 0)) {
    const trust = senderIn(organisation, decidedOn, by)?.ods ?? (isTrust ? organisation : null);
    return trust === null ? null : `${trust} is a trust and proposes`;
  }
  if (theirs.length === 0) return `${organisation} ${WRONG_SIDE[body]}`;
  if (isStranger(theirs, decision, named(body), by))
    return `${organisation} was never named as the ${IN_WORDS[body]} of this aftercare; if it is, record so`;
  return null;
}

const bodyOn = (day: Day, organisation: string, { directory }: Deciders) =>
  knownBody(organisation, day, day, directory);

type Sender = Deciders['senders'][number];

/** The trust that sends messages, under its code, with other words beside it or none, or the name that the site file gives it. */
function senderIn(organisation: string, day: Day, by: Deciders): Sender | undefined {
  const words = plainWords(organisation);
  return by.senders.find(({ ods, name }) => namesIt(words, ods, name) && isNoBody(bodyOn(day, ods, by)));
}

const isNoBody = ({ council, icb }: KnownBody): boolean => council.length === 0 && icb.length === 0;

const namesIt = (words: readonly string[], ods: string, name: string): boolean =>
  words.includes(lettersOf(ods)) || [ods, name].some((each) => lettersOf(each) === words.join(''));

const OTHER: Record<Side, Side> = { council: 'icb', icb: 'council' };
const IN_WORDS: Record<Side, string> = { council: 'council', icb: 'ICB' };
const WRONG_SIDE: Record<Side, string> = {
  council: 'is an NHS body and cannot decide for the council',
  icb: 'is a council and cannot decide for the ICB',
};

/**
 * The duty is that of the responsible council and the responsible ICB: another's decision ends nothing. Whoever was named counts, and
 * goes on counting once another has the duty; where nobody was, whoever decides is believed. All are read as on the day
 * of the decision, so that no succession makes a stranger of them.
 */
function isStranger(
  theirs: readonly string[],
  { body, decidedOn }: ForBody,
  named: readonly NamedBody[],
  by: Deciders,
): boolean {
  const known = named.flatMap(({ code, writtenOn }) => knownBody(code, writtenOn, decidedOn, by.directory)[body]);
  return known.length > 0 && !known.some((code) => theirs.includes(code));
}
