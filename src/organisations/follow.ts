import { addDays, type Day } from '../register/day.js';
import type { Span, Step, Succession } from './directory.js';
import { at, type Graph, order, spanOn } from './graph.js';

/** Who answers, and the sub-ICB location that the code stands for, where it stands for one: it decides an ICB's split. */
export type Seat = { holder: Span; place: Span | null };

/** Where a walk ended: one body, or several and what would choose between them. */
export type Path = { ends: Span[]; steps: Step[]; resolveBy: string | null };

type Move = { step: Step | null; seat: Seat };
type Moves = { moves: Move[]; resolveBy: string | null };

/** Follows every succession after the seat's own day, up to and including `asOf`. */
export function follow(graph: Graph, seat: Seat, asOf: Day): Path {
  const on = changesOn(seat);
  if (on === null || on > asOf) return { ends: [seat.holder], steps: [], resolveBy: null };
  const { moves, resolveBy } = movesOn(graph, seat, on);
  if (moves.length === 0) return { ends: [seat.holder], steps: [], resolveBy: null };
  return join(
    moves.map(({ step, seat: next }) => withStep(step, follow(graph, next, asOf))),
    resolveBy,
  );
}

/** Goes back to who held the duty before the body began. A body whose predecessor is not known stands for itself. */
export function retrace(graph: Graph, holder: Span, asOf: Day): Path {
  const stays: Path = { ends: [holder], steps: [], resolveBy: null };
  const { code, from, kind } = holder.body;
  if (from === null || from <= asOf) return stays;
  const before = addDays(from, -1);
  const links = graph.backwards.get(at(code, from)) ?? [];

  const itself = spanOn(graph, code, before);
  if (itself?.body.kind === kind) {
    const renamed = links.find((link) => link.from === code);
    return withStep(renamed ? stepOf(renamed) : null, retrace(graph, itself, asOf));
  }
  const paths = links.flatMap((link) => {
    const predecessor = spanOn(graph, link.from, before);
    return predecessor?.after === from ? [withStep(stepOf(link), retrace(graph, predecessor, asOf))] : [];
  });
  return paths.length > 0 ? join(paths, 'address') : stays;
}

/** Every day on which the seat, or what it became, is held anew. */
export function changeDays(graph: Graph, seat: Seat): Day[] {
  const on = changesOn(seat);
  if (on === null) return [];
  return [on, ...movesOn(graph, seat, on).moves.flatMap((move) => changeDays(graph, move.seat))];
}

function changesOn({ holder, place }: Seat): Day | null {
  if (holder.after === null) return place?.after ?? null;
  if (!place || place.after === null) return holder.after;
  return place.after < holder.after ? place.after : holder.after;
}

function movesOn(graph: Graph, { holder, place }: Seat, on: Day): Moves {
  const links = graph.onwards.get(at(holder.body.code, on)) ?? [];
  const nextPlace = place && spanOn(graph, place.body.code, on);
  if (nextPlace?.answersTo) return { moves: placeMove(graph, holder, nextPlace, links, on), resolveBy: null };

  const same = spanOn(graph, holder.body.code, on);
  if (same && same.body.kind === holder.body.kind) {
    const renamed = links.find((link) => link.to === holder.body.code);
    return {
      moves: [{ step: renamed ? stepOf(renamed) : null, seat: { holder: same, place: null } }],
      resolveBy: null,
    };
  }
  const moves = links.flatMap((link) => {
    const successor = spanOn(graph, link.to, on);
    if (!successor) return [];
    return [{ step: stepOf(link), seat: { holder: successor, place: placeAfter(graph, holder, successor, on) } }];
  });
  return { moves, resolveBy: links[0]?.resolveBy ?? null };
}

/** The location goes on, so whoever it answers to now is the successor, whatever else became of the ICB. */
function placeMove(graph: Graph, holder: Span, place: Span, links: readonly Succession[], on: Day): Move[] {
  const to = place.answersTo;
  const next = to === null ? undefined : spanOn(graph, to, on);
  if (!next || to === null) return [];
  const link = links.find((candidate) => candidate.to === to);
  const moved: Step = { on, from: holder.body.code, to, kind: 'boundary', source: place.body.source };
  const followed = link?.kind === 'split' ? { ...stepOf(link), place: place.body.code } : link && stepOf(link);
  const step = followed ?? (to === holder.body.code ? null : moved);
  return [{ step, seat: { holder: next, place } }];
}

/** A CCG's code lives on as a location, but only for the part that went to the ICB which that location answers to. */
function placeAfter(graph: Graph, ccg: Span, icb: Span, on: Day): Span | null {
  const place = spanOn(graph, ccg.body.code, on);
  return place?.answersTo === icb.body.code ? place : null;
}

const stepOf = ({ on, from, to, kind, source }: Succession): Step => ({ on, from, to, kind, source });

const withStep = (step: Step | null, path: Path): Path => (step ? { ...path, steps: [step, ...path.steps] } : path);

/** Branches that come together again are one body; the first split decides what would have told them apart. */
function join(paths: Path[], resolveBy: string | null): Path {
  const [only, ...others] = paths;
  if (only && others.length === 0) return only;
  const ends = new Map(paths.flatMap((path) => path.ends).map((end) => [end.body.code, end]));
  const steps = new Map(
    paths.flatMap((path) => path.steps).map((step) => [`${step.on} ${step.from} ${step.to}`, step]),
  );
  return {
    ends: [...ends.values()].sort((a, b) => order(a.body.code, b.body.code)),
    steps: [...steps.entries()].sort(([a], [b]) => order(a, b)).map(([, step]) => step),
    resolveBy,
  };
}
