import { CHARGE_KINDS, type ChargeKind } from '../register/charged.js';
import type { Day } from '../register/day.js';
import { indexOf, type Month, monthAt, monthOf } from '../register/month.js';
import { niceTop } from './chart.js';
import { moneyText } from './money.js';
import type { ChargeListView } from './register-schemas.js';
import { wording } from './wording.js';

type Charged = ChargeListView['months'][number];

/**
 * What was charged over time, in units of its own: one row of bars of the same scale for each kind. It ends with the
 * month of today, so that one sees whether it stopped.
 */
export type ChargeDrawing = {
  width: number;
  height: number;
  /** Of the scale. */
  most: string;
  lanes: {
    kind: ChargeKind;
    says: string;
    pence: number;
    bars: { x: number; y: number; height: number; title: string }[];
  }[];
  /** Evenly apart, the first and the last at the ends. */
  ticks: string[];
  every: 'Month' | 'Quarter' | 'Year';
  /** Of the same as a table, the newest first. */
  columns: (string | { text: string; number: true })[];
  rows: { says: string; pence: number; kinds: Charged['kinds'] }[];
};

type Period = { says: string; pence: number; kinds: Charged['kinds'] };

const HEIGHT = 60;
const BAR = 10;
/** A little is not nothing. */
const LEAST = 1.5;
const LEAST_MONTHS = 12;
const MOST_BARS = 60;

const EVERY = [
  { every: 'Month', months: 1 },
  { every: 'Quarter', months: 3 },
  { every: 'Year', months: 12 },
] as const;

/** Null where nothing was charged. */
export function chargeDrawing(months: readonly Charged[], today: Day): ChargeDrawing | null {
  const [first] = months;
  if (!first) return null;
  const last = indexOf(monthOf(today));
  const begin = Math.min(indexOf(first.month), last - LEAST_MONTHS + 1);
  const step = EVERY.find((each) => (last - begin + 1) / each.months <= MOST_BARS) ?? EVERY[2];
  const periods = periodsOf(months, { begin, last, step: step.months });
  const most = niceTop(Math.max(...periods.map(({ pence }) => pence)) / 100) * 100;
  const lanes = CHARGE_KINDS.map((kind) => laneOf(kind, periods, most)).filter(({ bars }) => bars.length > 0);
  return {
    width: periods.length * BAR,
    height: HEIGHT,
    most: moneyText(most).replace(/\.00$/, ''),
    lanes,
    ticks: ticksOf(periods),
    every: step.every,
    columns: [step.every, ...lanes.map(({ says }) => ({ text: says, number: true as const }))],
    rows: periods.filter(({ pence }) => pence > 0).toReversed(),
  };
}

function periodsOf(months: readonly Charged[], time: { begin: number; last: number; step: number }): Period[] {
  const { begin, last, step } = time;
  const start = Math.floor(begin / step);
  const periods = Array.from({ length: Math.floor(last / step) - start + 1 }, (_, place): Period => {
    const none = Object.fromEntries(CHARGE_KINDS.map((kind) => [kind, 0])) as Period['kinds'];
    return { says: periodText((start + place) * step, step), pence: 0, kinds: none };
  });
  for (const { month, pence, kinds } of months) {
    const period = periods[Math.floor(indexOf(month) / step) - start];
    if (!period) continue;
    period.pence += pence;
    for (const kind of CHARGE_KINDS) period.kinds[kind] += kinds[kind];
  }
  return periods;
}

function laneOf(kind: ChargeKind, periods: readonly Period[], most: number): ChargeDrawing['lanes'][number] {
  const bars = periods.flatMap(({ says, kinds }, place) => {
    const pence = kinds[kind];
    if (pence === 0) return [];
    const height = Math.max(Math.round((pence / most) * HEIGHT * 100) / 100, LEAST);
    return { x: place * BAR, y: HEIGHT - height, height, title: `${says}: ${moneyText(pence)}` };
  });
  return {
    kind,
    says: wording.sentence(wording.charge(kind)),
    pence: periods.reduce((sum, { kinds }) => sum + kinds[kind], 0),
    bars,
  };
}

const ticksOf = (periods: readonly Period[]): string[] => {
  const middle = periods.length % 2 === 1 ? [periods[(periods.length - 1) / 2]] : [];
  return [periods[0], ...middle, periods.at(-1)].flatMap((period) => period?.says ?? []);
};

function periodText(index: number, step: number): string {
  if (step === 12) return monthAt(index).slice(0, 4);
  const months = step === 1 ? [index] : [index, index + step - 1];
  const [from = '', to] = months.map((each) => monthText(monthAt(each)));
  return to === undefined ? from : `${from.slice(0, 3)} to ${to}`;
}

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const monthText = (month: Month): string => MONTH.format(new Date(`${month}-01T00:00:00Z`));
