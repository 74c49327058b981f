import { ctoInForce } from './community-treatment-order.js';
import type { Instant } from './day.js';
import { addDays, type Day, isStartOfDay, londonDay } from './day.js';
import type { Departure } from './departures.js';
import type { Asking, Desk } from './desk.js';
import type { Qualifying } from './detentions.js';
import type { Leaving } from './fact.js';
import { type History, statusKey } from './history.js';
import { byTime, dayOf } from './order.js';
import { conditionalDischarge } from './rules/conditional-discharge.js';
import { leavingHospital } from './rules/leaving-hospital.js';
import { orderEndedByDetention } from './rules/order-ended-by-detention.js';
import { recall } from './rules/recall-or-revocation.js';
import { redetention } from './rules/redetention.js';

/** One span of the council's duty: detentions before the person left hospital, and the leaving, if it has come. */
export type Span = {
  /** No span before it: an earlier determination of who is responsible is about this one. */
  first: boolean;
  detentions: Qualifying[];
  departure: Departure | null;
  /** Whatever leaving was told after it. */
  leftAgain: Departure[];
  /** Back in hospital by revocation or recall since leaving. */
  onHold: boolean;
  /** Each time that the person was back in hospital so; the last may go on. */
  returns: { from: Day; to: Day | null }[];
  /** When who left for prison was released: left again, not for prison. */
  releasedAt: Instant | null;
  supersededAt: Instant | null;
};

type Returned = { at: Instant; kind: 'returned'; factId: string; about: string; status: 'RECALL' | 'REVOKED' };

type Event =
  | { at: Instant; kind: 'detained'; detention: Qualifying }
  | Returned
  | { at: Instant; kind: 'left'; departure: Departure };

/**
 * All qualifying detentions before a person leaves are one: renewals, a hospital transfer, section 48 that becomes 37,
 * and two trusts reporting the same. Only a detention that begins after leaving is a re-detention.
 */
export function spansOf(detentions: Qualifying[], left: Departure[], history: History, desk: Desk): Span[] {
  const spans: Span[] = [];
  for (const event of inOrder(detentions, left, history, desk)) {
    const current = spans.at(-1);
    if (event.kind === 'detained') {
      if (current && (!current.departure || current.onHold || isRenewal(event.detention, current, history)))
        current.detentions.push(event.detention);
      else {
        if (current) sayOrderIsOver(event.detention, current, history, desk);
        spans.push(newSpan(event.detention, current, desk));
      }
    } else if (current && event.kind === 'left') {
      leave(current, event.departure, desk);
    } else if (
      current?.departure &&
      event.kind === 'returned' &&
      endsTheStayOutside(event, current.departure, history)
    ) {
      if (askAboutReturn(event, history, desk) === 'new-duty')
        spans.push(newSpan(anew(event, current, desk), current, desk));
      else putOnHold(current, londonDay(event.at));
    }
  }
  return spans;
}

/** The day of the detention with which the span began, if another span came before it. */
export const detainedAnew = ({ first, detentions }: Span): Day | null => (first ? null : (detentions[0]?.from ?? null));

/**
 * A period that begins while a community treatment order is in force, and nobody has admitted, recalled or revoked, is
 * the section under the order renewed: the person is not in hospital.
 */
function isRenewal({ startAt, from }: Qualifying, current: Span, history: History): boolean {
  if (!ctoInForce(history, from, detainedAnew(current))) return false;
  const inHospital = history.stays.some(
    ({ admitted, left }) =>
      admitted &&
      (byTime(admitted.effectiveAt, startAt) <= 0 || (isStartOfDay(startAt) && dayOf(admitted) === from)) &&
      (!left || byTime(left.effectiveAt, startAt) > 0),
  );
  const recalled = history.community.some(
    (f) => f.status === 'RECALL' && dayOf(f) <= from && (f.to === null || f.to >= from),
  );
  return !inHospital && !recalled;
}

function sayOrderIsOver({ from, factId }: Qualifying, current: Span, history: History, desk: Desk): void {
  if (!ctoInForce(history, addDays(from, -1), detainedAnew(current)) || ctoInForce(history, from, from)) return;
  desk.because(
    orderEndedByDetention,
    `The community treatment order of before is over since ${from}, by the detention that began then.`,
    [factId],
  );
}

function leave(span: Span, departure: Departure, desk: Desk): void {
  if (departure.doubt && !hasLeft(span, departure.doubt, desk)) return;
  if (span.departure?.custody && !departure.custody) span.releasedAt ??= departure.at;
  if (span.departure) span.leftAgain.push(departure);
  else span.departure = departure;
  const open = span.returns.at(-1);
  if (open && open.to === null) open.to = londonDay(departure.at);
  span.onHold = false;
}

/** Of somebody whose aftercare goes on already it need not be known whether they left once more. */
const hasLeft = ({ departure, onHold }: Span, doubt: Asking, desk: Desk): boolean =>
  (departure === null || onHold) && desk.ask(doubt) !== 'never-left';

