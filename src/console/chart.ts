import { hourText } from './clock.js';
import type { OverviewView } from './schemas.js';

/** A bar chart in units of its own: drawn to any width, so it holds no text. */
export type FlowChart = {
  width: number;
  height: number;
  bars: { x: number; y: number; height: number; rejectedY: number; rejectedHeight: number; title: string }[];
  /** Of the scale: the highest bar, and the times below. */
  most: number;
  ticks: string[];
  total: number;
  rejected: number;
};

const HEIGHT = 100;
const BAR = 10;
const TICKS = 5;

/** Messages by the minute; what was rejected stands on what was received. */
export function flowChart(flow: OverviewView['flow']): FlowChart {
  const most = niceTop(Math.max(...flow.map(({ received, rejected }) => received + rejected), 0));
  const high = (count: number): number => round((count / most) * HEIGHT);
  return {
    width: flow.length * BAR,
    height: HEIGHT,
    bars: flow.map(({ minute, received, rejected }, position) => ({
      x: position * BAR,
      y: round(HEIGHT - high(received)),
      height: high(received),
      rejectedY: round(HEIGHT - high(received) - high(rejected)),
      rejectedHeight: high(rejected),
      title: `${hourText(minute)}: ${received} received${rejected > 0 ? `, ${rejected} rejected` : ''}`,
    })),
    most,
    ticks: flow
      .filter((_, position) => position % Math.floor(flow.length / TICKS) === 0)
      .map((each) => hourText(each.minute)),
    total: flow.reduce((sum, { received }) => sum + received, 0),
    rejected: flow.reduce((sum, { rejected }) => sum + rejected, 0),
  };
}

/** The next of 5, 10, 20, 50, 100, … */
export function niceTop(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of [5, 10, 20]) if (step * power >= most) return step * power;
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
