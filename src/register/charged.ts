import { addDays, type Day } from './day.js';
import type { Episode, Plan } from './entry.js';
import type { StatedFact } from './fact.js';

export type Charge = Extract<StatedFact, { kind: 'charge' }>;

/** Both days count; `to` null: it goes on. */
export type Time = { from: Day; to: Day | null };

/** What of an episode bears on a charge. */
export type OwedTime = Pick<Episode, 'status' | 'from' | 'to' | 'toldLateOn'> & {
  plan: Pick<Plan, 'accommodation'> | null;
};

/** The documented, closed list of why a charge is looked at. */
export const CHARGE_KINDS = [
  'charged-while-owed',
  'recorded-as-care-act',
  'found-late',
  'accommodation-in-plan',
] as const;
export type ChargeKind = (typeof CHARGE_KINDS)[number];

/** One charge beside the register. What was charged, never what was owed: that is for people to decide. */
export type Charged = {
  charge: Charge;
  kinds: ChargeKind[];
  /** The parts of it that fall into times in which aftercare was owed. */
  while: Time[];
  /** Pence: what was charged in these times up to the day, by the day. */
  pence: number;
};

/** The charge held against the entry; null where no aftercare was owed in its time that this register knows of. */
export function chargedBeside(charge: Charge, entry: Owed, today: Day): Charged | null {
  const found = heldAgainst(charge, entry);
  return found && { charge, ...found, pence: penceIn(found.while, charge, today) };
}

type Owed = { episodes: readonly OwedTime[] };

/** What no day changes of a charge beside the register. */
export function heldAgainst(charge: Charge, entry: Owed): Pick<Charged, 'kinds' | 'while'> | null {
  const owed = entry.episodes.filter(({ from, status }) => from !== null && status !== 'entered-in-error');
  const overlaps = owed.flatMap((episode) => overlap(charge, timeOf(episode)).map((time) => ({ episode, time })));
  const detained = entry.episodes.some(({ status }) => status !== 'entered-in-error');
  const kinds: ChargeKind[] = [
    ...(overlaps.length > 0 ? ['charged-while-owed' as const] : []),
    ...(detained && charge.recordedAs === 'care-act' ? ['recorded-as-care-act' as const] : []),
    ...(overlaps.some(({ episode: { toldLateOn } }) => toldLateOn !== null && charge.from < toldLateOn)
      ? ['found-late' as const]
      : []),
    ...(charge.accommodation && overlaps.some(({ episode }) => episode.plan?.accommodation?.meetsNeed)
      ? ['accommodation-in-plan' as const]
      : []),
  ];
  return kinds.length === 0 ? null : { kinds, while: overlaps.map(({ time }) => time) };
}

const timeOf = ({ from, to }: OwedTime): Time => ({ from: from ?? '', to });

/** The days that two times have in common. */
export function overlap(a: Time, b: Time): Time[] {
  const from = a.from > b.from ? a.from : b.from;
  const ends = [a.to, b.to].filter((end) => end !== null).sort();
  const to = ends[0] ?? null;
  return to !== null && to < from ? [] : [{ from, to }];
}

/** A seventh of the week's amount a day. */
function penceIn(times: readonly Time[], { amountPerWeek }: Charge, today: Day): number {
  const days = stretchesOf(times)
    .filter(({ first }) => first <= today)
    .reduce((sum, { first, last }) => sum + daysFrom(first, last === null || last > today ? today : last), 0);
  return Math.round((penceOf(amountPerWeek) * days) / 7);
}

/** Days one after another, the first and the last among them; `last` null: they go on. `before`: days of stretches before. */
export type Stretch = { first: Day; last: Day | null; before: number };

/** The days of these times, given in their order, each once: also one on which one time ends and the next begins. */
export function stretchesOf(times: readonly Time[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, to } of times) {
    const last = stretches.at(-1);
    if (last?.last === null) break;
    if (last && from <= addDays(last.last, 1)) {
      if (to === null || to > last.last) last.last = to;
    } else stretches.push({ first: from, last: to, before: last ? last.before + daysFrom(last.first, last.last) : 0 });
  }
  return stretches;
}

const daysFrom = (first: Day, last: Day): number => (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;

const DAY_MS = 86_400_000;

/** `120.5` to 12050: no fraction of a penny is ever reckoned with. */
export function penceOf(amount: string): number {
  const [pounds = '', pence = ''] = amount.split('.');
  return Number(pounds) * 100 + Number(pence.padEnd(2, '0'));
}
