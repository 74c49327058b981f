import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { StatedFact } from './fact.js';
import type { LocalRules } from './policy.js';
import type { Side } from './responsibility.js';
import { spelling } from './spelling.js';

/** `senders`: who is connected, by code and name: trusts, and councils and ICBs whose systems send plans. */
export type Deciders = { senders: LocalRules['senders']; directory: Directory };

/** A body that was named for a duty, as it was written. */
export type NamedBody = { code: string; writtenOn: Day };

/** Every body of one side that was named for a duty. */
export type NamedFor = (side: Side) => readonly NamedBody[];

type Decision = Pick<Extract<StatedFact, { kind: 'aftercare-decision' }>, 'source' | 'decidedOn'>;
type ForBody = Decision & { body: Side };

/**
 * Where the organisation of the decider is given as a code that is known: can it decide for this body? Null: it can, or
 * the organisation is in words and is believed.
 */
export function whyNotTheirs(decision: ForBody, named: NamedFor, by: Deciders): string | null {
  const { source, decidedOn, body } = decision;
  const { organisation } = source.statedBy;
  const as = (side: Side, code = organisation) => bodiesOn(side, decidedOn, { code, writtenOn: decidedOn }, by);
  const isTrust = ({ ods }: Sender) => as('council', ods).length === 0 && as('icb', ods).length === 0;
  const sender = by.senders.find((each) => isNamed(organisation, each) && isTrust(each));
  if (sender) return `${sender.ods} is a trust and proposes`;
  const theirs = as(body);
  if (theirs.length === 0 && as(OTHER[body]).length > 0) return `${organisation} ${WRONG_SIDE[body]}`;
  if (theirs.length > 0 && isStranger(theirs, decision, named(body), by))
    return `${organisation} was never named as the ${IN_WORDS[body]} of this aftercare; if it is, record so`;
  return null;
}

type Sender = Deciders['senders'][number];

/** However its code, or the name that the site file gives it, is spelled. */
const isNamed = (organisation: string, { ods, name }: Sender): boolean =>
  [ods, name].some((each) => spelling(each) === spelling(organisation));

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
  const known = named.flatMap((each) => bodiesOn(body, decidedOn, each, by));
  return known.length > 0 && !known.some((code) => theirs.includes(code));
}

function bodiesOn(side: Side, day: Day, named: NamedBody, { directory }: Deciders): string[] {
  const { code, writtenOn } = { ...named, code: spelling(named.code) };
  const found =
    side === 'council' ? directory.council(code, writtenOn, day) : directory.commissioner(code, writtenOn, day);
  if (found.kind === 'unknown') return [];
  return found.kind === 'found' ? [found.body.code] : found.candidates.map((body) => body.code);
}
