import type { Directory } from '../organisations/directory.js';
import { askAboutCharges } from './charges.js';
import { clocksOf } from './clocks.js';
import { concurrentOf } from './concurrent.js';
import { councilOf } from './council.js';
import { adultOn, type Day, londonDay } from './day.js';
import { diedOn } from './death.js';
import { departures } from './departures.js';
import { type Desk, openDesk } from './desk.js';
import { anchorsOf, type Qualifying, qualifyingDetentions } from './detentions.js';
import { type Duty, dutiesOf, type On, type Standing } from './duties.js';
import type { Clock, Entry, EntryStatus, Episode, Responsibility } from './entry.js';
import { UNKNOWN_BODY } from './entry.js';
import { type History, historyOf } from './history.js';
import { askAboutHistory } from './history-check.js';
import { icbOf, type Stretch } from './icb.js';
import type { Person } from './identity.js';
import { askAboutIdentity } from './identity-check.js';
import { askWhetherMoved } from './moved.js';
import { byTime, dayOf } from './order.js';
import { planOf } from './plan.js';
import type { LocalRules } from './policy.js';
import { askAboutRegisters } from './registers.js';
import { askAboutReplies } from './replies.js';
import { dischargeCancelled } from './rules/discharge-cancelled.js';
import { toldLate } from './rules/told-late.js';
import { RULES_VERSION } from './rules.js';
import { type Span, spansOf } from './spans.js';
import { askWhenReleased, askWhere } from './whereabouts.js';
import { detentionsOfAnother, type OfAnother, withoutAnothers } from './wrong-person.js';

/**
 * Feeds repeat and reorder, so the whole history is read again each time, in the order of what happened and not of
 * what arrived. Same facts, directory, local rules and day: same entry, always.
 */
export function fold(person: Person, directory: Directory, given: LocalRules, asOf: Day): Entry {
  const local = { ...given, senders: [...given.senders, ...sendersOf(person)] };
  const history = historyOf(person.facts);
  const desk = openDesk(
    asOf,
    history.stated.filter((f) => f.kind === 'answer'),
  );
  const detentions = qualifyingDetentions(history, desk);
  const died = diedOn(history, detentions.standing, desk);
  const left = departures(history, desk).filter(({ at }) => died === null || londonDay(at) <= died);
  const spans = spansOf(detentions.standing, left, history, desk);
  const duties = dutiesOf(spans, { history, died, directory, local, desk });
  if (spans.length === 0 && detentions.inError.length === 0) askAboutHistory(history, desk);

  const another = detentionsOfAnother(person, detentions, desk);
  const { icb, episodes } =
    spans.length > 0
      ? withBodies(duties, { history, directory, local, desk })
      : inError(detentions.inError, another, { history, directory, local, desk });
  const latest = episodes.at(-1);
  askWhatNobodyTold(duties, episodes, { history, died, directory, local, desk });
  const replies = askAboutReplies({ episodes, spans: duties.map(({ span }) => span) }, history, directory, desk);
  // From then on a council with a system for children is told in the one for adults.
  if (history.birthDate !== null && latest) desk.hasCome(adultOn(history.birthDate));
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
    clocks: duties.flatMap((duty, at) => clocksFor(duty, episodes[at], { history, local, desk })),
    nextChangeOn: desk.nextDay(),
    ...(another === null ? {} : { notTheirs: anchorsOf(another.detentions) }),
    ...(replies.length === 0 ? {} : { replies }),
    foldedWith: {
      rules: RULES_VERSION,
      directory: [directory.version, directory.imported ?? []].flat().join(' '),
      policies: local.policies.version,
    },
  };
}

/** Whoever sent messages of the person is a sender, also once the site file has it no more. */
function sendersOf({ facts }: Person): LocalRules['senders'] {
  const senders = new Set<string>();
  for (const { source } of facts) if (source.by === 'message') senders.add(source.sender);
  return [...senders].map((ods) => ({ ods, name: ods }));
}

/** What no message tells, and people have not said either. */
function askWhatNobodyTold(duties: readonly Duty[], episodes: readonly Episode[], on: Standing): void {
  const { history, died, directory, local, desk } = on;
  const [span, latest] = [duties.at(-1)?.span, episodes.at(-1)];
  const policy = local.policies(latest?.council.code ?? null, latest?.icb.code ?? null);
  if (died === null) askWhere(history, span, policy, desk);
  if (latest?.status === 'active') askWhetherMoved(history, span, desk);
  if (span && latest?.status === 'active' && latest.inCustody) askWhenReleased(span, policy, desk);
  for (const [at, duty] of duties.entries()) {
    const toldLateOn = episodes[at]?.toldLateOn ?? null;
    if (duty.from !== null) askAboutCharges({ ...duty, from: duty.from, toldLateOn }, history, desk);
  }
  const spans = duties.map(({ span }) => span);
  const returned = spans.map(({ returns }) => returns.length > 0);
  const ours = { episodes, spans, returned, diedOn: died, birthDate: history.birthDate };
  askAboutRegisters({ ...ours, tellsProspective: policy.tellProspective }, history, directory, desk);
}

