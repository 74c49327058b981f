import { addDays, addMonths, type Day, type Instant, londonDay } from './day.js';
import type { Departure } from './departures.js';
import type { Desk } from './desk.js';
import type { Endings } from './ending.js';
import type { Clock, Plan } from './entry.js';
import type { StatedFact } from './fact.js';
import type { History } from './history.js';
import { byTime, compare, dayOf } from './order.js';
import type { Policy } from './policy.js';
import type { Span } from './spans.js';

type Review = Extract<StatedFact, { kind: 'review' }>;

/** One span of duty, as far as it decides what is due: `over` once nothing of it is owed any more. */
export type Owed = { span: Span; plan: Plan | null; endings: Endings; inCustody: boolean; over: boolean };

/**
 * What is due for one span of duty and what was done, in the order of its days. Folded like everything else, so that a
 * message that comes late corrects the clocks too. Of a duty that is over only what was done remains.
 */
export function clocksOf(owed: Owed, history: History, policy: Policy, desk: Desk): Clock[] {
  const running = [...planning(owed), ...contacts(owed, history, policy, desk), ...endingSteps(owed, history, policy)];
  return running
    .filter(({ doneOn, kind }) => !owed.over || doneOn !== null || kind === 'notice')
    .map((clock) => ({ ...clock, state: stateOf(clock, policy, desk) }))
    .sort((a, b) => compare(a.startedOn, b.startedOn) || compare(a.dueOn ?? '9', b.dueOn ?? '9'));
}

type Unstated = Omit<Clock, 'state'>;

/** The plan is due when the person leaves hospital; an incomplete one is none yet. */
function planning({ span, plan }: Owed): Unstated[] {
  const [first] = span.detentions;
  if (!first) return [];
  const complete = plan && plan.lacks.length === 0 ? plan : null;
  return [
    {
      kind: 'plan',
      startedOn: first.from,
      dueOn: span.departure && londonDay(span.departure.at),
      doneOn: complete?.agreedOn ?? null,
      facts: [first.factId],
    },
  ];
}

const HOUR_MS = 3_600_000;

/** Follow-up and reviews, while the person lives outside hospital and prison; after prison, from the release. */
function contacts({ span, plan, inCustody, endings }: Owed, history: History, policy: Policy, desk: Desk): Unstated[] {
  const { departure } = span;
  if (!departure || inCustody) return [];
  const from = londonDay(span.releasedAt ?? departure.at);
  const until = endings.ended?.on ?? (span.supersededAt && londonDay(span.supersededAt));
  const held = reviewsIn(from, until, history, desk);
  return [
    ...leavings(span, history).map((leaving) => followUp(leaving, held, policy)),
    ...reviews(from, held.filter(isReview), plan, policy, departure.facts),
    ...afterReadmissions(from, until, held.filter(isReview), history, desk),
  ];
}

/**
 * Each time that the person left hospital for a life outside: who went to prison did not, and an order that is told
 * beside the discharge is no second leaving.
 */
function leavings({ departure, leftAgain, returns }: Span, { stays }: History): Departure[] {
  const found: Departure[] = departure === null || departure.custody ? [] : [departure];
  let last = departure?.at ?? '';
  for (const next of leftAgain) {
    const admitted = stays.some((stay) => stay.admitted && isWithin(stay.admitted.effectiveAt, last, next.at));
    const recalled = returns.some(({ from, to }) => from >= londonDay(last) && to === londonDay(next.at));
    if (!admitted && !recalled) continue;
    if (!next.custody) found.push(next);
    last = next.at;
  }
  return found;
}

const isWithin = (at: Instant, after: Instant, until: Instant): boolean =>
  byTime(at, after) > 0 && byTime(at, until) <= 0;

function followUp({ at, facts }: Departure, held: readonly Review[], { followUpHours }: Policy): Unstated {
  const startedOn = londonDay(at);
  const contact = held.find(({ attended, heldOn }) => attended.includes('person') && heldOn >= startedOn);
  return {
    kind: 'follow-up',
    startedOn,
    dueOn: londonDay(new Date(Date.parse(at) + followUpHours * HOUR_MS).toISOString()),
    doneOn: contact?.heldOn ?? null,
    facts: [...facts, ...(contact ? [contact.id] : [])],
  };
}

