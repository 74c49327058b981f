import type { Directory } from '../../organisations/directory.js';
import { addDays, type Day, londonDay } from '../day.js';
import type { Desk } from '../desk.js';
import { type Responsibility, UNKNOWN_BODY } from '../entry.js';
import type { MessageFact, StatedFact } from '../fact.js';
import { dayOf, type History } from '../history.js';
import { formerOf, fromStatements, type Naming, responsibilityOf, statedFor } from '../responsibility.js';
import type { Rule } from '../rule.js';
import type { Span } from './redetention.js';

export const responsibleCouncil: Rule = {
  id: 'responsible-council',
  says: 'The council is that of the area where the person was ordinarily resident immediately before being detained; else where resident, or sent on discharge.',
  cites: 'MHA 1983 s117(3); R (Worcestershire CC) v SSHSC [2023] UKSC 31',
  inForce: { from: '2015-04-01', to: null },
};

export const disputeChangesNothing: Rule = {
  id: 'dispute-changes-nothing',
  says: 'A dispute about who is responsible never changes whether aftercare is owed; someone provides meanwhile.',
  cites: 'MHA 1983 s117(4); Care Act 2014 s40; SI 2014/2829 reg 2',
  inForce: { from: '2015-04-01', to: null },
};

type Residence = Extract<MessageFact, { kind: 'ordinary-residence' }>;
type Determination = Extract<StatedFact, { kind: 'council-determined' }>;

/** The council of one span, and every other council that was named for it before. */
export function councilOf(
  span: Span,
  history: History,
  directory: Directory,
  desk: Desk,
): { council: Responsibility; former: string[] } {
  const stated = statements(span, history);
  const determined = determinations(span, history, desk);
  const council = chosen(span, stated.current, determined, directory, desk);
  const everyNaming = [...stated.current, ...stated.corrected, ...determined.map(namingOf)];
  return { council, former: formerOf('council', everyNaming, council, directory, desk.asOf) };
}

function chosen(
  span: Span,
  stated: Naming[],
  determined: Determination[],
  directory: Directory,
  desk: Desk,
): Responsibility {
  const latest = determined.at(-1);
  const [first, ...rest] = stated;
  if (!latest && first) return fromStatements('council', [first, ...rest], responsibleCouncil, directory, desk);
  if (!latest) return askWhich(span, desk);

  const together = determined.filter((d) => d.effectiveAt === latest.effectiveAt);
  const differ = new Set(together.map((d) => d.council)).size > 1;
  const naming = namingOf(latest);
  if (latest.standing === 'disputed' || differ) {
    return disputed(naming, [...stated, ...determined.map(namingOf)], directory, desk);
  }
  desk.because(responsibleCouncil, `${latest.council} determined by people from ${dayOf(latest)}.`, [latest.id]);
  return responsibilityOf('council', naming, directory, desk);
}

function askWhich(span: Span, desk: Desk): Responsibility {
  desk.ask({
    kind: 'which-council',
    text: `Where was the person ordinarily resident immediately before the detention of ${span.detentions[0]?.from}? Record the council.`,
    options: [],
    facts: span.detentions.map((d) => d.factId),
  });
  return UNKNOWN_BODY;
}

function disputed(naming: Naming, all: Naming[], directory: Directory, desk: Desk): Responsibility {
  const named = all.map((n) => responsibilityOf('council', n, directory, desk));
  const candidates = [...new Set(named.flatMap((r) => (r.code === null ? r.candidates : [r.code])))].sort();
  const facts = all.map((n) => n.factId);
  desk.because(disputeChangesNothing, `Responsibility is disputed between ${candidates.join(' and ')}.`, facts);
  const answer = desk.ask({
    kind: 'council-disputed',
    text: `Which council is responsible is disputed between ${candidates.join(' and ')}. Aftercare is owed meanwhile.`,
    options: candidates,
    facts,
  });
  if (answer !== null) {
    return responsibilityOf(
      'council',
      { ...naming, code: answer, standing: 'agreed', writtenOn: desk.asOf },
      directory,
      desk,
    );
  }
  return { ...responsibilityOf('council', naming, directory, desk), standing: 'disputed', candidates };
}

/** Statements for the span's own detentions first; then for an assessment detention that ran straight into them. */
function statements(span: Span, history: History) {
  const first = span.detentions[0];
  const ranInto = history.detentions.filter(
    (d) =>
      first && d.status.bearing === 'no' && d.from <= first.from && (d.to === null || d.to >= addDays(first.from, -1)),
  );
  const read = { codeOf: (f: Residence) => f.council, basis: 'ordinarily-resident-before-detention' };
  const own = statedFor(span.detentions, history.residences, read);
  const assessment = statedFor(ranInto, history.residences, read);
  return { current: [...own.current, ...assessment.current], corrected: [...own.corrected, ...assessment.corrected] };
}

/** People's determinations that fall within this span's time, in order. */
function determinations(span: Span, history: History, desk: Desk): Determination[] {
  const until: Day | null = span.supersededAt === null ? null : londonDay(span.supersededAt);
  const from = span.first ? null : (span.detentions[0]?.from ?? null);
  return history.stated.filter(
    (f): f is Determination =>
      f.kind === 'council-determined' &&
      (from === null || dayOf(f) >= from) &&
      (until === null || dayOf(f) < until) &&
      desk.hasCome(dayOf(f)),
  );
}

const namingOf = (d: Determination): Naming => ({
  code: d.council,
  writtenOn: dayOf(d),
  standing: d.standing,
  basis: d.basis,
  since: dayOf(d),
  factId: d.id,
});
