import { addDays, type Day } from '../register/day.js';
import { changeDigest, lacksOf } from './changed-tables.js';
import { bodyDifferences, newBody } from './compare-body.js';
import { compareLink, isNews, type LinkGround, type LinkLeftOut } from './compare-link.js';
import { consistentPart, type Refused, sharingCodes } from './consistent-part.js';
import type { Span } from './directory.js';
import type { FoundChange, Known } from './found-change.js';
import { order, spanOf } from './graph.js';
import { bodyIn, type NationalBody } from './national-body.js';
import type { NationalFacts, NationalLink } from './national-facts.js';
import { linksIn } from './national-links.js';
import type { Cells } from './rows.js';

/** What became of one record, by its code, or of one link, by `from>to`. */
export type FactOutcome = 'same' | 'changes' | LinkLeftOut;

export type NationalChanges = {
  /** What the records state. */
  staged: FoundChange[];
  /** What a person has to decide, or to complete. */
  proposals: FoundChange[];
  /** What would make tables that do not hold together, and why. */
  refused: Refused<FoundChange>[];
  outcomes: ReadonlyMap<string, FactOutcome>;
  /** Codes of bodies that follow one of ours, and of which no record was imported. */
  wanted: string[];
};

export const linkKey = ({ from, to }: Pick<NationalLink, 'from' | 'to'>): string => `${from}>${to}`;

/**
 * What everything that was imported says beside the tables that count. The same facts and tables give the same changes,
 * in whatever order the files came.
 */
export function changesOf(facts: NationalFacts, known: Known): NationalChanges {
  const outcomes = new Map<string, FactOutcome>();
  const bodies = new Map(facts.records.flatMap((record) => bodyIn(record) ?? []).map((body) => [body.ods, body]));
  for (const { code } of facts.records) outcomes.set(code, 'untracked');
  const ground = groundOf(facts, bodies, known);
  const found = new Map<string, FoundChange>();
  const take = (changes: readonly FoundChange[]) => {
    for (const change of changes) keepStronger(found, change);
  };
  for (const { body, changes } of ground.compared) {
    outcomes.set(body.ods, changes.length > 0 ? 'changes' : 'same');
    take(changes);
  }
  const wanted = new Set<string>();
  for (const link of ground.links) {
    const outcome = compareLink(link, ground);
    outcomes.set(linkKey(link), outcome.kind === 'left-out' ? outcome.why : outcome.kind);
    if (outcome.kind === 'changes') take(outcome.changes);
    if (outcome.kind === 'left-out' && outcome.why === 'record-wanted' && !bodies.has(link.to)) wanted.add(link.to);
  }
  return { ...checked([...found.values()], known), outcomes, wanted: [...wanted].sort(order) };
}

/** What one record states needs nobody, though another only lets it be guessed. */
function keepStronger(found: Map<string, FoundChange>, change: FoundChange): void {
  const key = changeDigest({ ...change, row: { ...change.row, source: '' } });
  const other = found.get(key);
  if (!other || (other.needsConfirming && !change.needsConfirming)) found.set(key, change);
}

type Compared = { body: NationalBody; changes: FoundChange[] };
type Ground = LinkGround & { compared: Compared[]; links: NationalLink[] };

const TRACKED = new Set(['council', 'icb', 'ccg', 'sub-icb', 'local-health-board', 'trust']);

function groundOf(
  facts: NationalFacts,
  bodies: ReadonlyMap<string, NationalBody>,
  { tables, toldUpTo }: Known,
): Ground {
  const spans = new Map<string, Span[]>();
  for (const { value } of tables.bodies) if (TRACKED.has(value.body.kind)) addSpan(spans, value);
  const lastDays = new Map(facts.records.map(({ code, life }) => [code, life.to]));
  const changedOn = new Map(facts.records.map(({ code, lastChangeOn }) => [code, lastChangeOn]));
  const endOf = (ods: string) => bodies.get(ods)?.to ?? lastDays.get(ods) ?? null;
  const beginOf = (ods: string) => bodies.get(ods)?.from ?? null;
  const links = linksIn(facts, { endOf, beginOf });
  const [onwards, backwards] = [byDay(links, 'from'), byDay(links, 'to')];
  const spansOf = (ods: string): readonly Span[] => spans.get(ods) ?? [];
  const follows = (trust: NationalBody) =>
    links.some((link) => {
      if (link.to !== trust.ods) return false;
      const before = spansOf(link.from).findLast(({ body }) => (body.from ?? '') < link.on);
      return before !== undefined && before.body.kind === 'trust' && isNews(link, before, { toldUpTo, endOf });
    });
  const compared = compareBodies([...bodies.values()], spans, follows);
  const moved = new Map(compared.map(({ body }) => [body.ods, body.locatedIn]));
  return {
    spansOf,
    successions: tables.successions.map(({ value }) => value),
    toldUpTo,
    endOf,
    goesOnAfter: (ods, on) => (changedOn.get(ods) ?? '') > on && endOf(ods) === null,
    onwards: (ods, on) => onwards.get(`${ods} ${on}`) ?? [],
    backwards: (ods, on) => backwards.get(`${ods} ${on}`) ?? [],
    placesOf: (icb, on) =>
      [...spans].flatMap(([ods, own]) => {
        const before = own.find((span) => holdsOn(span, addDays(on, -1)));
        if (before?.answersTo !== icb) return [];
        const told = moved.get(ods)?.findLast(({ from }) => (from ?? '') <= on);
        return [told?.icb ?? own.find((span) => holdsOn(span, on))?.answersTo ?? null];
      }),
    compared,
    links,
  };
}