/** Held with somebody: a review that names nobody who attended is none. */
const reviewsIn = (from: Day, until: Day | null, { stated }: History, desk: Desk): Review[] =>
  stated.filter(
    (f): f is Review =>
      f.kind === 'review' &&
      f.attended.length > 0 &&
      f.heldOn >= from &&
      (until === null || f.heldOn <= until) &&
      desk.hasCome(f.heldOn),
  );

/** What was recorded as the first contact after leaving reviews nothing. */
const isReview = ({ outcome }: Review): boolean => outcome !== 'follow-up';

/** Each review that was held, and the one that is due next: people may agree an earlier day than the policy, not a later one. */
function reviews(
  from: Day,
  held: readonly Review[],
  plan: Plan | null,
  policy: Policy,
  leaving: readonly string[],
): Unstated[] {
  const clocks: Unstated[] = [];
  let startedOn = from;
  let agreed = plan?.reviewDue ?? null;
  let latest = addDays(from, policy.firstReviewWeeks * 7);
  let facts = [...leaving];
  for (const review of [...held, null]) {
    const dueOn = agreed !== null && agreed >= startedOn && agreed < latest ? agreed : latest;
    clocks.push({ kind: 'review', startedOn, dueOn, doneOn: review?.heldOn ?? null, facts });
    if (!review) break;
    startedOn = review.heldOn;
    agreed = review.nextDue;
    latest = addMonths(review.heldOn, Math.max(1, policy.reviewMonths));
    facts = [review.id];
  }
  return clocks;
}

/** Back in hospital without a new qualifying detention: the plan is reviewed before the person leaves again. */
function afterReadmissions(
  from: Day,
  until: Day | null,
  held: readonly Review[],
  { stays }: History,
  desk: Desk,
): Unstated[] {
  return stays.flatMap(({ admitted, left }) => {
    if (!admitted || dayOf(admitted) <= from || (until !== null && dayOf(admitted) >= until)) return [];
    const startedOn = dayOf(admitted);
    if (!desk.hasCome(startedOn)) return [];
    const leftOn = left && desk.hasCome(dayOf(left)) ? dayOf(left) : null;
    const done = held.find(({ heldOn }) => heldOn >= startedOn);
    return [
      {
        kind: 'review-after-readmission',
        startedOn,
        dueOn: leftOn,
        doneOn: done?.heldOn ?? null,
        facts: [admitted.id],
      },
    ];
  });
}

/** The other body's decision after the first, and the written notice after an ending. */
function endingSteps({ endings: { ended, alone } }: Owed, { stated }: History, policy: Policy): Unstated[] {
  if (alone) {
    const dueOn = addDays(alone.decidedOn, policy.otherDecisionDays);
    return [{ kind: 'other-decision', startedOn: alone.decidedOn, dueOn, doneOn: null, facts: [alone.id] }];
  }
  if (!ended) return [];
  const notice = stated.find((f) => f.kind === 'notice-given' && f.on >= ended.on);
  return [
    {
      kind: 'notice',
      startedOn: ended.on,
      dueOn: addDays(ended.on, policy.noticeDays),
      doneOn: notice ? dayOf(notice) : null,
      facts: [ended.council.id, ended.icb.id],
    },
  ];
}

function stateOf({ dueOn, doneOn }: Unstated, policy: Policy, desk: Desk): Clock['state'] {
  if (doneOn !== null) return 'done';
  if (dueOn === null || !desk.hasCome(addDays(dueOn, 1))) return 'running';
  if (desk.hasCome(addDays(dueOn, policy.escalateAfterDays + 1))) return 'escalated';
  return desk.hasCome(addDays(dueOn, policy.chaseAfterDays + 1)) ? 'chased' : 'overdue';
}
