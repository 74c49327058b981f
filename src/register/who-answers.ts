import type { Directory } from '../organisations/directory.js';
import type { Day } from './day.js';
import type { Desk } from './desk.js';
import { type Responsibility, UNKNOWN_BODY } from './entry.js';
import type { StatedNamings } from './naming.js';
import {
  answeredAs,
  answeringFor,
  formerOf,
  meaningNow,
  type Naming,
  responsibilityOf,
  type Side,
  succeededAmong,
} from './responsibility.js';
import type { Rule } from './rule.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';

export type Asked = { text: string; about: string[]; facts: string[] };

/** Why statements differ, where that is a question of law: the rule that says so, and both readings with their sources. */
export type Differing = { rule: Rule; text: string };

export type Named = {
  side: Side;
  stated: StatedNamings;
  /** People's determinations, in the order of the days they speak of. */
  determined: Naming[];
  /** The last day on which two records became one; determinations from before it may contradict each other. */
  mergedOn: Day | null;
  rule: Rule;
  /** As what messages name a body: `the NHS commissioner when the detention of 2026-01-01 began`. */
  statedAs: string;
  disputeRule: Rule;
  differing: Differing | null;
  /** What is asked when nobody named anybody. */
  nobody: Asked;
};

/** Who answers, and who was named and no longer does. People's determinations come before what messages stated. */
export function whoAnswers(named: Named, directory: Directory, desk: Desk): { body: Responsibility; former: string[] } {
  const body = chosen(named, directory, desk);
  const everyNaming = [...named.stated.current, ...named.stated.corrected, ...named.determined];
  return { body, former: formerOf(named.side, everyNaming, body, directory, desk) };
}

function chosen(named: Named, directory: Directory, desk: Desk): Responsibility {
  const { side, determined, rule } = named;
  const latest = determined.at(-1);
  if (!latest) return fromStatements(named, directory, desk);
  if (latest.standing === 'unknown') return askWhich(named, desk);
  if (latest.standing === 'disputed') return disputed(named, [...named.stated.current, ...determined], directory, desk);
  const contradicting = contradictions(named, directory, desk);
  if (contradicting.length > 0) return disputed(named, contradicting, directory, desk);
  desk.because(
    rule,
    `${latest.code} is determined by people to be responsible, from ${latest.since}${onGround(latest.basis)}.`,
    [latest.factId],
  );
  return firstKnown(side, latest, [...determined.slice(0, -1).reverse(), ...earlier(named)], directory, desk);
}

/** Determinations of one day that differ, or of two records that were merged since: latest does not win. */
function contradictions({ side, determined, mergedOn }: Named, directory: Directory, desk: Desk): Naming[] {
  const latest = determined.at(-1);
  // Two codes of one body, or a body and its successor, say the same.
  const differ = (namings: readonly Naming[]): boolean =>
    new Set(namings.map((naming) => meaningNow(side, naming, directory, desk))).size > 1;
  const sameDay = determined.filter(({ since }) => since === latest?.since);
  if (differ(sameDay)) return sameDay;
  const perRecord = [...new Map(determined.map((naming) => [naming.record, naming])).values()];
  const settledSince = mergedOn === null || determined.some(({ since }) => since >= mergedOn);
  return !settledSince && differ(perRecord) ? perRecord : [];
}

/**
 * A code that nobody knows, a slip of the hand perhaps, takes the duty from nobody: who was named before answers meanwhile;
 * where only a body was that has been split, each of its parts may.
 */
function firstKnown(
  side: Side,
  first: Naming,
  before: readonly Naming[],
  directory: Directory,
  desk: Desk,
): Responsibility {
  const body = responsibilityOf(side, first, directory, desk);
  if (body.code !== null || body.candidates.length > 0) return body;
  let split: Responsibility | null = null;
  for (const naming of before) {
    const fallback = responsibilityOf(side, { ...naming, standing: 'provisional' }, directory, desk);
    if (fallback.code !== null) return fallback;
    if (fallback.candidates.length > 0) split ??= fallback;
  }
  return split ?? body;
}

const earlier = ({ stated }: Named): Naming[] => [...stated.current, ...stated.corrected];

/** The first of what messages stated, provisional until people determine it; asked about where they differ. */
function fromStatements(named: Named, directory: Directory, desk: Desk): Responsibility {
  const { side, stated, rule, differing } = named;
  const [first, ...rest] = stated.current;
  if (!first) return askWhich(named, desk);
  const body = firstKnown(side, first, [...rest, ...stated.corrected], directory, desk);
  desk.because(
    rule,
    `${first.code} was stated as ${named.statedAs}.${howItCame(side, first, body, { directory, desk })}`,
    [first.factId],
  );
  const others = rest.map((n) => responsibilityOf(side, n, directory, desk)).filter((r) => isAnother(r, body));
  if (others.length === 0) return body;

  if (differing)
    desk.because(
      differing.rule,
      'One council was stated for the day of the section 2, another for that of the section 3.',
      stated.current.map(({ factId }) => factId),
    );
  const options = [...new Set([body, ...others].flatMap((r) => (r.code === null ? r.candidates : [r.code])))].sort();
  const meanwhile = body.code === null ? '' : ` Until then ${body.asWritten} is provisional.`;
  const answer = desk.ask({
    kind: whichKind(side),
    text: `The statements name ${options.join(' and ')}. ${differing ? `${differing.text} ` : ''}Which is responsible?${meanwhile}`,
    options,
    about: stated.current.map(({ about }) => about),
    facts: stated.current.map(({ factId }) => factId),
    comesTo: succeededAmong(side, options, directory, desk),
  });
  if (answer !== null) return answeredBy(answer, first, stated.current, { side, directory, desk });
  // Each may have the duty: while it is asked, none is told that it has passed to another.
  return { ...body, candidates: options };
}

