import type { Instant } from './day.js';
import type { Fact, LocalId, MessageFact, PersonRef } from './fact.js';
import { isTold, withoutWithdrawn } from './history.js';
import { localNode, nhsNode } from './nodes.js';
import { byTime } from './order.js';

/**
 * A number as it was said to be a local identifier's: first by this fact, and when. `alone`: when, beside no other record
 * of the same kind. `tellsMore`: also with what happened.
 */
export type Said = { factId: string; at: Instant[]; alone: Instant[]; tellsMore: boolean };

/** Local identifier → NHS node → how it was said. */
export type Numbers = ReadonlyMap<string, ReadonlyMap<string, Said>>;

type Noted = Map<string, Map<string, Said>>;

/**
 * What was withdrawn counts only where nothing else was said of an identifier. A plan, or the answer of a body, names whom
 * it is about: it gives an identifier no number where others do, nor where such statements give it several.
 */
export function numbersOfLocals(facts: readonly Fact[]): Numbers {
  const standing = withoutWithdrawn(facts);
  const withdrawn = standing.length === facts.length ? [] : notedIn(facts);
  const numbers = notedIn(standing.filter((fact) => !isOfBody(fact)));
  for (const [local, said] of notedIn(standing.filter(isOfBody))) {
    if (!numbers.get(local)?.size) numbers.set(local, said.size > 1 ? new Map() : said);
  }
  for (const [local, said] of withdrawn) if (!numbers.get(local)?.size) numbers.set(local, said);
  return new Map([...numbers].map(([local, said]) => [local, said.size > 1 ? withoutSlips(said) : said]));
}

const OF_BODIES: readonly Fact['kind'][] = ['care-plan', 'care-plan-withdrawn', 'replied'];
const isOfBody = ({ kind }: Fact): boolean => OF_BODIES.includes(kind);

function notedIn(facts: readonly Fact[]): Noted {
  const noted: Noted = new Map();
  for (const fact of facts) {
    if (!isTold(fact)) continue;
    note(fact, fact, noted);
    if (fact.kind === 'identity-merged') note(fact.retired, fact, noted);
  }
  return noted;
}

/** What says who a person is, and no more. */
const OF_IDENTITY: readonly Fact['kind'][] = ['demographics', 'residence', 'gp-practice', 'nhs-number-status'];

function note({ nhsNumber, localIds }: PersonRef, fact: MessageFact, noted: Noted): void {
  const number = nhsNumber === null ? null : nhsNode(nhsNumber);
  for (const id of localIds) {
    const local = localNode(id);
    const said = noted.get(local) ?? new Map<string, Said>();
    noted.set(local, said);
    if (number === null) continue;
    const before = said.get(number) ?? { factId: fact.id, at: [], alone: [], tellsMore: false };
    said.set(number, before);
    before.at.push(fact.source.sentAt);
    if (isAlone(id, localIds)) before.alone.push(fact.source.sentAt);
    before.tellsMore ||= !OF_IDENTITY.includes(fact.kind);
  }
}

const isAlone = ({ sender, authority }: LocalId, among: readonly LocalId[]): boolean =>
  among.filter((each) => each.sender === sender && each.authority === authority).length === 1;

/**
 * The sender has corrected itself where it says again, of this record alone, what it had said before: what it said only
 * between the two was a slip, unless it told more under it than who the person is. Then it is asked whose that was.
 */
function withoutSlips(said: ReadonlyMap<string, Said>): ReadonlyMap<string, Said> {
  const last = [...said.values()].flatMap(({ at }) => at).reduce(later);
  const saidLast = [...said].filter(([, { at }]) => at.includes(last));
  const [now] = saidLast;
  if (!now || saidLast.length > 1) return said;
  const [number, { at, alone }] = now;
  const first = at.reduce(earlier);
  const again = alone.reduce(later, first);
  const isBetween = (each: Instant) => byTime(first, each) < 0 && byTime(each, again) < 0;
  return new Map([...said].filter(([node, each]) => node === number || each.tellsMore || !each.at.every(isBetween)));
}

const earlier = (a: Instant, b: Instant): Instant => (byTime(a, b) <= 0 ? a : b);
const later = (a: Instant, b: Instant): Instant => (byTime(a, b) >= 0 ? a : b);

/** The numbers by which a reference means somebody. */
export function numbersOf(ref: PersonRef, numbers: Numbers): Set<string> {
  if (ref.nhsNumber !== null) return new Set([nhsNode(ref.nhsNumber)]);
  return new Set(ref.localIds.flatMap((id) => [...(numbers.get(localNode(id))?.keys() ?? [])]));
}

/** Whether the numbers of a local identifier were known by then. */
export const wasSaidBy = (said: ReadonlyMap<string, Said>, by: Instant): boolean =>
  [...said.values()].some(({ at }) => at.some((each) => byTime(each, by) <= 0));
