import { addDays, type Instant } from './day.js';
import type { Fact, MessageFact } from './fact.js';
import { byTime, compare, dayOf, inTime, latestFirst, saidBefore } from './order.js';

type Of<K extends Fact['kind']> = Extract<Fact, { kind: K }>;

/** One hospital stay: what the latest statements about one (sender, visit id) say of it. */
export type Stay = {
  key: string;
  admitted: Of<'admitted'> | null;
  left: Of<'left-hospital'> | null;
  /** The last that took a leaving back, also where the person left again or died there. */
  leavingCancelled: Of<'left-hospital-cancelled'> | null;
  /** Leavings that were cancelled so late that the person may have left and come back. */
  lateCancelled: LateCancelled[];
  leaves: { started: Of<'leave-started'>; ended: Of<'leave-ended'> | null }[];
};

export type LateCancelled = { left: Of<'left-hospital'>; cancelled: Of<'left-hospital-cancelled'> };

type StayFact = Extract<
  MessageFact,
  {
    kind:
      | 'admitted'
      | 'admission-cancelled'
      | 'left-hospital'
      | 'left-hospital-cancelled'
      | 'leave-started'
      | 'leave-ended';
  }
>;

const STAY_KINDS = new Set<string>([
  'admitted',
  'admission-cancelled',
  'left-hospital',
  'left-hospital-cancelled',
  'leave-started',
  'leave-ended',
]);

/** The stays that messages tell of, in the order in which they began. `said`: each fact as often as it was said. */
export function staysOf(told: MessageFact[], said: readonly Fact[]): Stay[] {
  const facts = told.filter((fact): fact is StayFact => STAY_KINDS.has(fact.kind));
  const byStay = new Map<string, StayFact[]>();
  for (const fact of facts) {
    const key = stayKey(fact, facts);
    byStay.set(key, [...(byStay.get(key) ?? []), fact]);
  }
  const everyLeaving = facts.some(({ kind }) => kind === 'left-hospital-cancelled') ? said.filter(isLeftOrNot) : [];
  return [...byStay]
    .map(([key, of]) => stayFrom(key, of, everyLeaving))
    .sort((a, b) => compare(startOf(a), startOf(b)) || compare(a.key, b.key));
}

/**
 * A sender that gives no visit id gives no way to say which stay it means. A start is then a stay of its own time; an
 * end is the end of the sender's last such stay that has none yet; a cancellation or a return that finds no such event
 * under its own visit id means the sender's last one before it that could be meant.
 */
function stayKey(fact: StayFact, facts: readonly StayFact[]): string {
  if (fact.kind === 'left-hospital') return leavingKey(fact, facts);
  const meant = CORRECTS[fact.kind];
  const before = facts.filter((f) => f.kind === meant && f.source.sender === fact.source.sender && saidBefore(f, fact));
  const hasOwn = fact.visit !== null && before.some((f) => f.visit === fact.visit);
  if (hasOwn || before.length === 0) return ownKey(fact);
  const unnamed = before.filter((f) => f.visit === null || fact.visit === null);
  const last = unnamed.sort(inTime).at(-1);
  return last ? keyOfMeant(last, facts) : ownKey(fact);
}

const keyOfMeant = (fact: StayFact, facts: readonly StayFact[]): string =>
  fact.kind === 'left-hospital' ? leavingKey(fact, facts) : ownKey(fact);

function leavingKey(fact: Of<'left-hospital'>, facts: readonly StayFact[]): string {
  if (fact.visit !== null) return ownKey(fact);
  const unnamed = facts.filter((f) => f.visit === null && f.source.sender === fact.source.sender).sort(inTime);
  const upTo = unnamed.filter((f) => byTime(f.effectiveAt, fact.effectiveAt) <= 0 && f !== fact);
  const last = upTo.filter((f) => f.kind === 'admitted' || f.kind === 'left-hospital').at(-1);
  return last?.kind === 'admitted' ? ownKey(last) : ownKey(fact);
}

