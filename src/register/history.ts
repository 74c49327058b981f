import { type Day, endOf, type Instant } from './day.js';
import type { Fact, MessageFact, StatedFact } from './fact.js';
import { onceInAStay } from './legal-status.js';
import { byTime, compare, dayOf, inTime, latestFirst, saidBefore } from './order.js';
import { type Registration, registrationsIn } from './registration.js';
import { type Stay, staysOf } from './stays.js';

type Of<K extends Fact['kind']> = Extract<Fact, { kind: K }>;

/** One Mental Health Act period, as its latest statement has it. `key` is (sender, period id) or the stated fact's id. */
export type Detention = {
  key: string;
  /** Keys of statements that are of the same detention. */
  alsoTold: string[];
  factId: string;
  /** When a message first told it; null where people stated it: what they state has no such time of its own. */
  firstToldAt: Instant | null;
  /** As people stated it; null where a message told it. */
  certainty: string | null;
  status: Of<'detention'>['status'];
  startAt: Instant;
  from: Day;
  to: Day | null;
  withdrawn: boolean;
};

/** Everything known of one person, each thing once, corrections applied, in the order of what happened. */
export type History = {
  detentions: Detention[];
  community: Of<'community-status'>[];
  stays: Stay[];
  /** Latest first, so that the first is what is said now and the rest what was said before. */
  residences: Of<'ordinary-residence'>[];
  commissioners: Of<'commissioner'>[];
  /** Where the person is said to live; latest first. */
  addresses: Of<'residence'>[];
  /** The GP practices that were told; latest first. */
  practices: Of<'gp-practice'>[];
  /** Each time that one was told; the earliest first. */
  registrations: Registration[];
  name: { family: string | null; given: string[] } | null;
  birthDate: Day | null;
  /** Latest first. */
  numberStatuses: Of<'nhs-number-status'>[];
  /** Notices of death in a sender's personal details; not yet formal. */
  deaths: Of<'died'>[];
  /** The last day on which two records became one. */
  mergedOn: Day | null;
  /** Plans as people stated them and as messages last told each of them; without what its sender took back. */
  plans: (Of<'plan'> | Of<'care-plan'>)[];
  /** What the systems of bodies answered to what they were told. */
  replied: Of<'replied'>[];
  stated: StatedFact[];
};

/**
 * A later message corrects an earlier one about the same thing: per (sender, period id) or (sender, visit id) the
 * statement with the latest message time counts. Arrival order and repetition play no part.
 */
export function historyOf(facts: readonly Fact[]): History {
  const counting = withoutWithdrawn(facts);
  const all = unique(counting);
  const first = firstTold(counting);
  const told = all.filter(isTold);
  const stated = all.filter((fact): fact is StatedFact => fact.source.by === 'person');
  const ofKind = <K extends Fact['kind']>(kind: K) => all.filter((fact): fact is Of<K> => fact.kind === kind);

  return {
    detentions: [
      ...onceInAStay(periodsOf(ofKind('detention'), ofKind('detention-withdrawn'), first)),
      ...ofKind('detention-stated').map((f) => detentionFrom(f.id, f, { withdrawn: false, first })),
    ].sort((a, b) => byTime(a.startAt, b.startAt) || compare(a.key, b.key)),
    community: communityOf(ofKind('community-status')),
    stays: staysOf(told, counting),
    residences: ofKind('ordinary-residence').sort(latestFirst),
    commissioners: ofKind('commissioner').sort(latestFirst),
    addresses: ofKind('residence').sort(latestFirst),
    practices: ofKind('gp-practice').sort(latestFirst),
    registrations: registrationsIn(counting),
    ...namedAs(ofKind('demographics').sort(latestFirst)),
    numberStatuses: ofKind('nhs-number-status').sort(latestFirst),
    deaths: latestPer(ofKind('died'), (f) => f.source.sender)
      .map(([, f]) => f)
      .filter((f) => !f.withdrawn)
      .sort(inTime),
    mergedOn: ofKind('identity-merged').map(dayOf).sort().at(-1) ?? null,
    plans: [...ofKind('plan'), ...toldPlans(ofKind('care-plan'), ofKind('care-plan-withdrawn'))],
    replied: ofKind('replied'),
    stated,
  };
}

