import type { Directory } from '../organisations/directory.js';
import { assessedBefore, differingTests } from './assessment.js';
import { isFromPrison } from './concurrent.js';
import { type Day, londonDay } from './day.js';
import type { Desk } from './desk.js';
import { factsOf, type Qualifying } from './detentions.js';
import type { Responsibility } from './entry.js';
import type { MessageFact, StatedFact } from './fact.js';
import type { History } from './history.js';
import { determinedNaming, isAnswered, names, pointersOf, statedFor } from './naming.js';
import { dayOf } from './order.js';
import type { Commenced } from './policy.js';
import { answeringFor, succeededAmong } from './responsibility.js';
import { ruleOn } from './rule.js';
import { disputeChangesNothing } from './rules/dispute-changes-nothing.js';
import { whileReadingsChanged } from './rules/disputed-while-readings-changed.js';
import { ordinaryResidence } from './rules/ordinary-residence.js';
import { placementDeeming } from './rules/placement-deeming.js';
import { residentBefore2015 } from './rules/residence-before-2015.js';
import { residenceBeforeCustody } from './rules/residence-before-custody.js';
import type { Span } from './spans.js';
import { whoAnswers } from './who-answers.js';
import type { NamedBody } from './who-decides.js';

type Residence = Extract<MessageFact, { kind: 'ordinary-residence' }>;
type Determination = Extract<StatedFact, { kind: 'council-determined' }>;

export type CouncilOfSpan = { council: Responsibility; former: string[] };

/** What bears on the council besides the span: the council of the span before it, and which waiting rules have begun. */
type Before = { previous: Responsibility | null; commenced: Commenced };

/** The council of one span, by the test of the day of its detention, and every other council that was named for it before. */
export function councilOf(
  span: Span,
  history: History,
  { previous, commenced }: Before,
  directory: Directory,
  desk: Desk,
): CouncilOfSpan {
  const [first] = span.detentions;
  const test = ruleOn(first?.from ?? desk.asOf, [residentBefore2015, ordinaryResidence]);
  const resident = test === residentBefore2015 ? 'resident' : 'ordinarily resident';
  const determined = determinations(span, history, desk);
  const reader = { ...READER, residences: history.residences };
  const own = statedFor(span.detentions, history.residences, reader);
  const assessment = statedFor(assessedBefore(first, history), history.residences, reader);
  const pointers = pointersOf(span.detentions, reader);
  const { body, former } = whoAnswers(
    {
      side: 'council',
      stated: {
        current: [...own.current, ...assessment.current],
        corrected: [...own.corrected, ...assessment.corrected],
      },
      determined: determined.map((fact) => determinedNaming(fact, pointers)),
      mergedOn: history.mergedOn,
      rule: test,
      statedAs: `the council where the person was ${resident} immediately before the detention of ${first?.from}`,
      disputeRule: disputeChangesNothing,
      differing: differingTests(own.current, assessment.current),
      nobody: {
        text: `Where was the person ${resident} immediately before the detention of ${first?.from}? Record the council.`,
        about: first ? [first.key] : [],
        facts: factsOf(span.detentions),
      },
    },
    directory,
    desk,
  );
  noteReadingsOfThatTime(span, determined, desk);
  const council =
    determined.length > 0
      ? body
      : confirmed(meanwhile(body, previous), span, { previous, commenced }, { directory, desk });
  return { council, former };
}

const READER = {
  codeOf: (f: Residence) => f.council,
  isDeleted: (f: Residence) => f.council === null && f.postcode === null,
  basis: 'ordinarily-resident-before-detention',
  // Where somebody is registered says nothing of a council.
  registrations: [],
};

/** People's determinations that fall within this span's time, in order. */
function determinations(span: Span, history: History, desk: Desk): Determination[] {
  const until: Day | null = span.supersededAt === null ? null : londonDay(span.supersededAt);
  const from = span.first ? null : (span.detentions[0]?.from ?? null);
  return history.stated.filter(
    (f): f is Determination =>
      f.kind === 'council-determined' &&
      (from === null || dayOf(f) >= from) &&
      (until === null || dayOf(f) < until) &&
      desk.hasCome(dayOf(f)),
  );
}

/**
 * Every council that was named for a span by messages, by determinations, or by an answer. One that is named by a dispute
 * alone is none until the dispute is answered for it: else a dispute about who would change whether.
 */