/** Another body, or the parts of another that was divided; a code that nobody knows is none. */
const isAnother = ({ code, candidates }: Responsibility, than: Responsibility): boolean =>
  code !== than.code || candidates.some((each) => !than.candidates.includes(each));

function askWhich({ side, nobody }: Named, desk: Desk): Responsibility {
  desk.ask({ kind: whichKind(side), options: [], ...nobody });
  return UNKNOWN_BODY;
}

function disputed(named: Named, between: readonly Naming[], directory: Directory, desk: Desk): Responsibility {
  const { side, disputeRule } = named;
  const bodies = between.map((naming) => responsibilityOf(side, naming, directory, desk));
  const candidates = [...new Set(bodies.flatMap((r) => (r.code === null ? r.candidates : [r.code])))].sort();
  const facts = between.map(({ factId }) => factId);
  const latest = between.at(-1);
  if (!latest) return UNKNOWN_BODY;
  const [only] = candidates.length === 1 ? candidates : [];
  const who =
    only === undefined ? `disputed between ${candidates.join(' and ')}` : `disputed, and nobody but ${only} is named`;
  desk.because(disputeRule, `Responsibility is ${who}.`, facts);
  const answer = desk.ask({
    kind: side === 'council' ? 'council-disputed' : 'which-icb',
    text: `Which ${side === 'council' ? 'council' : 'ICB'} is responsible is ${who}. ${whoNamesWhich(between)}. Aftercare is owed meanwhile${side === 'council' ? DISPUTES_GO_TO : ''}.`,
    options: candidates,
    about: between.map(({ about }) => about),
    facts,
    comesTo: succeededAmong(side, candidates, directory, desk),
  });
  if (answer !== null) return answeredBy(answer, latest, between, { side, directory, desk });
  return { ...responsibilityOf(side, latest, directory, desk), standing: 'disputed', candidates };
}

type On = { side: Side; directory: Directory; desk: Desk };

/** The body that people chose. Where its code was split since, the statement that was chosen may say which part. */
function answeredBy(answer: string, first: Naming, between: readonly Naming[], { side, directory, desk }: On) {
  const now = answeringFor(side, answer, directory, desk);
  if (now.length > 1) {
    const stated = between.map((naming) => responsibilityOf(side, naming, directory, desk));
    const chosen = stated.find(({ code }) => code !== null && now.includes(code));
    if (chosen) return { ...chosen, standing: 'agreed' as const };
  }
  return responsibilityOf(side, answeredAs(first, answer, desk), directory, desk);
}

/** Each once, however often it was said. */
const whoNamesWhich = (between: readonly Naming[]): string =>
  [...new Set(between.map(({ by, code, basis }) => `${by} names ${code}, ${inWords(basis)}`))].join('; ');

/** Section 117(4) is about councils; between NHS bodies no statute names whoever decides. */
const DISPUTES_GO_TO = `, and one of them provides it until the dispute is settled: by agreement, or by the determination that section 117(4) provides for (${disputeChangesNothing.cites})`;

/** `ordinarily-resident-before-detention` as people say it. */
const inWords = (basis: string | null): string => (basis ?? 'on no stated ground').replaceAll('-', ' ');

const onGround = (basis: string | null): string => (basis === null ? '' : `: ${inWords(basis)}`);

/** From the code as it was written to whoever answers today. */
function howItCame(
  side: Side,
  { code, writtenOn }: Naming,
  body: Responsibility,
  { directory, desk }: Pick<On, 'directory' | 'desk'>,
): string {
  if (body.code === null || body.code === code || body.asWritten !== code) return '';
  const found = (side === 'council' ? directory.council : directory.commissioner)(code, writtenOn, desk.asOf);
  const steps = found.kind === 'unknown' ? [] : found.steps.filter(({ on }) => on > writtenOn && on <= desk.asOf);
  if (steps.length === 0) return ` It stands for ${body.code}.`;
  const took = { split: 'took over part of', boundary: 'took over part of', merge: 'came after', rename: 'came after' };
  return ` ${steps.map(({ from, to, on, kind }) => `${to} ${took[kind]} ${from} on ${on}`).join('; ')}.`;
}

const whichKind = (side: Side) => (side === 'council' ? 'which-council' : 'which-icb');