/** One spell of leave, or one order, whatever is said later of its end or of the time of day. */
export const statusKey = (f: Of<'community-status'>): string =>
  `${f.source.sender}|${f.period}|${f.status}|${dayOf(f)}`;

/**
 * Of two statements of one status in one period that overlap, the later corrects the earlier; spells that follow each
 * other stand side by side. A message that does not mention a status ends nothing.
 */
function communityOf(said: Of<'community-status'>[]): Of<'community-status'>[] {
  let held: Of<'community-status'>[] = [];
  for (const told of [...said].sort((a, b) => latestFirst(b, a))) {
    const fact = { ...told, to: endOf(told.to) };
    held = held.filter((before) => !isSameStatus(before, fact) || !overlap(before, fact));
    if (!fact.withdrawn) held.push(fact);
  }
  return held.sort(inTime);
}

const isSameStatus = (a: Of<'community-status'>, b: Of<'community-status'>): boolean =>
  a.source.sender === b.source.sender && a.period === b.period && a.status === b.status;

/** Without a start, a withdrawal means every spell. */
function overlap(a: Of<'community-status'>, b: Of<'community-status'>): boolean {
  const begins = (f: Of<'community-status'>) => f.from ?? '';
  return (a.to === null || a.to >= begins(b)) && (b.to === null || b.to >= begins(a));
}

/** The latest name and the latest birth date that were said: a message with a bare PID takes neither away. */
function namedAs(latest: Of<'demographics'>[]): Pick<History, 'name' | 'birthDate'> {
  const named = latest.find(({ family, given }) => family !== null || given.length > 0);
  return {
    name: named ? { family: named.family, given: named.given } : null,
    birthDate: latest.find(({ birthDate }) => birthDate !== null)?.birthDate ?? null,
  };
}

/** Of one plan of one sender what was said last; nothing where that was that it does not hold. */
function toldPlans(said: Of<'care-plan'>[], withdrawals: Of<'care-plan-withdrawn'>[]): Of<'care-plan'>[] {
  return latestPer([...said, ...withdrawals], (f) => `${f.source.sender}|${f.plan}`).flatMap(([, f]) =>
    f.kind === 'care-plan' ? [f] : [],
  );
}

/** A withdrawal takes no content away: what was withdrawn must still be known to be asked about. */
function periodsOf(said: Of<'detention'>[], withdrawals: Of<'detention-withdrawn'>[], first: FirstTold): Detention[] {
  const keyOf = (f: Of<'detention'> | Of<'detention-withdrawn'>) => `${f.source.sender}|${f.period}`;
  const withdrawn = new Map(latestPer(withdrawals, keyOf));
  return latestPer(said, keyOf).map(([key, f]) => {
    const withdrawal = withdrawn.get(key);
    return detentionFrom(key, f, { withdrawn: withdrawal !== undefined && saidBefore(f, withdrawal), first });
  });
}

const detentionFrom = (
  key: string,
  f: Of<'detention'> | Of<'detention-stated'>,
  { withdrawn, first }: { withdrawn: boolean; first: FirstTold },
): Detention => ({
  key,
  alsoTold: [],
  factId: f.id,
  firstToldAt: first.get(key) ?? null,
  certainty: f.kind === 'detention-stated' ? f.certainty : null,
  status: f.status,
  startAt: f.effectiveAt,
  from: f.from,
  to: endOf(f.to),
  withdrawn,
});

type FirstTold = ReadonlyMap<string, Instant>;

/** When each period was first told as one that may qualify, of all statements that were ever made of it. */
function firstTold(facts: readonly Fact[]): FirstTold {
  const first = new Map<string, Instant>();
  for (const fact of facts) {
    if (fact.kind !== 'detention' || fact.status.bearing === 'no' || fact.status.bearing === 'nothing') continue;
    const key = `${fact.source.sender}|${fact.period}`;
    const held = first.get(key);
    if (held === undefined || byTime(fact.source.sentAt, held) < 0) first.set(key, fact.source.sentAt);
  }
  return first;
}