export function namedCouncils(span: Span, history: History, desk: Desk): NamedBody[] {
  const [first] = span.detentions;
  const reader = { ...READER, residences: history.residences };
  const stated = [...span.detentions, ...assessedBefore(first, history)].flatMap((detention) => {
    const { current, corrected } = statedFor([detention], history.residences, reader);
    return [...current, ...corrected];
  });
  const confirmed = desk.answersTo({ kind: 'which-council', about: first ? [first.key] : [] });
  const determined = determinations(span, history, desk).filter(
    ({ standing, council }) =>
      names(standing) || (standing === 'disputed' && isAnswered('council-disputed', council, history)),
  );
  return [
    ...stated,
    ...determined.map((fact) => determinedNaming(fact, pointersOf(span.detentions, reader))),
    ...confirmed.map(({ option }) => ({ code: option, writtenOn: desk.asOf })),
  ];
}

function noteReadingsOfThatTime(span: Span, determined: readonly Determination[], desk: Desk): void {
  const { from, to } = whileReadingsChanged.inForce ?? {};
  const latest = determined.at(-1);
  if (span.first || !latest || !from || !to || dayOf(latest) < from || dayOf(latest) > to) return;
  desk.because(
    whileReadingsChanged,
    `Determined for ${dayOf(latest)}, while it was open whether a re-detention leaves the first council responsible.`,
    [latest.id],
  );
}

/** Somebody provides while nobody is named for the new duty: who had the one before it. */
const meanwhile = (body: Responsibility, previous: Responsibility | null): Responsibility =>
  body.asWritten === null && previous?.code
    ? { ...previous, standing: 'provisional', basis: 'responsible-until-the-new-detention' }
    : body;

type On = { directory: Directory; desk: Desk };

/** What messages name is a proposal where another council had the duty before, or where the test itself is argued. */
function confirmed(body: Responsibility, span: Span, before: Before, { directory, desk }: On): Responsibility {
  const { previous } = before;
  // With candidates it is asked already which of them it is.
  const isDoubtful = body.standing === 'provisional' && body.candidates.length === 0;
  const doubt = body.code !== null && isDoubtful ? doubtOf(body.code, span, before, desk) : null;
  if (doubt === null) return body;
  const answer = desk.ask({
    kind: 'which-council',
    text: doubt.text,
    options: doubt.options,
    // The one question about the council of this detention, whatever puts it in doubt.
    about: span.detentions.slice(0, 1).map(({ key }) => key),
    facts: factsOf(span.detentions),
    comesTo: succeededAmong('council', doubt.options, directory, desk),
  });
  if (answer === null) return body;
  const chosen = answeringFor('council', answer, directory, desk);
  if (body.code !== null && chosen.includes(body.code)) return { ...body, standing: 'agreed' };
  if (!previous || !chosen.some((code) => codesOf(previous).includes(code))) return body;
  // Split since, it is asked about with the earlier duty which part answers.
  const standing = previous.code === null ? previous.standing : 'agreed';
  return { ...previous, standing, since: span.detentions[0]?.from ?? null };
}

const codesOf = ({ code, candidates }: Responsibility): string[] => (code === null ? candidates : [code]);

type Doubt = { text: string; options: string[] };

function doubtOf(code: string, span: Span, { previous, commenced }: Before, desk: Desk): Doubt | null {
  const [first] = span.detentions;
  if (!first) return null;
  const earlier = previous ? codesOf(previous) : [];
  const before = previous?.code ?? previous?.asWritten;
  if (!before || earlier.length === 0 || before === code) return custodyDoubt(code, span, first, desk);
  const options = [...new Set([code, ...earlier])].sort();
  const again = `Detained again on ${first.from}. ${before} was responsible until then, and ${code} is stated for where the person lived immediately before.`;
  if (commenced.placementDeeming === null || first.from < commenced.placementDeeming) {
    return {
      text: `${again} Residence is tested anew, and a placement by ${before} does not keep it there ([2023] UKSC 31). Is it ${code}?`,
      options,
    };
  }
  desk.because(placementDeeming, `Detained on ${first.from}, after the rule began.`, [first.factId]);
  return {
    text: `${again} One reading: the person is ordinarily resident where they lived, so ${code} (MHA 1983 s117(3); [2023] UKSC 31). The other: if ${before} placed them there they stay its resident (s117(3A), Mental Health Act 2025 s46; how it bears on people who had aftercare before it began is not settled). Which is it?`,
    options,
  };
}

function custodyDoubt(code: string, span: Span, first: Qualifying, desk: Desk): Doubt | null {
  if (!span.departure?.custody || !isFromPrison(span)) return null;
  desk.because(
    residenceBeforeCustody,
    `Detained by transfer from prison: ordinary residence before custody is commonly used, and it is argued; ${code} was stated.`,
    [first.factId],
  );
  return {
    text: `Back in prison after a transfer direction. ${code} was stated; ordinary residence before custody is commonly used, and it is argued (MHA 1983 s117(3)). Does ${code} stand? If not, record the council.`,
    options: [code],
  };
}
