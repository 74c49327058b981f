import type { Directory, Resolution } from '../organisations/directory.js';
import { addDays, type Day } from './day.js';
import type { Desk } from './desk.js';
import { type Responsibility, UNKNOWN_BODY } from './entry.js';
import type { Standing } from './fact.js';
import { spelling } from './spelling.js';
import { type Pointers, verdictOn } from './split.js';
import type { Split } from './split-address.js';

export type Side = 'council' | 'icb';

/** A body as somebody named it: the code as written, when, with what standing, and the fact that said so. */
export type Naming = Pointers & {
  code: string;
  writtenOn: Day;
  standing: Standing;
  basis: string | null;
  since: Day;
  factId: string;
  /** What is named for what: the same when it is said again with other details, so that a question keeps its id. */
  about: string;
  /** The sender or the organisation that names it. */
  by: string;
  /** The NHS number it was recorded under; null for a message without one. */
  record: string | null;
};

/** Who a naming means on the desk's day. Unknown codes and splits become questions, never guesses. */
export function responsibilityOf(side: Side, naming: Naming, directory: Directory, desk: Desk): Responsibility {
  const found = resolvedNow(side, naming, directory, desk);
  if (found.kind === 'split') return splitOf(side, naming, found, directory, desk);
  if (found.kind === 'unknown') return unmapped(side, naming, desk);
  return {
    code: found.body.code,
    name: found.body.name,
    asWritten: naming.code,
    standing: naming.standing,
    basis: naming.basis,
    candidates: [],
    since: naming.since,
  };
}

/** A naming as people settled it by answering a question. Where that body is split later, it is asked about as its own. */
export const answeredAs = (naming: Naming, code: string, desk: Desk): Naming => ({
  ...naming,
  code,
  standing: 'agreed',
  writtenOn: desk.asOf,
  about: code === naming.code ? naming.about : `${naming.about}>${code}`,
});

/** The bodies that a code stands for on the desk's day, in the order of their codes; none where nobody knows it. */
export function bodiesMeant(side: Side, written: Written, directory: Directory, desk: Desk): string[] {
  const found = resolvedNow(side, written, directory, desk);
  if (found.kind === 'unknown') return [];
  return found.kind === 'found' ? [found.body.code] : found.candidates.map(({ code }) => code);
}

/** The same of a code that people answered: they mean whoever has it today. */
export const answeringFor = (side: Side, code: string, directory: Directory, desk: Desk): string[] =>
  bodiesMeant(side, { code, writtenOn: desk.asOf }, directory, desk);

/** The bodies that a naming stands for on the desk's day, as one text; a code that nobody knows stands for itself. */
export const meaningNow = (side: Side, naming: Naming, directory: Directory, desk: Desk): string =>
  bodiesMeant(side, naming, directory, desk).join(' ') || spelling(naming.code);

/**
 * What an answer that was given before a succession comes to: it goes on counting for whoever of `among` came after. Null
 * where that is none of them, or where the body was split between all of them, so that it decides nothing.
 */
export const succeededAmong =
  (side: Side, among: readonly string[], directory: Directory, desk: Desk) =>
  (given: string): string | null => {
    const now = answeringFor(side, given, directory, desk);
    const meant = among.filter((code) => now.includes(code));
    return meant.length === 0 || (among.length > 1 && meant.length === among.length) ? null : meant.join(' ');
  };

function splitOf(side: Side, naming: Naming, split: Split, directory: Directory, desk: Desk): Responsibility {
  const candidates = split.candidates.map(({ code }) => code);
  const { part: decided, rule, ground, hint, facts } = verdictOn(side, naming, split, { directory, desk });
  const chosen = desk.ask({
    kind: 'body-split',
    text: `${naming.code} was split between ${candidates.join(', ')}; ${split.resolveBy} decides.${hint} Which answers for this person?`,
    options: candidates,
    about: [naming.about],
    facts: [naming.factId, ...facts],
    isSettled: decided !== null,
    comesTo: succeededAmong(side, candidates, directory, desk),
  });
  const { basis, since } = naming;
  if (chosen === null && decided !== null) {
    const text = `${naming.code} was divided between ${candidates.join(' and ')}; ${ground}.`;
    // Several statements may lead here, and one may be read twice.
    if (!desk.reasons.some((reason) => reason.text === text)) desk.because(rule, text, [naming.factId, ...facts]);
    const derived = { ...naming, code: decided, standing: 'provisional' as const, writtenOn: desk.asOf };
    return { ...responsibilityOf(side, derived, directory, desk), asWritten: naming.code };
  }
  if (chosen === null) return { ...UNKNOWN_BODY, asWritten: naming.code, basis, candidates, since };
  const settled = responsibilityOf(side, answeredAs(naming, chosen, desk), directory, desk);
  return { ...settled, asWritten: naming.code };
}

function unmapped(side: Side, naming: Naming, desk: Desk): Responsibility {
  desk.ask({
    kind: 'unmapped-code',
    text: `The ${side} code ${naming.code} is in no table of mappings/organisations. Add it there, or record who is responsible.`,
    options: [],
    about: [naming.about],
    facts: [naming.factId],
  });
  return { ...UNKNOWN_BODY, asWritten: naming.code, basis: naming.basis, since: naming.since };
}

type Written = Pick<Naming, 'code' | 'writtenOn'>;

/** The day on which it is another is one on which the entry changes. */
function resolvedNow(side: Side, written: Written, directory: Directory, desk: Desk): Resolution {
  desk.changesOn(directory.nextChange(written.code, desk.asOf));
  return resolve(side, written, directory, desk.asOf);
}

function resolve(side: Side, { code, writtenOn }: Written, directory: Directory, asOf: Day): Resolution {
  return side === 'council' ? directory.council(code, writtenOn, asOf) : directory.commissioner(code, writtenOn, asOf);
}

/**
 * Every body that was named, or came between in a succession, and is not the responsible one now. While nobody is,
 * nobody is former: a body that was told goes on being told until another has the duty.
 */
export function formerOf(
  side: Side,
  namings: readonly Naming[],
  now: Responsibility,
  directory: Directory,
  desk: Desk,
): string[] {
  if (now.code === null) return [];
  const current = new Set([now.code, ...now.candidates]);
  const codes = namings.flatMap((naming) => {
    const found = resolvedNow(side, naming, directory, desk);
    const itself = found.kind === 'found' ? [found.body.code] : [];
    return [...itself, ...predecessorsIn(found, side, naming.writtenOn, { directory, asOf: desk.asOf })];
  });
  return [...new Set(codes)].filter((code) => !current.has(code)).sort();
}

type On = { directory: Directory; asOf: Day };

/** The bodies that the followed successions came through after the code was written: each may have been told once. */
function predecessorsIn(found: Resolution, side: Side, writtenOn: Day, { directory, asOf }: On): string[] {
  if (found.kind === 'unknown') return [];
  const since = found.steps.filter((step) => step.on > writtenOn && step.on <= asOf);
  return since.flatMap((step) => {
    const lastDay = addDays(step.on, -1);
    const before = resolve(side, { code: step.from, writtenOn: lastDay }, directory, lastDay);
    return before.kind === 'found' ? [before.body.code] : [];
  });
}
