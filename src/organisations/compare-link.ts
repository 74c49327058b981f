import { addDays, type Day } from '../register/day.js';
import type { Span, Succession } from './directory.js';
import { bodyRow, type FoundChange, foundBody, foundLink, linkRow, SUCCESSIONS } from './found-change.js';
import type { NationalLink } from './national-facts.js';
import { bodyCells, successionCells } from './rows.js';

/** What is known when links are compared: bodies of the tables and those that the records add, by ODS code. */
export type LinkGround = {
  spansOf(ods: string): readonly Span[];
  successions: readonly Succession[];
  toldUpTo: Day;
  /** The last day of a body by its own record. */
  endOf(ods: string): Day | null;
  /** Every national link that leaves, or enters, a body on a day. */
  onwards(ods: string, on: Day): readonly NationalLink[];
  backwards(ods: string, on: Day): readonly NationalLink[];
  /** The body's own record was changed after the day, and has no end. */
  goesOnAfter(ods: string, on: Day): boolean;
  /** The ICB that each place of an ICB of the day before has on a day; null where it has none. */
  placesOf(icb: string, on: Day): (string | null)[];
};

/** Why a link says nothing to the tables. */
export type LinkLeftOut = 'untracked' | 'predecessor-untracked' | 'successor-untracked' | 'places' | 'record-wanted';

export type LinkOutcome =
  | { kind: 'same' }
  | { kind: 'left-out'; why: LinkLeftOut }
  | { kind: 'changes'; changes: FoundChange[] };

/** What one link means beside the tables. */
export function compareLink(link: NationalLink, ground: LinkGround): LinkOutcome {
  const [from, to] = [
    nearest(ground.spansOf(link.from), addDays(link.on, -1)),
    nearest(ground.spansOf(link.to), link.on),
  ];
  if (!from) return leftOut(to ? 'predecessor-untracked' : 'untracked');
  if (!to) return leftOut(isNews(link, from, ground) ? 'record-wanted' : 'successor-untracked');
  // Who answers for a place is its ICB, and that stands in its own row.
  if (from.body.kind === 'sub-icb' || to.body.kind === 'sub-icb') return leftOut('places');
  const ours = ground.successions.filter((each) => each.from === from.body.code && each.to === to.body.code);
  if (ours.some(({ on }) => Math.abs(Date.parse(on) - Date.parse(link.on)) <= DAY_MS)) return { kind: 'same' };
  const [other] = ours;
  if (other) return { kind: 'changes', changes: [otherDay(other, link)] };
  return { kind: 'changes', changes: newLink(link, { from, to }, ground) };
}

const DAY_MS = 86_400_000;

const leftOut = (why: LinkLeftOut): LinkOutcome => ({ kind: 'left-out', why });

/** The body that had the code on the day, else the one before, else the first that ever had it. */
const nearest = (spans: readonly Span[], day: Day): Span | undefined =>
  spans.findLast(({ body }) => (body.from ?? '') <= day) ?? spans[0];

function otherDay(ours: Succession, { on }: NationalLink): FoundChange {
  const why = `national records have ${ours.from} followed by ${ours.to} on ${on}, and the tables on ${ours.on}, which counts until somebody confirms this`;
  return foundLink({ row: linkRow(ours, { date: on }), base: successionCells(ours), needsConfirming: true, why });
}

/** The body goes on in the tables, which cannot have known: the change is later than all they tell of, or its record ends it. */
export function isNews(
  { from, on }: NationalLink,
  span: Span,
  { toldUpTo, endOf }: Pick<LinkGround, 'toldUpTo' | 'endOf'>,
): boolean {
  const isOpen = span.after === null || span.after > on;
  const isUnlinkedEnd = span.after === on && endOf(from) === addDays(on, -1) && on > toldUpTo;
  return (isOpen && (on > toldUpTo || endOf(from) === addDays(on, -1))) || isUnlinkedEnd;
}

type Bodies = { from: Span; to: Span };