const holdsOn = ({ body, after }: Span, day: Day): boolean =>
  (body.from ?? '') <= day && (after === null || day < after);

function addSpan(spans: Map<string, Span[]>, span: Span): void {
  if (span.body.ods === null) return;
  const own = [...(spans.get(span.body.ods) ?? []), span];
  own.sort((a, b) => order(a.body.from ?? '', b.body.from ?? ''));
  spans.set(span.body.ods, own);
}

function byDay(links: readonly NationalLink[], side: 'from' | 'to'): Map<string, NationalLink[]> {
  const grouped = new Map<string, NationalLink[]>();
  for (const link of links) {
    const key = `${link[side]} ${link.on}`;
    grouped.set(key, [...(grouped.get(key) ?? []), link]);
  }
  return grouped;
}

/** Compares every body of which a record tells; the new ones are known from then on. A trust is, that follows one of ours. */
function compareBodies(
  bodies: readonly NationalBody[],
  spans: Map<string, Span[]>,
  follows: (trust: NationalBody) => boolean,
): Compared[] {
  const compared: Compared[] = [];
  let waiting = [...bodies];
  for (let before = -1; before !== waiting.length; ) {
    before = waiting.length;
    waiting = waiting.filter((body) => {
      const changes = compareBody(body, spans.get(body.ods) ?? [], follows);
      if (changes === null) return true;
      compared.push({ body, changes });
      for (const row of newRows(changes)) addSpan(spans, spanFrom(row, body));
      return false;
    });
  }
  return compared;
}

/** Null for a body that the tables leave out. */
function compareBody(
  body: NationalBody,
  there: readonly Span[],
  follows: (trust: NationalBody) => boolean,
): FoundChange[] | null {
  const own = there.filter((span) => span.body.kind === body.kind);
  if (own.length > 0) return bodyDifferences(body, own);
  if (body.kind === 'ccg' || (body.kind === 'trust' && !follows(body))) return null;
  return newBody(body, there.at(-1));
}

const newRows = (changes: readonly FoundChange[]): Cells[] =>
  changes.flatMap(({ what, base, continues, row }) => (what === 'body' && (base === null || continues) ? [row] : []));

/** Of a council that has no GSS code yet, too. */
const spanFrom = (row: Cells, { ods, kind }: NationalBody): Span =>
  spanOf(
    {
      code: row.code || ods,
      kind,
      name: row.name ?? '',
      ods,
      gss: row.gss || null,
      from: row.from || null,
      to: row.to || null,
      source: row.source ?? '',
    },
    row.answers_to || null,
  );

/** What belongs to a row that a person still has to complete is judged with it, and not before. */
function checked(
  found: readonly FoundChange[],
  { tables }: Known,
): Pick<NationalChanges, 'staged' | 'proposals' | 'refused'> {
  const groups = sharingCodes(found);
  const isOpen = (group: readonly FoundChange[]) => group.some((change) => lacksOf(change).length > 0);
  const open = groups.filter(isOpen).flat();
  const { counts, refused } = consistentPart(tables, groups.filter((group) => !isOpen(group)).flat());
  const kept = [...counts, ...open].sort((a, b) => order(sortKey(a), sortKey(b)));
  return {
    staged: kept.filter((change) => !change.needsConfirming),
    proposals: kept.filter((change) => change.needsConfirming),
    refused,
  };
}

const sortKey = ({ what, row, ...rest }: FoundChange): string =>
  what === 'body' ? `1 ${row.ods} ${row.from}` : `2 ${row.date} ${row.from} ${row.to} ${rest.base === null}`;
