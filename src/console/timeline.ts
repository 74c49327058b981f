import { type Day, londonDay } from '../register/day.js';
import type { Entry } from '../register/entry.js';
import type { Fact } from '../register/fact.js';
import { withoutWithdrawn } from '../register/history.js';
import { wording } from './wording.js';

/** What is drawn of a person: lanes of spans and marks between two days. `to` null: it still runs. */
export type Span = { from: Day; to: Day | null; says: string; tone: Tone };
export type Mark = { on: Day; says: string; tone: Tone };
export type Lane = { name: string; spans: Span[]; marks: Mark[] };
export type Tone = 'qualifying' | 'other' | 'stay' | 'community' | 'aftercare' | 'closed' | 'event' | 'told';

/** One version that a body was told of. */
export type ToldMark = { on: Day; says: string };

/**
 * A person's history in lanes: detentions, hospital stays, community statuses, aftercare, decisions and what bodies were
 * told. Only lanes that hold something.
 */
export function lanesOf(entry: Entry, said: readonly Fact[], told: readonly ToldMark[]): Lane[] {
  const facts = withoutWithdrawn(said);
  const lanes: Lane[] = [
    { name: 'Detention', spans: detentions(entry, facts), marks: [] },
    { name: 'In hospital', ...stays(facts) },
    { name: 'Community status', spans: communityStatuses(facts), marks: [] },
    { name: 'Aftercare', spans: aftercare(entry), marks: [] },
    { name: 'Decisions', spans: [], marks: decisions(entry, facts) },
    { name: 'Told to bodies', spans: [], marks: told.map((each) => ({ ...each, tone: 'told' })) },
  ];
  return lanes.filter(({ spans, marks }) => spans.length + marks.length > 0);
}

type Kind<K extends Fact['kind']> = Extract<Fact, { kind: K }>;
const ofKind = <K extends Fact['kind']>(facts: readonly Fact[], kind: K): Kind<K>[] =>
  facts.filter((fact): fact is Kind<K> => fact.kind === kind);

/** The latest statement about each period counts; a later one may have brought its end. */
function detentions(entry: Entry, facts: readonly Fact[]): Span[] {
  const qualifying = new Set(entry.episodes.flatMap((episode) => episode.qualifying.map(({ from }) => from)));
  const latest = new Map<string, Span>();
  for (const { source, period, status, from, to } of bySaid(ofKind(facts, 'detention'))) {
    const says = `${status.text || `Legal status ${status.code}`}`;
    latest.set(`${source.by === 'message' ? source.sender : ''}|${period}`, {
      from,
      to,
      says,
      tone: status.bearing === 'yes' && qualifying.has(from) ? 'qualifying' : 'other',
    });
  }
  for (const { id, status, from, to } of ofKind(facts, 'detention-stated')) {
    const tone = qualifying.has(from) ? 'qualifying' : 'other';
    latest.set(id, { from, to, says: status.text || `Legal status ${status.code}`, tone });
  }
  return [...latest.values()];
}

const bySaid = <F extends Fact>(facts: readonly F[]): F[] =>
  facts.toSorted((a, b) => (saidAt(a) < saidAt(b) ? -1 : saidAt(a) > saidAt(b) ? 1 : 0));
const saidAt = ({ source }: Fact): string => (source.by === 'message' ? source.sentAt : '');

/** An admission and the departure of the same stay, as each was said last; a departure alone is a mark. */
function stays(facts: readonly Fact[]): Pick<Lane, 'spans' | 'marks'> {
  const came = lastSaid(facts, 'admitted', 'admission-cancelled');
  const left = lastSaid(facts, 'left-hospital', 'left-hospital-cancelled');
  const spans = [...came].map(([stay, from]): Span => {
    const to = left.get(stay) ?? null;
    return { from, to, says: 'In hospital', tone: 'stay' };
  });
  const alone = [...left].flatMap(([stay, on]) => (came.has(stay) ? [] : [on]));
  const stated = ofKind(facts, 'left-hospital-stated').map(({ on }) => on);
  return { spans, marks: [...alone, ...stated].map((on) => ({ on, says: 'Left hospital', tone: 'stay' })) };
}

/** The day of what was said last of each stay; a stay of which it was taken back is left out. */
function lastSaid(
  facts: readonly Fact[],
  kind: 'admitted' | 'left-hospital',
  cancelled: Fact['kind'],
): Map<string, Day> {
  const said = new Map<string, Day>();
  const about = facts.filter((fact) => fact.kind === kind || fact.kind === cancelled);
  for (const fact of bySaid(about)) {
    const stay = `${fact.source.by === 'message' ? fact.source.sender : ''}|${'visit' in fact ? fact.visit : ''}`;
    if (fact.kind === kind) said.set(stay, londonDay(fact.effectiveAt));
    else said.delete(stay);
  }
  return said;
}

const COMMUNITY: Partial<Record<string, string>> = {
  CTO: 'Community treatment order',
  CD: 'Conditional discharge',
  S17: 'Section 17 leave',
  RECALL: 'Recall',
  REVOKED: 'Revocation',
  AWOL: 'Absent without leave',
};

const communityStatuses = (facts: readonly Fact[]): Span[] => {
  const latest = new Map<string, Span>();
  for (const { period, status, from, to, withdrawn } of bySaid(ofKind(facts, 'community-status'))) {
    if (withdrawn || from === null) latest.delete(`${period}|${status}|${from ?? ''}`);
    else latest.set(`${period}|${status}|${from}`, { from, to, says: COMMUNITY[status] ?? status, tone: 'community' });
  }
  return [...latest.values()];
};

const aftercare = ({ episodes }: Entry): Span[] =>
  episodes.flatMap(({ from, to, status }) =>
    from === null
      ? []
      : [
          {
            from,
            to,
            says: `Aftercare ${wording.episode(status)}`,
            tone: status === 'active' ? 'aftercare' : 'closed',
          } satisfies Span,
        ],
  );

function decisions(entry: Entry, facts: readonly Fact[]): Mark[] {
  const mark = (on: Day, says: string): Mark => ({ on, says, tone: 'event' });
  return [
    ...ofKind(facts, 'aftercare-decision').map((fact) =>
      mark(fact.decidedOn, `${fact.body}: ${wording.plain(fact.decision)}`),
    ),
    ...ofKind(facts, 'council-determined').map((fact) =>
      mark(londonDay(fact.effectiveAt), `Council ${fact.council}, ${fact.standing}`),
    ),
    ...ofKind(facts, 'icb-determined').map((fact) =>
      mark(londonDay(fact.effectiveAt), `ICB ${fact.icb}, ${fact.standing}`),
    ),
    ...[...ofKind(facts, 'plan'), ...ofKind(facts, 'care-plan')].map((fact) => mark(fact.agreedOn, 'Plan agreed')),
    ...ofKind(facts, 'review').map((fact) => mark(fact.heldOn, `Review: ${fact.outcome}`)),
    ...ofKind(facts, 'reinstated').map((fact) => mark(fact.from, 'Aftercare reinstated')),
    ...(entry.diedOn === null ? [] : [mark(entry.diedOn, 'Died')]),
  ].filter(
    (each, position, all) => all.findIndex((same) => same.on === each.on && same.says === each.says) === position,
  );
}