function newLink(link: NationalLink, bodies: Bodies, ground: LinkGround): FoundChange[] {
  if (ground.goesOnAfter(link.from, link.on)) return [partOf(link, bodies)];
  const { from } = bodies;
  const own = ground.successions.filter(
    ({ from: code, on, kind }) => code === from.body.code && on === link.on && kind !== 'boundary',
  );
  const successors = new Set([
    ...own.map((each) => each.to),
    ...ground.onwards(link.from, link.on).flatMap((each) => nearest(ground.spansOf(each.to), link.on)?.body.code ?? []),
  ]);
  const isSplit = successors.size > 1;
  const isStated = isNews(link, from, ground) && own.length === 0;
  const why = whyOf(link, isStated, successors.size);
  const divides = isSplit ? resolveBy(from, successors, link.on, ground) : '';
  const kind = isSplit ? 'split' : wholeKind(link, bodies, ground);
  const row = { ...keyOf(link, bodies), kind, resolve_by: divides, source: SUCCESSIONS };
  return [
    ...endOfPredecessor(link, from, isStated, why),
    foundLink({ row, why, needsConfirming: isSplit || !isStated }),
    ...(isSplit ? own.filter((each) => each.kind !== 'split').map((each) => asPart(each, divides, why)) : []),
  ];
}

const keyOf = ({ on }: NationalLink, { from, to }: Bodies) => ({ date: on, from: from.body.code, to: to.body.code });

const saysThat = ({ from, to, on }: NationalLink): string => `national records have ${from} followed by ${to} on ${on}`;

function whyOf(link: NationalLink, isStated: boolean, successors: number): string {
  if (!isStated) return `${saysThat(link)}, and the tables do not; they count until somebody confirms this`;
  if (successors === 1) return saysThat(link);
  return `${saysThat(link)}, and by ${successors} bodies in all: say what tells them apart, with --set resolve_by=address`;
}

/** The code of a county can outlive it, as that of Dorset did: by its own record nobody but a part went elsewhere. */
function partOf(link: NationalLink, bodies: Bodies): FoundChange {
  const row = { ...keyOf(link, bodies), kind: 'boundary', resolve_by: '', source: SUCCESSIONS };
  const why = `${saysThat(link)}, and the record of ${link.from} goes on after that day: perhaps a part of it went there`;
  return foundLink({ row, why, needsConfirming: true });
}

const wholeKind = ({ to: code, on }: NationalLink, { to }: Bodies, { backwards }: LinkGround): 'merge' | 'rename' =>
  backwards(code, on).length > 1 || wasThere(to, on) ? 'merge' : 'rename';

const wasThere = ({ body }: Span, on: Day): boolean => (body.from ?? '') < on;

/** Where the tables let it go on. */
function endOfPredecessor({ on }: NationalLink, from: Span, isStated: boolean, why: string): FoundChange[] {
  if (from.after !== null || (from.body.from ?? '') >= on) return [];
  const row = bodyRow(from, { to: addDays(on, -1) });
  return [foundBody({ row, base: bodyCells(from), why, needsConfirming: !isStated })];
}

/** With a successor more, the one that the tables have is a part. */
const asPart = (ours: Succession, divides: string, why: string): FoundChange =>
  foundLink({
    row: linkRow(ours, { kind: 'split', resolve_by: ours.resolveBy ?? divides }),
    base: successionCells(ours),
    needsConfirming: true,
    why,
  });

/** What tells the parts apart, where it can be known: the places of an ICB, if each went to a part and every part got one. */
function resolveBy({ body }: Span, successors: ReadonlySet<string>, on: Day, { placesOf }: LinkGround): string {
  if (body.kind === 'trust') return 'service';
  if (body.kind !== 'icb') return '';
  const went = placesOf(body.code, on);
  const parts = new Set(went);
  const isWhole = went.length > 0 && went.every((icb) => icb !== null && successors.has(icb));
  return isWhole && parts.size === successors.size ? 'sub-ICB location' : '';
}
