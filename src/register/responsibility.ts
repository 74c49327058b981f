import type { Directory, Resolution } from '../organisations/directory.js';
import type { Day } from './day.js';
import { londonDay } from './day.js';
import type { Desk } from './desk.js';
import { type Responsibility, UNKNOWN_BODY } from './entry.js';
import type { BodyCode, MessageFact, Standing } from './fact.js';
import type { Detention } from './history.js';
import type { Rule } from './rule.js';

/** A body as somebody named it: the code as written, when, with what standing, and the fact that said so. */
export type Naming = {
  code: string;
  writtenOn: Day;
  standing: Standing;
  basis: string | null;
  since: Day;
  factId: string;
};

export type Side = 'council' | 'icb';

/** Who a naming means on the desk's day. Unknown codes and splits become questions, never guesses. */
export function responsibilityOf(side: Side, naming: Naming, directory: Directory, desk: Desk): Responsibility {
  const found = resolve(side, naming, directory, desk.asOf);
  const next = directory.nextChange(naming.code, desk.asOf);
  if (next !== null) desk.hasCome(next);
  if (found.kind === 'found') {
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
  return found.kind === 'split' ? splitOf(side, naming, found, directory, desk) : unmapped(side, naming, desk);
}

function splitOf(
  side: Side,
  naming: Naming,
  split: Extract<Resolution, { kind: 'split' }>,
  directory: Directory,
  desk: Desk,
): Responsibility {
  const candidates = split.candidates.map((body) => body.code).sort();
  const chosen = desk.ask({
    kind: 'body-split',
    text: `${naming.code} was split between ${candidates.join(', ')}; ${split.resolveBy} decides. Which answers for this person?`,
    options: candidates,
    facts: [naming.factId],
  });
  if (chosen === null)
    return { ...UNKNOWN_BODY, asWritten: naming.code, basis: naming.basis, candidates, since: naming.since };
  const settled = responsibilityOf(side, { ...naming, code: chosen, writtenOn: desk.asOf }, directory, desk);
  return { ...settled, asWritten: naming.code };
}

function unmapped(side: Side, naming: Naming, desk: Desk): Responsibility {
  desk.ask({
    kind: 'unmapped-code',
    text: `The ${side} code ${naming.code} is in no table of mappings/organisations. Add it there, or record who is responsible.`,
    options: [],
    facts: [naming.factId],
  });
  return { ...UNKNOWN_BODY, asWritten: naming.code, basis: naming.basis, since: naming.since };
}

function resolve(side: Side, { code, writtenOn }: Naming, directory: Directory, asOf: Day): Resolution {
  return side === 'council' ? directory.council(code, writtenOn, asOf) : directory.commissioner(code, writtenOn, asOf);
}

type PeriodFact = Extract<MessageFact, { period: string }>;

/**
 * What messages named for these detentions. Per period the latest statement counts (`current`); the earlier ones are
 * `corrected`, and remembered, for a body may have been told by them.
 */
export function statedFor<F extends PeriodFact>(
  detentions: readonly Detention[],
  facts: readonly F[],
  read: { codeOf: (fact: F) => BodyCode | null; basis: string },
): { current: Naming[]; corrected: Naming[] } {
  const current: Naming[] = [];
  const corrected: Naming[] = [];
  for (const detention of detentions) {
    const namings = facts
      .filter((f) => `${f.source.sender}|${f.period}` === detention.key)
      .flatMap((f): Naming[] => {
        const body = read.codeOf(f);
        if (body === null) return [];
        const writtenOn = londonDay(f.source.sentAt);
        return [
          {
            code: body.code,
            writtenOn,
            standing: 'provisional',
            basis: read.basis,
            since: detention.from,
            factId: f.id,
          },
        ];
      });
    current.push(...namings.slice(0, 1));
    corrected.push(...namings.slice(1));
  }
  return { current, corrected };
}

/** The first of what messages stated, provisional until people determine it; asked about where they differ. */
export function fromStatements(
  side: Side,
  [first, ...rest]: [Naming, ...Naming[]],
  rule: Rule,
  directory: Directory,
  desk: Desk,
): Responsibility {
  const body = responsibilityOf(side, first, directory, desk);
  desk.because(rule, `${first.code} stated: ${first.basis}.`, [first.factId]);
  const others = rest.map((n) => responsibilityOf(side, n, directory, desk)).filter((r) => r.code !== body.code);
  if (others.length === 0) return body;

  const options = [...new Set([body, ...others].flatMap((r) => (r.code === null ? [] : [r.code])))].sort();
  const answer = desk.ask({
    kind: side === 'council' ? 'which-council' : 'which-icb',
    text: `The statements name ${options.join(' and ')}. Which is responsible? Until then ${first.code} is provisional.`,
    options,
    facts: [first, ...rest].map((n) => n.factId),
  });
  if (answer === null) return body;
  return responsibilityOf(side, { ...first, code: answer, standing: 'agreed', writtenOn: desk.asOf }, directory, desk);
}

/** Every body that was named, or came between in a succession, and is not the responsible one now. */
export function formerOf(
  side: Side,
  namings: Naming[],
  now: Responsibility,
  directory: Directory,
  asOf: Day,
): string[] {
  const current = new Set([now.code, ...now.candidates]);
  const codes = namings.flatMap((naming) => {
    const resolved = resolve(side, naming, directory, asOf);
    const itself = resolved.kind === 'found' ? [resolved.body.code] : [];
    return [...itself, ...predecessorsOf(side, naming, directory, asOf)];
  });
  return [...new Set(codes)].filter((code) => !current.has(code)).sort();
}

/** The bodies that the followed successions came through after the code was written: each may have been told once. */
function predecessorsOf(side: Side, naming: Naming, directory: Directory, asOf: Day): string[] {
  const now = resolve(side, naming, directory, asOf);
  if (now.kind === 'unknown') return [];
  const since = now.steps.filter((step) => step.on > naming.writtenOn && step.on <= asOf);
  return since.flatMap((step) => {
    const before = resolve(side, { ...naming, code: step.from }, directory, naming.writtenOn);
    return before.kind === 'found' ? [before.body.code] : [];
  });
}
