import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { Desk } from './desk.js';
import { type Registration, registeredUntil } from './registration.js';
import type { Rule } from './rule.js';
import { nhsSuccessorByPractice } from './rules/nhs-successor-by-practice.js';
import { nhsSuccessorByResidence } from './rules/nhs-successor-by-residence.js';
import { successorByResidence } from './rules/successor-by-residence.js';
import { type Address, partAt, type Split } from './split-address.js';

/** What is told of a person that may say to which part of a divided body they belong. */
export type Pointers = {
  /** Before the detentions that it is about. */
  addresses: readonly Address[];
  /** From the first of those detentions on; none where it is about a council. */
  practices: readonly Registration[];
};

type Side = 'council' | 'icb';

/**
 * The part that is decided, by which rule and on what ground; null: a person says which, and `hint` is what they should
 * know. `facts`: of what was told, whatever points somewhere.
 */
export type Verdict = { part: string | null; rule: Rule; ground: string; hint: string; facts: string[] };

/** Which part of a divided body has a person. Nothing is guessed: where what is told points to several parts, none is. */
export function verdictOn(side: Side, told: Pointers, split: Split, on: { directory: Directory; desk: Desk }): Verdict {
  const lies = partAt(side, told.addresses, split, on);
  const ground = `the address before the detention lies in ${lies}`;
  const hint = lies === null ? '' : ` The address before the detention lies in ${lies}.`;
  const byAddress = { part: lies, rule: successorByResidence, ground, hint, facts: [] };
  if (side === 'council') return byAddress;
  const practices = practicesOf(told.practices, split, on);
  if (practices.length > 0) return byPractices(practices, byAddress);
  // Where a place or a service decides, an address does not.
  return { ...byAddress, part: split.resolveBy.includes('address') ? lies : null, rule: nhsSuccessorByResidence };
}

/** `part` null: it belongs to none of the parts, or nobody knows. */
type Practice = { code: string; on: Day; part: string | null; hint: string; factId: string };

function byPractices(practices: readonly Practice[], address: Verdict): Verdict {
  const parts = new Set([...practices.map(({ part }) => part), ...(address.part === null ? [] : [address.part])]);
  const [part = null] = parts;
  const told = practices.map(({ code, on }) => `${code}, told on ${on}`).join(', and ');
  return {
    part: parts.size === 1 ? part : null,
    rule: nhsSuccessorByPractice,
    ground: `the GP practice ${told}, belongs to ${part}`,
    hint: [...practices.map(({ hint }) => hint), address.hint].join(''),
    facts: practices.map(({ factId }) => factId),
  };
}

function practicesOf(
  told: readonly Registration[],
  split: Split,
  { directory, desk }: { directory: Directory; desk: Desk },
): Practice[] {
  const candidates = new Set(split.candidates.map(({ code }) => code));
  return registeredUntil(dividedOn(split) ?? desk.asOf, told).map(({ code, on, factId }) => {
    desk.changesOn(directory.nextChange(code, desk.asOf));
    const found = directory.icbOfPractice(code, desk.asOf);
    const icb = found.kind === 'found' ? found.body.code : null;
    const part = icb !== null && candidates.has(icb) ? icb : null;
    return { code, on, factId, part, hint: practiceHint(code, icb, part, directory) };
  });
}

function practiceHint(code: string, icb: string | null, part: string | null, { imported }: Directory): string {
  if (part !== null) return ` The GP practice ${code} belongs to ${part}.`;
  if (icb !== null)
    return ` The GP practice ${code} belongs to ${icb}, which is none of them: the person may be placed there.`;
  return imported === null ? '' : ` Of the GP practice ${code} no imported file says to which it belongs.`;
}

/** The first day on which it was divided: those told apart then are told apart for good. */
const dividedOn = ({ steps }: Split): Day | null =>
  steps.flatMap((step) => (step.kind === 'split' ? [step.on] : [])).sort()[0] ?? null;
