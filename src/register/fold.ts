import type { Directory } from '../organisations/directory.js';
import { type Day, londonDay } from './day.js';
import { type Desk, openDesk } from './desk.js';
import type { Entry, EntryStatus, Episode, EpisodeStatus, Plan, Responsibility } from './entry.js';
import { UNKNOWN_BODY } from './entry.js';
import { byTime, dayOf, type History, historyOf } from './history.js';
import type { Person } from './identity.js';
import type { Policies } from './policy.js';
import { askAboutLeave, askWhetherGone, concurrentOf } from './rules/concurrent.js';
import { diedOn } from './rules/death.js';
import { askAboutHistory } from './rules/history-unchecked.js';
import { endedOn } from './rules/joint-ending.js';
import { departures, dischargeCancelled } from './rules/leaving-hospital.js';
import { askAboutIdentity } from './rules/nhs-number.js';
import { type Qualifying, qualifyingDetentions } from './rules/qualifying-detention.js';
import { type Span, spansOf } from './rules/redetention.js';
import { councilOf } from './rules/responsible-council.js';
import { icbOf } from './rules/responsible-icb.js';
import { RULES_VERSION } from './rules.js';

/**
 * Feeds repeat and reorder, so the whole history is read again each time, in the order of what happened and not of
 * what arrived. Same facts, directory, policies and day: same entry, always.
 */
export function fold(person: Person, directory: Directory, policies: Policies, asOf: Day): Entry {
  const history = historyOf(person.facts);
  const desk = openDesk(
    asOf,
    history.stated.filter((f) => f.kind === 'answer'),
  );
  const detentions = qualifyingDetentions(history, desk);
  const died = diedOn(history, desk);
  const left = departures(history, desk).filter(({ at }) => died === null || londonDay(at) <= died);
  const spans = spansOf(detentions.standing, left, history, desk);
  const duties = spans.map((span) => dutyOf(span, history, died, desk));
  if (spans.length === 0 && detentions.inError.length === 0) askAboutHistory(history, desk, person.facts[0]?.id);

  const { icb, episodes } =
    spans.length > 0
      ? withBodies(duties, history, directory, desk)
      : inError(detentions.inError, history, directory, asOf);
  const latest = episodes.at(-1);
  askAboutLeave(history, spans.at(-1), policies(latest?.council.code ?? null, icb.code), desk);
  if (died === null) askWhetherGone(history, spans.at(-1), desk);
  const verified = askAboutIdentity(person, history, desk);

  return {
    asOf,
    nhsNumber: person.nhsNumber,
    nhsNumberVerified: verified,
    formerNhsNumbers: person.formerNhsNumbers,
    localIds: person.localIds,
    name: history.name,
    birthDate: history.birthDate,
    status: statusOf(latest),
    diedOn: died,
    episodes,
    concurrent: died === null ? concurrentOf(history, spans.at(-1), desk) : [],
    council: latest?.council ?? UNKNOWN_BODY,
    icb,
    because: desk.reasons,
    questions: inOrder(desk),
    nextChangeOn: desk.nextDay(),
    foldedWith: { rules: RULES_VERSION, directory: directory.version },
  };
}

type WithBodies = { icb: Responsibility; episodes: Episode[] };

function withBodies(duties: Duty[], history: History, directory: Directory, desk: Desk): WithBodies {
  const { icb, former } = icbOf(sinceLastEnding(duties), history, directory, desk);
  return { icb, episodes: duties.map((duty) => episodeOf(duty, history, former, directory, desk)) };
}

/** Detentions that never were, and nothing else: an episode that says so, to whoever was told. Nothing is asked of it. */
function inError(detentions: Qualifying[], history: History, directory: Directory, asOf: Day): WithBodies {
  if (detentions.length === 0) return { icb: UNKNOWN_BODY, episodes: [] };
  const span: Span = { first: true, detentions, departure: null, onHold: false, supersededAt: null };
  const duty: Duty = { span, status: 'entered-in-error', from: null, to: null, endedBy: 'recorded-in-error' };
  return withBodies([duty], history, directory, openDesk(asOf, []));
}

