import type { Directory } from '../organisations/directory.js';
import { type Day, londonDay } from './day.js';
import type { Desk } from './desk.js';
import { factsOf, type Qualifying } from './detentions.js';
import type { Responsibility } from './entry.js';
import type { MessageFact, StatedFact } from './fact.js';
import type { History } from './history.js';
import { determinedNaming, names, pointersOf, type StatedNamings, statedFor } from './naming.js';
import { dayOf } from './order.js';
import { askWherePracticeDiffers } from './practice.js';
import { succeededAmong } from './responsibility.js';
import { ruleOn } from './rule.js';
import { ccgOfDestination } from './rules/ccg-of-destination.js';
import { ccgOfResidence } from './rules/ccg-of-residence.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';
import { originatingCcg } from './rules/originating-ccg.js';
import { primaryCareTrust } from './rules/pct-residence.js';
import { responsibleIcb } from './rules/responsible-icb.js';
import type { Span } from './spans.js';
import { whoAnswers } from './who-answers.js';
import type { NamedBody } from './who-decides.js';

/** In the order of their days; which it was when the detention began that the duty goes back to. */
const NHS_TESTS = [primaryCareTrust, ccgOfDestination, ccgOfResidence, originatingCcg, responsibleIcb] as const;

type Commissioner = Extract<MessageFact, { kind: 'commissioner' }>;
type Determination = Extract<StatedFact, { kind: 'icb-determined' }>;

/** The spans from one ending by decision to the next; `until`: the day of the detention that begins the stretch after it. */
export type Stretch = { spans: readonly Span[]; until: Day | null };

/**
 * The NHS side of a stretch, and every other body that was named for it before. It does not move with a later detention,
 * but once aftercare has ended by decision it is found anew.
 */
export function icbOf(
  { spans, until }: Stretch,
  history: History,
  directory: Directory,
  desk: Desk,
): { icb: Responsibility; former: string[] } {
  const detentions = spans.flatMap((span) => span.detentions);
  const since = beginOf(spans);
  const determined = determinations(since, until, history, desk);
  const pointers = pointersOf(detentions, history);
  const stated = statedByFirst(spans, history);
  const { body, former } = whoAnswers(
    {
      side: 'icb',
      stated,
      determined: determined.map((fact) => determinedNaming(fact, pointers)),
      mergedOn: history.mergedOn,
      rule: ruleOn(detentions[0]?.from ?? desk.asOf, NHS_TESTS),
      statedAs: `the NHS commissioner when the detention of ${stated.from} began`,
      disputeRule: disputeChangesNothing,
      differing: null,
      nobody: {
        text: `No NHS commissioner was stated. Which ICB was responsible when the detention of ${detentions[0]?.from} began? Record it.`,
        about: detentions.slice(0, 1).map(({ key }) => key),
        facts: factsOf(detentions),
      },
    },
    directory,
    desk,
  );
  if (determined.length === 0) sayThatItStays(spans, desk);
  const icb =
    since === null || determined.length > 0
      ? askWherePracticeDiffers(body, stated.current, history, directory, desk)
      : confirmed(body, since, detentions, { directory, desk });
  return { icb, former };
}

/** The detention with which a stretch begins; null where no aftercare was before it, and whatever was determined counts. */
const beginOf = ([first]: readonly Span[]): Day | null => (first?.first ? null : (first?.detentions[0]?.from ?? null));

const determinations = (since: Day | null, until: Day | null, { stated }: History, desk: Desk): Determination[] =>
  stated.filter(
    (f): f is Determination =>
      f.kind === 'icb-determined' &&
      (since === null || dayOf(f) >= since) &&
      (until === null || dayOf(f) < until) &&
      desk.hasCome(dayOf(f)),
  );

/**
 * Every ICB that was named for these spans of one stretch by messages, by determinations until the last of them ended, or
 * by an answer.
 */
export function namedIcbs(spans: readonly Span[], history: History, desk: Desk): NamedBody[] {
  const until = spans.at(-1)?.supersededAt ?? null;
  const determined = determinations(beginOf(spans), until && londonDay(until), history, desk);
  const stated = spans.map(({ detentions }) => statedFor(detentions, history.commissioners, readerFor(history)));
  return [
    ...stated.flatMap(({ current, corrected }) => [...current, ...corrected]),
    ...determined.flatMap((fact) => (names(fact.standing) ? [{ code: fact.icb, writtenOn: dayOf(fact) }] : [])),
    ...answeredIcbs(history).map((code) => ({ code, writtenOn: desk.asOf })),
  ];
}

/** Of those in dispute one is chosen; by the question about the GP practice another than whoever was stated may be. */
const answeredIcbs = ({ stated }: History): string[] =>
  stated.flatMap((f) => (f.kind === 'answer' && f.question.startsWith('which-icb-') ? [f.option] : []));

/** `from`: the day of the detention for which they name the commissioner. */
type StatedByFirst = StatedNamings & { from: Day | undefined };

/** The NHS side does not move with a later detention: what was stated for the first that names anybody counts. */
function statedByFirst(spans: readonly Span[], history: History): StatedByFirst {
  const perSpan = spans.map(({ detentions }) => ({
    ...statedFor(detentions, history.commissioners, readerFor(history)),
    from: detentions[0]?.from,
  }));
  return (
    perSpan.find(({ current }) => current.length > 0) ?? perSpan[0] ?? { current: [], corrected: [], from: undefined }
  );
}

/** A later detention while the NHS side had the duty: under the regulations since July 2022 it leaves it where it was. */
function sayThatItStays([, ...later]: readonly Span[], desk: Desk): void {
  for (const [detention] of later.map(({ detentions }) => detentions)) {
    if (!detention || ruleOn(detention.from, NHS_TESTS) !== responsibleIcb) continue;
    desk.because(
      responsibleIcb,
      `The detention of ${detention.from} does not move the NHS side, whoever is named for it: aftercare had not ended by decisions of both bodies. So NHS England reads the regulations; whether the end of the council's duty by a new detention counts as a discharge from aftercare is argued.`,
      [detention.factId],
    );
  }
}

const readerFor = ({ residences, registrations }: History) => ({
  codeOf: (f: Commissioner) => f.icb,
  isDeleted: (f: Commissioner) => f.icb === null,
  basis: 'commissioner-when-detention-began',
  residences,
  registrations,
});

type On = { directory: Directory; desk: Desk };

/** Aftercare had ended, so the NHS side is found anew, and a person says that it is the one. */
function confirmed(
  body: Responsibility,
  since: Day,
  detentions: readonly Qualifying[],
  { directory, desk }: On,
): Responsibility {
  // With candidates it is asked already which of them it is.
  if (body.code === null || body.standing !== 'provisional' || body.candidates.length > 0) return body;
  const answer = desk.ask({
    kind: 'which-icb',
    text: `Aftercare had ended before the detention of ${since}. The ICB is the one with core responsibility when that detention was applied for (SI 2022/635 regs 5, 7); ${body.code} is stated. Is it ${body.code}? If not, record who is.`,
    options: [body.code],
    about: detentions.slice(0, 1).map(({ key }) => key),
    facts: factsOf(detentions),
    comesTo: succeededAmong('icb', [body.code], directory, desk),
  });
  return answer === null ? body : { ...body, standing: 'agreed' };
}