function putOnHold(span: Span, from: Day): void {
  if (!span.onHold) span.returns.push({ from, to: null });
  span.onHold = true;
}

/** Revocation of a community treatment order, or recall of a conditional discharge; a recall on an order is 72 hours. */
function endsTheStayOutside({ status, at }: Returned, { rule }: Departure, { community }: History): boolean {
  if (status === 'REVOKED' || rule === conditionalDischarge) return true;
  const day = londonDay(at);
  return community.some((f) => f.status === 'CD' && dayOf(f) <= day && (f.to === null || f.to >= day));
}

function askAboutReturn({ at, factId, about, status }: Returned, { stated }: History, desk: Desk): string | null {
  const day = londonDay(at);
  const how = status === 'REVOKED' ? 'revocation of the community treatment order' : 'recall';
  desk.because(recall, `Returned to hospital on ${day} by ${how}; the plan waits.`, [factId]);
  return desk.ask({
    kind: 'which-council',
    text: `Returned to hospital on ${day}. One reading: a new duty follows on leaving again, with residence tested anew, as after any new detention ([2023] UKSC 31). The other: ${status === 'REVOKED' ? 'revocation of a community treatment order revives the section under it (MHA 1983 s17G)' : 'recall is under the same order (MHA 1983 s42(3))'} and detains nobody anew, so the first duty goes on. Practitioners argue both (Mental Health Law Online forum, topics 1871 and 2004). Until it is decided the first council stays.`,
    options: ['first-duty-goes-on', 'new-duty'],
    about: [about],
    facts: [factId],
    isSettled: stated.some((f) => f.kind === 'council-determined' && dayOf(f) >= day && desk.hasCome(dayOf(f))),
  });
}

/** People decided that the return began a new duty: it is a detention of its own, under the same section. */
function anew({ at, about, factId }: Returned, { detentions }: Span, desk: Desk): Qualifying {
  const last = detentions.at(-1);
  if (!last) throw new Error('a span has a detention');
  const decidedBy = desk.answersTo({ kind: 'which-council', about: [about] }).map(({ id }) => id);
  return {
    ...last,
    key: `${about}|new-duty`,
    alsoTold: [],
    factId,
    decidedBy,
    startAt: at,
    from: londonDay(at),
    to: null,
  };
}

function newSpan(detention: Qualifying, current: Span | undefined, desk: Desk): Span {
  if (current) {
    current.supersededAt = detention.startAt;
    desk.because(
      redetention,
      `Detained again under a qualifying section on ${detention.from}: a duty of the council that still ran ended by that, and a new one begins on leaving hospital.`,
      [detention.factId],
    );
  }
  const none = { departure: null, leftAgain: [], onHold: false, returns: [], releasedAt: null, supersededAt: null };
  return { first: current === undefined, detentions: [detention], ...none };
}

/** In the order of their moments; at one moment a detention comes first, then a return, then a leaving. */
function inOrder(detentions: Qualifying[], left: Departure[], history: History, desk: Desk): Event[] {
  const returned = history.community.flatMap((fact): Event[] =>
    isReturn(fact.status) && desk.hasCome(dayOf(fact))
      ? [{ at: fact.effectiveAt, kind: 'returned', factId: fact.id, about: statusKey(fact), status: fact.status }]
      : [],
  );
  return [
    ...detentions.map(
      (detention): Event => ({ at: beganAt(detention, detentions, history), kind: 'detained', detention }),
    ),
    ...returned,
    ...left.map((departure): Event => ({ at: departure.at, kind: 'left', departure })),
  ].sort((a, b) => momentOf(a) - momentOf(b));
}

/**
 * Who left and came back on one day was detained anew on coming back, where only the day of the section is told and the
 * person had been detained before: a section that is renewed on the day of leaving would be left at once.
 */
function beganAt({ startAt, from }: Qualifying, all: readonly Qualifying[], { stays }: History): Instant {
  if (!all.some((other) => other.from < from) || !isStartOfDay(startAt)) return startAt;
  const left = stays.flatMap(({ left }) => (left && dayOf(left) === from && LEFT.has(left.leaving) ? [left] : []));
  const back = stays.flatMap(({ admitted }) =>
    admitted && dayOf(admitted) === from && left.some((l) => byTime(l.effectiveAt, admitted.effectiveAt) <= 0)
      ? [admitted.effectiveAt]
      : [],
  );
  return back.sort(byTime).at(-1) ?? startAt;
}

const LEFT: ReadonlySet<Leaving> = new Set<Leaving>(['left', 'custody']);

/** A leaving of which only the day is told came after what is told of that day with its time. */
function momentOf(event: Event): number {
  const at = Date.parse(event.at);
  const byDay = event.kind === 'left' && event.departure.rule === leavingHospital && isStartOfDay(event.at);
  return byDay ? at + LAST_OF_DAY_MS : at;
}

/** The shortest day, when the clocks go forward, has 23 hours. */
const LAST_OF_DAY_MS = 23 * 3_600_000 - 1;

const isReturn = (status: string): status is 'RECALL' | 'REVOKED' => status === 'RECALL' || status === 'REVOKED';