const ownKey = ({ source, visit, effectiveAt }: StayFact): string =>
  visit === null ? `${source.sender}||${effectiveAt}` : `${source.sender}|${visit}`;

const CORRECTS: Partial<Record<StayFact['kind'], StayFact['kind']>> = {
  'admission-cancelled': 'admitted',
  'left-hospital-cancelled': 'left-hospital',
  'leave-ended': 'leave-started',
};

function stayFrom(key: string, facts: StayFact[], everyLeaving: readonly LeftOrNot[]): Stay {
  const ofKind = <K extends StayFact['kind']>(...kinds: K[]) =>
    facts.filter((f): f is Extract<StayFact, { kind: K }> => (kinds as string[]).includes(f.kind));
  const admission = ofKind('admitted', 'admission-cancelled').sort(latestFirst)[0];
  const leavings = ofKind('left-hospital', 'left-hospital-cancelled').sort(latestFirst);
  const [leaving] = leavings;
  return {
    key,
    admitted: admission?.kind === 'admitted' ? admission : null,
    left: leaving?.kind === 'left-hospital' ? leaving : null,
    leavingCancelled: cancellationIn(leavings),
    lateCancelled: everyLeaving.length > 0 ? lateCancelledOf(facts, everyLeaving) : [],
    leaves: leavesOf(ofKind('leave-started', 'leave-ended')),
  };
}

type Left = Of<'left-hospital'>;
type LeftOrNot = Left | Of<'left-hospital-cancelled'>;

const isLeftOrNot = (fact: Fact): fact is LeftOrNot =>
  fact.kind === 'left-hospital' || fact.kind === 'left-hospital-cancelled';

/**
 * Cancelled on the day of leaving or the next, a discharge was put right. Later the person may have been away meanwhile:
 * no message says. Discharged anew with an earlier time, only the time was wrong. A cancellation that is said again and
 * again counts from when it was said first.
 */
function lateCancelledOf(facts: readonly StayFact[], everyLeaving: readonly LeftOrNot[]): LateCancelled[] {
  const ids = new Set(facts.map(({ id }) => id));
  const all = everyLeaving.filter(({ id }) => ids.has(id));
  const cancelled: LateCancelled[] = [];
  let left: Left | null = null;
  for (const fact of all.sort((a, b) => latestFirst(b, a))) {
    if (fact.kind === 'left-hospital') left = fact;
    else if (left) cancelled.push({ left, cancelled: fact });
    if (fact.kind === 'left-hospital-cancelled') left = null;
  }
  return cancelled.filter(
    (each) => isLate(each) && (!left || byTime(left.effectiveAt, each.cancelled.effectiveAt) > 0),
  );
}

const isLate = ({ left, cancelled }: LateCancelled): boolean => dayOf(cancelled) > addDays(dayOf(left), 1);

/** FHIR says of every stay that goes on that nobody has left: nothing is taken back that was never said. */
function cancellationIn(latest: readonly (Stay['left'] | Stay['leavingCancelled'])[]): Stay['leavingCancelled'] {
  const at = latest.findIndex((f) => f?.kind === 'left-hospital-cancelled');
  const cancelled = latest[at];
  const wasSaid = latest.slice(at + 1).some((f) => f?.kind === 'left-hospital');
  return cancelled?.kind === 'left-hospital-cancelled' && wasSaid ? cancelled : null;
}

function leavesOf(facts: (Of<'leave-started'> | Of<'leave-ended'>)[]): Stay['leaves'] {
  const leaves: Stay['leaves'] = [];
  for (const fact of [...facts].sort(inTime)) {
    const open = leaves.at(-1);
    const isOpen = open !== undefined && open.ended === null;
    if (fact.kind === 'leave-started' && !isOpen) leaves.push({ started: fact, ended: null });
    if (fact.kind === 'leave-ended' && isOpen) open.ended = fact;
  }
  return leaves;
}

const startOf = (stay: Stay): Instant => stay.admitted?.effectiveAt ?? stay.left?.effectiveAt ?? '';
