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
export function chargedBeside(charge: Charge, entry: { episodes: readonly OwedTime[] }, today: Day): Charged | null {
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
  if (kinds.length === 0) return null;
  const times = overlaps.map(({ time }) => time);
  return { charge, kinds, while: times, pence: penceIn(times, charge, today) };
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
  const days = stretchesUpTo(today, times).reduce((sum, { first, last }) => sum + daysFrom(first, last), 0);
  return Math.round((penceOf(amountPerWeek) * days) / 7);
}

/** The days of these times, given in their order, that have come. A day on which one ends and the next begins is there once. */
export function stretchesUpTo(today: Day, times: readonly Time[]): { first: Day; last: Day }[] {
  const stretches: { first: Day; last: Day }[] = [];
  let next = '';
  for (const { from, to } of times) {
    const last = to === null || to > today ? today : to;
    const first = from > next ? from : next;
    if (last < first) continue;
    stretches.push({ first, last });
    next = addDays(last, 1);
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