/** Back in hospital by recall or revocation is `prospective` for the person, though the duty is not known to have ended. */
function statusOf(latest: Episode | undefined): EntryStatus {
  if (!latest) return 'not-known';
  if (latest.status === 'superseded' || (latest.status === 'active' && latest.onHold)) return 'prospective';
  return latest.status;
}

/** One span of duty and how it stands on the desk's day. */
type Duty = { span: Span; status: EpisodeStatus; from: Day | null; to: Day | null; endedBy: Episode['endedBy'] };

function dutyOf(span: Span, history: History, died: Day | null, desk: Desk): Duty {
  const from = span.departure && londonDay(span.departure.at);
  const until = span.supersededAt && londonDay(span.supersededAt);
  if (span.departure) {
    desk.because(span.departure.rule, `Left hospital on ${from}.`, span.departure.facts);
  }
  const ended = from === null || span.onHold ? null : endedOn(from, until, history, desk);
  if (ended !== null) return { span, status: 'ended', from, to: ended, endedBy: 'joint-decision' };
  if (until !== null) return { span, status: 'superseded', from, to: until, endedBy: 'redetained' };
  if (died !== null) return { span, status: 'died', from, to: died, endedBy: 'died' };
  return { span, status: from === null ? 'prospective' : 'active', from, to: null, endedBy: null };
}

/** The NHS side follows from what was said since aftercare last ended by decision; before that is another matter. */
function sinceLastEnding(duties: Duty[]): Span[] {
  const last = duties.slice(0, -1).findLastIndex((duty) => duty.status === 'ended');
  return duties.slice(last + 1).map((duty) => duty.span);
}

function episodeOf(duty: Duty, history: History, formerIcbs: string[], directory: Directory, desk: Desk): Episode {
  const { span } = duty;
  const { council, former } = councilOf(span, history, directory, desk);
  return {
    anchors: span.detentions.flatMap(({ key, alsoTold }) => [key, ...alsoTold]).sort(),
    status: duty.status,
    from: duty.from,
    to: duty.to,
    endedBy: duty.endedBy,
    qualifying: span.detentions.map(({ key, basis, from, to }) => ({ key, basis, from, to })),
    council,
    formerCouncils: former,
    formerIcbs,
    dischargeCancelled: duty.from === null && wasCancelled(span, history, desk),
    onHold: span.onHold,
    plan: planOf(duty, history, desk),
  };
}

/** A discharge that was reported for this span and taken back: a council may have been told of it. */
function wasCancelled(span: Span, { stays }: History, desk: Desk): boolean {
  const begun = span.detentions[0]?.startAt ?? '';
  const cancelled = stays.flatMap(({ leavingCancelled }) =>
    leavingCancelled && byTime(leavingCancelled.effectiveAt, begun) >= 0 ? [leavingCancelled] : [],
  );
  const [first] = cancelled;
  if (first) desk.because(dischargeCancelled, `A discharge was cancelled on ${dayOf(first)}.`, [first.id]);
  return first !== undefined;
}

/** The plan last agreed for this duty. */
function planOf(duty: Duty, history: History, desk: Desk): Plan | null {
  const begun = duty.span.detentions[0]?.from ?? '';
  const plans = history.stated.filter(
    (f) => f.kind === 'plan' && (duty.span.first || f.agreedOn >= begun) && desk.hasCome(f.agreedOn),
  );
  const latest = plans.filter((f) => duty.to === null || dayOf(f) <= duty.to).at(-1);
  if (latest?.kind !== 'plan') return null;
  return { agreedOn: latest.agreedOn, lead: latest.lead, needs: latest.needs, reviewDue: latest.reviewDue };
}

const inOrder = (desk: Desk) => [...desk.questions].sort((a, b) => (a.kind + a.id < b.kind + b.id ? -1 : 1));
