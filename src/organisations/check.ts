import { addDays } from '../register/day.js';
import type { Span, Succession } from './directory.js';
import { at, type Graph, graphOf, spanOn } from './graph.js';
import type { Row } from './table.js';

type Spans = readonly Row<Span>[];
type Successions = readonly Row<Succession>[];

/** What no single row shows: bodies that overlap, ends that lead nowhere, links between bodies that were not there. */
export function inconsistencies(spans: Spans, successions: Successions): string[] {
  const graph = graphOf(
    spans.map((row) => row.value),
    successions.map((row) => row.value),
  );
  return [
    ...spans.flatMap((row) => named(row, spanMistakes(graph, row.value))),
    ...successions.flatMap((row) => named(row, successionMistakes(graph, row.value))),
  ];
}

const named = ({ file, line }: Row<unknown>, mistakes: string[]): string[] =>
  mistakes.map((mistake) => `${file}:${line}: ${mistake}`);

function spanMistakes(graph: Graph, span: Span): string[] {
  const { body } = span;
  const mistakes: string[] = [];
  for (const code of [body.code, body.ods]) {
    if (code !== null && overlaps(graph, code, span)) mistakes.push(`${code} means two bodies at once`);
  }
  if (span.answersTo !== null && !holdsThroughout(graph, span.answersTo, span)) {
    mistakes.push(`answers_to: ${span.answersTo} is not an ICB on every day of this row`);
  }
  if (span.answersTo !== null && body.from !== null) {
    const lost = lostTrail(graph, body.code, span.answersTo, body.from);
    if (lost !== null) mistakes.push(`answers_to: ${lost} was not followed by ${span.answersTo} on ${body.from}`);
  }
  const isPlace = span.answersTo !== null;
  if (span.after !== null && !isPlace && !leadsOn(graph, span, span.after)) {
    mistakes.push(`${body.code} ended on ${body.to}, and neither a row nor a succession says what followed`);
  }
  return mistakes;
}

const overlaps = (graph: Graph, code: string, span: Span): boolean =>
  (graph.spans.get(code) ?? []).some(
    (other) =>
      other !== span && startedBefore(other, span) && (other.after === null || (span.body.from ?? '') < other.after),
  );

const startedBefore = (other: Span, span: Span): boolean => (other.body.from ?? '') <= (span.body.from ?? '');

function holdsThroughout(graph: Graph, icb: string, place: Span): boolean {
  let day = place.body.from;
  while (day !== null) {
    const holder = spanOn(graph, icb, day);
    if (holder?.body.kind !== 'icb') return false;
    if (holder.after === null || (place.after !== null && holder.after >= place.after)) return true;
    day = holder.after;
  }
  return false;
}

/** The body that answered for a place until it ended, when no succession leads from it to the place's ICB. */
function lostTrail(graph: Graph, place: string, icb: string, from: string): string | null {
  const before = spanOn(graph, place, addDays(from, -1));
  if (!before) return null;
  const holder = before.answersTo ?? before.body.code;
  const wentOn = spanOn(graph, holder, from)?.answersTo === null;
  const links = graph.onwards.get(at(holder, from)) ?? [];
  return wentOn || links.some((link) => link.to === icb) ? null : holder;
}

function leadsOn(graph: Graph, span: Span, after: string): boolean {
  if (spanOn(graph, span.body.code, after)?.body.kind === span.body.kind) return true;
  return graph.onwards.has(at(span.body.code, after));
}

function successionMistakes(graph: Graph, link: Succession): string[] {
  const before = addDays(link.on, -1);
  const from = spanOn(graph, link.from, before);
  const siblings = graph.onwards.get(at(link.from, link.on)) ?? [];
  const mistakes: string[] = [];
  if (!spanOn(graph, link.to, link.on)) mistakes.push(`to: ${link.to} is no body on ${link.on}`);
  if (!from && !(link.kind === 'boundary' && spanOn(graph, link.from, link.on))) {
    mistakes.push(`from: ${link.from} is no body on ${before}`);
  } else if (link.kind !== 'boundary' && from?.after !== link.on) {
    mistakes.push(`from: no row of ${link.from} ends on ${before}`);
  }
  if (siblings.filter((other) => other.to === link.to).length > 1) mistakes.push('is there twice');
  const wholes = siblings.filter((other) => other.kind !== 'boundary' || !goesOn(graph, other));
  if (wholes.includes(link) && (link.kind === 'split') !== wholes.length > 1) {
    mistakes.push(`kind: ${link.from} has ${wholes.length} successor(s) on ${link.on}, so it cannot be a ${link.kind}`);
  }
  return mistakes;
}

/** True while the body that a link leaves is there on both sides of the day: then a boundary moves nobody. */
function goesOn(graph: Graph, link: Succession): boolean {
  const before = spanOn(graph, link.from, addDays(link.on, -1));
  const after = spanOn(graph, link.from, link.on);
  return after !== undefined && (before === undefined || before.body.kind === after.body.kind);
}
