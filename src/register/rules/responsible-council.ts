import type { Directory } from '../../organisations/directory.js';
import { addDays, type Day, londonDay } from '../day.js';
import type { Desk } from '../desk.js';
import type { Responsibility } from '../entry.js';
import type { MessageFact, StatedFact } from '../fact.js';
import { dayOf, type History } from '../history.js';
import { determinedNaming, type StatedNamings, statedFor } from '../naming.js';
import type { Rule } from '../rule.js';
import { whoAnswers } from '../who-answers.js';
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
  const first = span.detentions[0];
  const { body, former } = whoAnswers(
    {
      side: 'council',
      stated: statements(span, history),
      determined: determinations(span, history, desk).map(determinedNaming),
      mergedOn: history.mergedOn,
      rule: responsibleCouncil,
      disputeRule: disputeChangesNothing,
      nobody: {
        text: `Where was the person ordinarily resident immediately before the detention of ${first?.from}? Record the council.`,
        about: first ? [first.key] : [],
        facts: span.detentions.map((d) => d.factId),
      },
    },
    directory,
    desk,
  );
  return { council: body, former };
}

/** Statements for the span's own detentions first; then for an assessment detention that ran straight into them. */
function statements(span: Span, history: History): StatedNamings {
  const first = span.detentions[0];
  const ranInto = history.detentions.filter(
    (d) =>
      first && d.status.bearing === 'no' && d.from <= first.from && (d.to === null || d.to >= addDays(first.from, -1)),
  );
  const reader = {
    codeOf: (f: Residence) => f.council,
    isDeleted: (f: Residence) => f.council === null && f.postcode === null,
    basis: 'ordinarily-resident-before-detention',
  };
  const own = statedFor(span.detentions, history.residences, reader);
  const assessment = statedFor(ranInto, history.residences, reader);
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