/** Each fact once: what messages say as it was last said, what people state by its content. */
function unique(facts: readonly Fact[]): Fact[] {
  const alone = statedAlone(facts);
  const held = new Map<string, Fact>();
  for (const fact of facts) {
    const key = isTold(fact) || alone.has(fact) ? fact.id : contentOf(fact);
    const before = held.get(key);
    if (!before || isBetter(fact, before)) held.set(key, fact);
  }
  return [...held.values()].sort(inTime);
}

/** What people stated of a kind and a moment of which nothing else is stated: its content need not be compared. */
function statedAlone(facts: readonly Fact[]): Set<Fact> {
  const first = new Map<string, Fact>();
  const alone = new Set<Fact>();
  for (const fact of facts) {
    if (isTold(fact)) continue;
    const place = `${fact.kind} ${fact.effectiveAt}`;
    const before = first.get(place);
    if (before) alone.delete(before);
    else {
      first.set(place, fact);
      alone.add(fact);
    }
  }
  return alone;
}

export const isTold = (fact: Fact): fact is MessageFact => fact.source.by === 'message';
/** What is stated and by whom; not when it was recorded. */
const contentOf = (fact: StatedFact): string =>
  JSON.stringify({ ...fact, id: '', source: { by: fact.source.by, statedBy: fact.source.statedBy } });

function isBetter(fact: Fact, than: Fact): boolean {
  return isTold(fact) && isTold(than) ? latestFirst(fact, than) < 0 : fact.id < than.id;
}

type Withdrawal = Of<'withdrawn'>;

/** A UUID is the same in capital letters. */
const idOf = ({ id }: Fact): string => id.toLowerCase();

/** The withdrawals that count: those that were not themselves withdrawn. */
export function standingWithdrawals(facts: readonly Fact[]): Withdrawal[] {
  const withdrawals = facts.filter((f) => f.kind === 'withdrawn');
  const stands = (id: string, seen: readonly string[]): boolean =>
    !withdrawals.some((w) => {
      const by = idOf(w);
      return w.fact.toLowerCase() === id && !seen.includes(by) && stands(by, [...seen, by]);
    });
  return withdrawals.filter((w) => stands(idOf(w), [idOf(w)]));
}

/** The ids of what was withdrawn by a statement that was not itself withdrawn. */
export const withdrawnIds = (facts: readonly Fact[]): Set<string> =>
  new Set(standingWithdrawals(facts).map(({ fact }) => fact.toLowerCase()));

/** Of what was stated of some people: the ids of the withdrawals that take a fact away, under its id or its content. */
export function withdrawalsAmong(stated: readonly StatedFact[]): (fact: StatedFact) => string[] {
  const byId = new Map(stated.map((fact) => [fact.id.toLowerCase(), fact]));
  const taking = new Map<string, string[]>();
  for (const { id, fact } of standingWithdrawals(stated)) {
    const taken = byId.get(fact.toLowerCase());
    if (taken) taking.set(contentOf(taken), [...(taking.get(contentOf(taken)) ?? []), id]);
  }
  // As it is kept: the fields of what was sent may stand in another order.
  return (fact) => taking.get(contentOf(byId.get(fact.id.toLowerCase()) ?? fact)) ?? [];
}

/** A fact that people withdrew is gone, under whichever of its ids it was withdrawn. */
export function withoutWithdrawn(facts: readonly Fact[]): Fact[] {
  const ids = withdrawnIds(facts);
  if (ids.size === 0) return [...facts];
  const contents = new Set(facts.flatMap((f) => (ids.has(idOf(f)) && !isTold(f) ? [contentOf(f)] : [])));
  return facts.filter((f) => !ids.has(idOf(f)) && (isTold(f) || !contents.has(contentOf(f))));
}

/** The statement that counts for each thing, with the thing's key. */
function latestPer<F extends MessageFact>(facts: F[], keyOf: (fact: F) => string): [string, F][] {
  const latest = new Map<string, F>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const held = latest.get(key);
    if (!held || latestFirst(fact, held) < 0) latest.set(key, fact);
  }
  return [...latest];
}
