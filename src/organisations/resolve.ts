import { addDays, type Day } from '../register/day.js';
import type { Meaning, Resolution, Span } from './directory.js';
import { changeDays, follow, type Path, retrace, type Seat } from './follow.js';
import { at, type Graph, order, spanOn, startsBy } from './graph.js';

/**
 * Reads a code as what it meant when it was written, then follows its successors up to `asOf`.
 * Written after its body ended, it still means that body; written before any body had it, the first that did.
 */
export function resolve(graph: Graph, written: string, writtenOn: Day, asOf: Day): Resolution {
  const spans = graph.spans.get(normalCode(written));
  const meant = spans && latestBy(spans, writtenOn);
  if (!meant) return { kind: 'unknown' };
  const day = within(meant, writtenOn);
  return resolutionOf(asOf >= day ? forward(graph, meant, day, asOf) : earlier(graph, spans, asOf));
}

/** What the code was when it was written, and who answers for it; null for a code that this graph has not. */
export function meaningIn(graph: Graph, written: string, writtenOn: Day, asOf: Day): Meaning | null {
  const spans = graph.spans.get(normalCode(written));
  const meant = spans && latestBy(spans, writtenOn);
  if (!meant) return null;
  return {
    meant: meant.body,
    answersTo: meant.answersTo,
    isOutsideItsLife: within(meant, writtenOn) !== writtenOn,
    resolution: resolve(graph, written, writtenOn, asOf),
  };
}

/** The days on which a code begins to resolve differently, whenever it was written, earliest first. */
export function changesOf(graph: Graph, written: string): Day[] {
  const code = normalCode(written);
  const spans = graph.spans.get(code) ?? [];
  const readOn = spans.map((span) => within(span, ''));
  const differs = (day: Day) =>
    readOn.some(
      (on) => bodiesIn(resolve(graph, code, on, addDays(day, -1))) !== bodiesIn(resolve(graph, code, on, day)),
    );
  return [...possibleChanges(graph, spans)].filter(differs).sort(order);
}

/** Codes are matched without regard to case or stray spaces. */
const normalCode = (written: string): string => written.trim().toUpperCase();

function possibleChanges(graph: Graph, spans: readonly Span[]): Set<Day> {
  const days = new Set<Day>();
  for (const span of spans) {
    const seat = seatOn(graph, span, within(span, ''));
    if (span.body.from !== null) days.add(span.body.from);
    if (!seat) continue;
    for (const day of changeDays(graph, seat)) days.add(day);
    for (const step of retrace(graph, seat.holder, '').steps) {
      days.add(step.on);
      // Before it came, its predecessors answered, and they may have had another name or code of their own.
      for (const { body } of graph.spans.get(step.from) ?? []) if (body.from !== null) days.add(body.from);
    }
  }
  return days;
}

/** What tells two answers apart: which rows of the tables they give. */
function bodiesIn(resolution: Resolution): string {
  if (resolution.kind === 'unknown') return '';
  const bodies = resolution.kind === 'found' ? [resolution.body] : resolution.candidates;
  return bodies.map(({ code, from }) => at(code, from ?? '')).join(' ');
}

/** The last span begun by the day, else the first one there is. */
const latestBy = (spans: readonly Span[], day: Day): Span | undefined =>
  spans.findLast((span) => startsBy(span, day)) ?? spans[0];

/** The nearest day on which the span holds. */
function within({ body: { from, to } }: Span, day: Day): Day {
  if (from !== null && day < from) return from;
  return to !== null && day > to ? to : day;
}

function seatOn(graph: Graph, span: Span, day: Day): Seat | undefined {
  if (span.answersTo === null) return { holder: span, place: null };
  const icb = spanOn(graph, span.answersTo, day);
  return icb && { holder: icb, place: span };
}

function forward(graph: Graph, span: Span, day: Day, asOf: Day): Path | undefined {
  const seat = seatOn(graph, span, day);
  return seat && follow(graph, seat, asOf);
}

/** Who answered before the code was written: whatever the code itself meant then, else the body's predecessors. */
function earlier(graph: Graph, spans: readonly Span[], asOf: Day): Path | undefined {
  const then = spans.findLast((span) => startsBy(span, asOf));
  if (then) return forward(graph, then, within(then, asOf), asOf);
  const first = spans[0];
  const seat = first && seatOn(graph, first, within(first, asOf));
  return seat && retrace(graph, seat.holder, asOf);
}

function resolutionOf(path: Path | undefined): Resolution {
  const [end, ...others] = path?.ends ?? [];
  if (!path || !end) return { kind: 'unknown' };
  if (others.length === 0) return { kind: 'found', body: end.body, steps: path.steps };
  return {
    kind: 'split',
    candidates: path.ends.map(({ body }) => body),
    steps: path.steps,
    resolveBy: path.resolveBy ?? 'address',
  };
}