type WithBodies = { icb: Responsibility; episodes: Episode[] };
/** Each episode knows who was responsible until it began, and the NHS side of its stretch. */
function withBodies(duties: Duty[], on: On): WithBodies {
  let icb = UNKNOWN_BODY;
  const episodes: Episode[] = [];
  for (const { stretch, of } of stretchesOf(duties)) {
    const nhs = icbOf(stretch, on.history, on.directory, on.desk);
    icb = nhs.icb;
    for (const duty of of) {
      const before = episodes.at(-1);
      const previous = before && before.status !== 'ended' ? before.council : null;
      episodes.push(episodeOf(duty, previous, nhs, on));
    }
  }
  return { icb, episodes };
}

/** The NHS side follows from what was said since aftercare last ended by decision; before that is another matter. */
function stretchesOf(duties: readonly Duty[]): { stretch: Stretch; of: Duty[] }[] {
  const groups: Duty[][] = [];
  for (const [at, duty] of duties.entries()) {
    if (at === 0 || duties[at - 1]?.status === 'ended') groups.push([]);
    groups.at(-1)?.push(duty);
  }
  return groups.map((of, at) => ({
    stretch: { spans: of.map(({ span }) => span), until: groups[at + 1]?.[0]?.span.detentions[0]?.from ?? null },
    of,
  }));
}

/**
 * Detentions that never were, or were another's, and nothing else: an episode that says so, to whoever was told. Nothing is
 * asked of it.
 */
function inError(never: Qualifying[], another: OfAnother | null, on: On): WithBodies {
  const detentions = [...never, ...(another?.detentions ?? [])];
  if (detentions.length === 0) return { icb: UNKNOWN_BODY, episodes: [] };
  const none = { departure: null, leftAgain: [], onHold: false, returns: [], releasedAt: null, supersededAt: null };
  const span: Span = { first: true, detentions, ...none };
  const endings = { ended: null, alone: null };
  const ending = { endings, from: null, to: null, endedBy: 'recorded-in-error' as const, inCustody: false };
  const duty = { span, status: 'entered-in-error' as const, ...ending };
  const aside = openDesk(on.desk.asOf, []);
  const { icb, episodes } = withBodies([duty], { ...on, history: another?.history ?? on.history, desk: aside });
  const ownPlan = planOf(span, duty.to, on.history, aside);
  on.desk.changesOn(aside.nextDay());
  return { icb, episodes: withoutAnothers(episodes, another, ownPlan) };
}

/** Back in hospital by recall or revocation is `prospective` for the person, though the duty is not known to have ended. */
function statusOf(latest: Episode | undefined): EntryStatus {
  if (!latest) return 'not-known';
  if (latest.status === 'superseded' || (latest.status === 'active' && latest.onHold)) return 'prospective';
  return latest.status;
}

type Nhs = ReturnType<typeof icbOf>;

function episodeOf(duty: Duty, previous: Responsibility | null, nhs: Nhs, on: On): Episode {
  const { history, directory, desk, local } = on;
  const { span, inCustody } = duty;
  const before = { previous, commenced: local.commenced };
  const { council, former } = councilOf(span, history, before, directory, desk);
  return {
    anchors: anchorsOf(span.detentions),
    status: duty.status,
    from: duty.from,
    to: duty.to,
    endedBy: duty.endedBy,
    qualifying: span.detentions.map(({ key, basis, from, to }) => ({ key, basis, from, to })),
    council,
    icb: nhs.icb,
    formerCouncils: former,
    formerIcbs: nhs.former,
    dischargeCancelled: duty.from === null && wasCancelled(span, history, desk),
    toldLateOn: toldLateOn(span, duty.from, desk),
    onHold: span.onHold,
    inCustody,
    plan: planOf(span, duty.to, history, desk),
  };
}

/** Told after the day of leaving: until then nobody could know that aftercare was owed. */
function toldLateOn({ detentions }: Span, from: Day | null, desk: Desk): Day | null {
  const told = detentions.map(({ firstToldAt }) => firstToldAt && londonDay(firstToldAt));
  if (from === null || !told.every((on) => on !== null && on > from)) return null;
  const on = told.flatMap((day) => day ?? []).sort()[0] ?? null;
  const facts = detentions.map(({ factId }) => factId);
  desk.because(
    toldLate,
    `The detention was first told on ${on}, after the person had left: aftercare has been owed, and free, since ${from} all the same.`,
    facts,
  );
  return on;
}

/** A discharge that was reported for this span and taken back: a council may have been told of it. */
function wasCancelled(span: Span, { stays }: History, desk: Desk): boolean {
  const begun = span.detentions[0]?.startAt ?? '';
  const cancelled = stays.flatMap(({ leavingCancelled }) =>
    leavingCancelled && byTime(leavingCancelled.effectiveAt, begun) >= 0 ? [leavingCancelled] : [],
  );
  const [first] = cancelled;
  if (first)
    desk.because(
      dischargeCancelled,
      `A discharge was cancelled on ${dayOf(first)}: the person had not left hospital.`,
      [first.id],
    );
  return first !== undefined;
}

/** By the policy of whoever is responsible for that span. */
function clocksFor(
  { span, status, endings, inCustody }: Duty,
  episode: Episode | undefined,
  { history, local, desk }: Omit<On, 'directory'>,
): Clock[] {
  const policy = local.policies(episode?.council.code ?? null, episode?.icb.code ?? null);
  const over = status !== 'active' && status !== 'prospective';
  return clocksOf({ span, plan: episode?.plan ?? null, endings, inCustody, over }, history, policy, desk);
}

const inOrder = (desk: Desk) => [...desk.questions].sort((a, b) => (a.kind + a.id < b.kind + b.id ? -1 : 1));
