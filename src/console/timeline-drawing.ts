import type { Day } from '../register/day.js';
import { dayText } from './clock.js';
import type { Lane, Span, Tone } from './timeline.js';

/** The lanes in units of the drawing. */
export type Drawing = {
  width: number;
  height: number;
  lanes: {
    name: string;
    y: number;
    spans: { x: number; width: number; y: number; tone: Tone; open: boolean; label: string | null; title: string }[];
    marks: { x: number; y: number; tone: Tone; title: string }[];
  }[];
  ticks: { x: number; label: string }[];
  today: number;
  rows: { lane: string; when: string; what: string }[];
};

const LEFT = 150;
const RIGHT = 20;
const WIDTH = 1_000;
const LANE = 40;
const TOP = 10;
const LETTER = 7.2;
const DAY_MS = 86_400_000;

/** Null where nothing has a date. */
export function drawn(lanes: readonly Lane[], today: Day): Drawing | null {
  const days = lanes.flatMap(({ spans, marks }) => [
    ...spans.flatMap(({ from, to }) => (to === null ? [from] : [from, to])),
    ...marks.map(({ on }) => on),
  ]);
  if (days.length === 0) return null;
  const first = Math.min(...days.map(Date.parse));
  const last = Math.max(...days.map(Date.parse), Date.parse(today));
  const margin = Math.max((last - first) * 0.02, 7 * DAY_MS);
  const [from, to] = [first - margin, last + margin];
  const at = (day: Day | number): number => {
    const time = typeof day === 'number' ? day : Date.parse(day);
    return Math.round((LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT)) * 10) / 10;
  };
  return {
    width: WIDTH,
    height: TOP + lanes.length * LANE + 30,
    lanes: lanes.map((lane, position) => laneDrawn(lane, TOP + position * LANE, at, today)),
    ticks: ticksBetween(from, to).map(({ time, label }) => ({ x: at(time), label })),
    today: at(today),
    rows: lanes
      .flatMap(rowsOf)
      .toSorted((a, b) => (a.day < b.day ? -1 : 1))
      .map(({ lane, when, what }) => ({ lane, when, what })),
  };
}

function laneDrawn(
  { name, spans, marks }: Lane,
  y: number,
  at: (day: Day) => number,
  today: Day,
): Drawing['lanes'][number] {
  return {
    name,
    y,
    spans: spans.map(({ from, to, says, tone }) => {
      const [x, end] = [at(from), at(to ?? (from > today ? from : today))];
      const width = Math.max(end - x, 4);
      const label = says.length * LETTER < width - 10 ? says : null;
      return { x, width, y: y + 8, tone, open: to === null, label, title: `${says}: ${spanText({ from, to })}` };
    }),
    marks: marks.map(({ on, says, tone }) => ({ x: at(on), y: y + 20, tone, title: `${says}: ${dayText(on)}` })),
  };
}

const spanText = ({ from, to }: Pick<Span, 'from' | 'to'>): string =>
  `${dayText(from)} ${to === null ? 'onwards' : `to ${dayText(to)}`}`;

const rowsOf = ({ name, spans, marks }: Lane) => [
  ...spans.map((span) => ({ day: span.from, lane: name, when: spanText(span), what: span.says })),
  ...marks.map(({ on, says }) => ({ day: on, lane: name, when: dayText(on), what: says })),
];

const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120];

/** At most eight firsts of a month, evenly apart. */
function ticksBetween(from: number, to: number): { time: number; label: string }[] {
  const months = (to - from) / (30.4 * DAY_MS);
  const step = MONTHS.find((each) => months / each <= 8) ?? 240;
  const start = new Date(from);
  const index = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth() + 1) / step) * step;
  const ticks: { time: number; label: string }[] = [];
  for (let month = index; ; month += step) {
    const time = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (time > to) return ticks;
    ticks.push({ time, label: step >= 12 ? String(new Date(time).getUTCFullYear()) : monthText(time) });
  }
}

const monthText = (time: number): string =>
  new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(time));
