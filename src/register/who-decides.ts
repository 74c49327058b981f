import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { StatedFact } from './fact.js';

/** `trusts`: codes of the trusts that are connected. */
export type Deciders = { trusts: readonly string[]; directory: Directory };

/** A council that was named for a duty, as it was written. */
export type NamedCouncil = { code: string; writtenOn: Day };

type Decision = Pick<Extract<StatedFact, { kind: 'aftercare-decision' }>, 'source' | 'decidedOn'>;
type ForBody = Decision & { body: 'council' | 'icb' };

/**
 * Where the organisation of the decider is given as a code that is known: can it decide for this body? Null: it can, or
 * the organisation is in words and is believed.
 */
export function whyNotTheirs(decision: ForBody, named: () => readonly NamedCouncil[], by: Deciders): string | null {
  const { source, decidedOn, body } = decision;
  const { organisation } = source.statedBy;
  if (by.trusts.includes(organisation)) return `${organisation} is a trust and proposes`;
  const councils = councilsOn(decidedOn, { code: organisation, writtenOn: decidedOn }, by);
  const isCouncil = councils.length > 0;
  const isNhs = by.directory.commissioner(organisation, decidedOn, decidedOn).kind !== 'unknown';
  if (body === 'icb' && isCouncil && !isNhs) return `${organisation} is a council and cannot decide for the ICB`;
  if (body === 'council' && isNhs && !isCouncil)
    return `${organisation} is an NHS body and cannot decide for the council`;
  if (body === 'council' && isCouncil && isStranger(councils, decidedOn, named(), by))
    return `${organisation} was never named as the council of this aftercare; if it is, record so`;
  return null;
}

/**
 * The duty is that of the council of section 117(3): another's decision ends nothing. Whoever was named counts, and goes
 * on counting once another has the duty; where nobody was, whoever decides is believed. Both bodies are read as on the
 * day of the decision, so that no succession makes a stranger of them.
 */
function isStranger(councils: readonly string[], day: Day, named: readonly NamedCouncil[], by: Deciders): boolean {
  const known = named.flatMap((each) => councilsOn(day, each, by));
  return known.length > 0 && !known.some((code) => councils.includes(code));
}

function councilsOn(day: Day, { code, writtenOn }: NamedCouncil, { directory }: Deciders): string[] {
  const found = directory.council(code, writtenOn, day);
  if (found.kind === 'unknown') return [];
  return found.kind === 'found' ? [found.body.code] : found.candidates.map((body) => body.code);
}
