import { type Order, orderOn } from './community-treatment-order.js';
import type { Day } from './day.js';
import type { Desk } from './desk.js';
import type { StatedFact } from './fact.js';
import type { History } from './history.js';
import { lettersOf } from './known-body.js';
import { mayBeOneName } from './one-name.js';
import { compare, dayOf } from './order.js';
import { currentNeeds } from './rules/current-needs.js';
import { jointEnding } from './rules/joint-ending.js';
import { noEndingOnAnOrder } from './rules/no-ending-on-an-order.js';
import { personInvolved } from './rules/person-involved.js';
import { reinstatement } from './rules/reinstatement.js';
import { twoDeciders } from './rules/two-deciders.js';
import { type Deciders, type NamedFor, whyNotTheirs } from './who-decides.js';

type Decision = Extract<StatedFact, { kind: 'aftercare-decision' }>;
type Reinstatement = Extract<StatedFact, { kind: 'reinstated' }>;
export type Ending = { on: Day; council: Decision; icb: Decision };

/**
 * A span of the council's duty: from leaving hospital until a new detention or the death, which come first on their day;
 * `until` null: none has come. `since`: the detention that it follows, where a duty went before; what was decided before
 * then was about that one. `inside`: when the person was back in hospital meanwhile, by recall or revocation.
 * `again`: the detention that ended it, if one did, and the leaving after that; `leftOn` null: none is known.
 */
export type Duration = {
  since: Day | null;
  from: Day;
  until: Day | null;
  again: { from: Day; leftOn: Day | null } | null;
  inside: readonly { from: Day; to: Day | null }[];
  named: NamedFor;
};

type By = Deciders & { desk: Desk };

/** How the duty stands: ended by both bodies, or decided by one of them while the other has not. */
export type Endings = { ended: Ending | null; alone: Decision | null };

const NEEDED = 'needs-reassessed-none-remaining';
const NO_LONGER = 'no-longer-needed';

/** Whether the duty ended by both bodies' decisions. What does not count is asked about with what it lacks. */
export function endingOf(duration: Duration, history: History, by: By): Endings {
  const { desk } = by;
  const all = decisionsIn(duration, history, desk);
  let decisions = standing(all).filter((d) => counts(d, duration, history, by));
  let back = reinstatements(duration, history, desk);
  for (;;) {
    const ending = firstEnding(decisions, desk);
    if (!ending) break;
    const taken = takenBackBy(ending, back) ?? takenBackLater(ending, duration, history, desk);
    if (!taken) {
      const facts = [ending.council.id, ending.icb.id];
      desk.because(jointEnding, `Council and ICB both decided, the later on ${ending.on}.`, facts);
      return { ended: ending, alone: null };
    }
    desk.because(reinstatement, `The ending of ${ending.on} was taken back, from ${taken.from}.`, [taken.id]);
    const again = taken.from > ending.on ? taken.from : ending.on;
    decisions = decisions.filter(({ decidedOn }) => decidedOn > again);
    back = notOfTheSame(taken, back, decisions);
  }
  const alone = decisions.at(-1) ?? null;
  if (alone && duration.until === null) askForTheOther(alone, all, desk);
  return { ended: null, alone };
}

const decisionsIn = ({ since, until }: Duration, { stated }: History, desk: Desk): Decision[] =>
  stated.filter(
    (f): f is Decision =>
      f.kind === 'aftercare-decision' &&
      (since === null || f.decidedOn >= since) &&
      (until === null || f.decidedOn < until) &&
      desk.hasCome(f.decidedOn),
  );

/** Decisions to end, in the order of their days. A later one of the same body that aftercare is still needed takes the earlier back. */
const standing = (all: readonly Decision[]): Decision[] =>
  all.filter((d) => d.decision === NO_LONGER && !contraries(d, all).some(({ body }) => body === d.body));

/** Decisions since then that aftercare is still needed. */
const contraries = ({ decidedOn }: Decision, all: readonly Decision[]): Decision[] =>
  all.filter((o) => o.decision !== NO_LONGER && o.decidedOn >= decidedOn);

type Between = { from: Day; until: Day | null };

function reinstatements({ from, until }: Between, { stated }: History, desk: Desk): Reinstatement[] {
  return stated.filter(
    (f): f is Reinstatement =>
      f.kind === 'reinstated' && f.from >= from && (until === null || f.from < until) && desk.hasCome(f.from),
  );
}

/** The first decision of each body that two people made. */
function firstEnding(decisions: readonly Decision[], desk: Desk): Ending | null {
  const ofIcb = decisions.filter(({ body }) => body === 'icb');
  const pairs = decisions
    .filter(({ body }) => body === 'council')
    .flatMap((council) => ofIcb.map((icb): Ending => ({ on: later(council, icb), council, icb })))
    .sort((a, b) => compare(a.on, b.on));
  const byTwo = pairs.find((pair) => !mayBeOnePerson(pair) && !isOneOrganisation(pair));
  if (byTwo) return byTwo;
  return pairs.find((pair) => areTwo(pair, desk)) ?? null;
}

const later = (a: Decision, b: Decision): Day => (a.decidedOn > b.decidedOn ? a.decidedOn : b.decidedOn);

type Pair = Pick<Ending, 'council' | 'icb'>;

const mayBeOnePerson = ({ council, icb }: Pair): boolean =>
  mayBeOneName(council.source.statedBy.name, icb.source.statedBy.name);

/** In words: a body that is known cannot decide for the other side. */
const isOneOrganisation = ({ council, icb }: Pair): boolean =>
  lettersOf(council.source.statedBy.organisation) === lettersOf(icb.source.statedBy.organisation);

/** Both are asked at once. */
function areTwo(pair: Ending, desk: Desk): boolean {
  const people = !mayBeOnePerson(pair) || areTwoPeople(pair, desk);
  const bodies = !isOneOrganisation(pair) || areTwoBodies(pair, desk);
  return people && bodies;
}

function areTwoPeople({ on, council, icb }: Ending, desk: Desk): boolean {
  const facts = [council.id, icb.id];
  const answer = desk.ask({
    kind: 'ending-proposed',
    text: `Both decisions of the ending on ${on} are in what may be one person's name. Each body decides by itself, through somebody who acts for it (${twoDeciders.cites}). Aftercare goes on. Are they two people of one name? If not, record the decision of the other body.`,
    options: ['two-people'],
    about: facts,
    facts,
  });
  return answer !== null;
}

function areTwoBodies({ on, council, icb }: Ending, desk: Desk): boolean {
  const facts = [council.id, icb.id];
  const answer = desk.ask({
    kind: 'ending-proposed',
    text: `Both decisions of the ending on ${on} are in the name of one organisation, ${council.source.statedBy.organisation}. Council and ICB decide each by itself (${twoDeciders.cites}). Aftercare goes on. Was the one decided for the council, the other for the ICB, by each of them? If not, record the decision of the other body.`,
    options: ['two-bodies'],
    about: ['one organisation', ...facts],
    facts,
  });
  return answer !== null;
}

/** One reinstatement takes one ending back: the first after it, or one that says it should never have ended. */
const takenBackBy = ({ on }: Ending, back: readonly Reinstatement[]): Reinstatement | null =>
  back.find(({ from }) => from >= on) ?? back.at(-1) ?? null;

/** From a day in hospital there is no aftercare to give again: only people know whether the ending before it is meant. */
function takenBackLater(ending: Ending, { again }: Duration, history: History, desk: Desk): Reinstatement | null {
  const later = again === null ? [] : reinstatements({ from: again.from, until: again.leftOn }, history, desk);
  const [first] = later;
  if (!again || !first) return null;
  const facts = [ending.council.id, ending.icb.id, ...later.map(({ id }) => id)];
  const answer = desk.ask({
    kind: 'ending-incomplete',
    text: `Aftercare was ended on ${ending.on}, the person was detained again on ${again.from}, and it was stated that aftercare is given again from ${first.from}, before leaving hospital. Is that ending taken back, so that aftercare went on until the detention (${reinstatement.cites})? Aftercare after this detention begins on leaving hospital in any case. Until it is answered the ending stands.`,
    options: ['ending-stands', 'ending-taken-back'],
    about: facts,
    facts,
  });
  return answer === 'ending-taken-back' ? first : null;
}

/** Two officers may take the same ending back: what is said before anybody decides anew is about it as well. */
function notOfTheSame(
  taken: Reinstatement,
  back: readonly Reinstatement[],
  later: readonly Decision[],
): Reinstatement[] {
  const [next] = later;
  return back.filter(({ from }) => from < taken.from || (next !== undefined && from >= next.decidedOn));
}

function askForTheOther(one: Decision, all: readonly Decision[], desk: Desk): void {
  const against = contraries(one, all).at(-1);
  const other = against
    ? `The ${wordsFor(against.body)} decided on ${against.decidedOn} that it is still needed: the two contradict each other, and aftercare goes on. Settle it together; then record the decision that changed, or withdraw one.`
    : `The ${one.body === 'icb' ? 'council' : 'ICB'} has not decided; aftercare goes on. Record its decision, or withdraw this one.`;
  desk.ask({
    kind: 'ending-incomplete',
    text: `The ${wordsFor(one.body)} decided on ${one.decidedOn} that aftercare is no longer needed. ${other}`,
    options: [],
    about: [one.id],
    facts: [one.id, ...(against ? [against.id] : [])],
  });
}

const wordsFor = (body: Decision['body']): string => (body === 'icb' ? 'ICB' : body);

/** A decision that lacks what makes it one is kept as a proposal, with the reason it does not count. */
function counts(decision: Decision, duration: Duration, history: History, by: By): boolean {
  const lacks = whyNot(decision, duration, history, by);
  if (lacks !== null) {
    if (duration.until === null) askAboutProposal(decision, lacks, by.desk);
    return false;
  }
  const order = orderOn(history, decision.decidedOn, duration.since);
  return order === null || isOverSince(order, decision, duration, by.desk);
}

const askAboutProposal = ({ id, body, decidedOn }: Decision, lacks: string, desk: Desk): string | null =>
  desk.ask({
    kind: 'ending-proposed',
    text: `The ${wordsFor(body)} decided on ${decidedOn} that aftercare is no longer needed. That does not count: ${lacks}. Aftercare goes on. Record a decision that does, or withdraw this one.`,
    options: [],
    about: [id],
    facts: [id],
  });

/**
 * An order lasts six months, is extended or ends before (MHA 1983 ss17C, 20A), and who tells of it need not tell its end: of
 * such an order people know.
 */
function isOverSince(order: Order, { id, body, decidedOn }: Decision, { until }: Duration, desk: Desk): boolean {
  const answer = desk.ask({
    kind: 'ending-proposed',
    text: `The ${wordsFor(body)} decided on ${decidedOn} that aftercare is no longer needed. That does not count on a community treatment order (${noEndingOnAnOrder.cites}), and of the one of ${dayOf(order)} no end was told. Aftercare goes on. Had it ended before? If not, record a decision of after its end, or withdraw this one.`,
    options: ['order-had-ended'],
    about: ['order', id, dayOf(order)],
    facts: [id, order.id],
    isSettled: until !== null,
  });
  return answer === 'order-had-ended';
}

function whyNot(decision: Decision, duration: Duration, history: History, by: By): string | null {
  const { from, inside, named } = duration;
  const { body, decidedOn, reasons } = decision;
  if (body === 'trust') return `only the council and the ICB decide (${twoDeciders.cites})`;
  const stranger = whyNotTheirs({ ...decision, body }, named, by);
  if (stranger !== null) return `${stranger} (${twoDeciders.cites})`;
  if (decidedOn < from) return 'it was decided before aftercare began';
  if (inside.some((time) => decidedOn >= time.from && (time.to === null || decidedOn < time.to))) {
    return 'it was decided while the person was back in hospital';
  }
  if ((orderOn(history, decidedOn, duration.since)?.to ?? null) !== null) {
    return `the person was on a community treatment order (${noEndingOnAnOrder.cites})`;
  }
  if (!reasons.includes(NEEDED)) {
    return `"${reasons.map((reason) => reason.replaceAll('-', ' ')).join('", "')}" does not show that needs were reassessed and none remain (${currentNeeds.cites})`;
  }
  if (!decision.personInvolved) return `the person was not involved (${personInvolved.cites})`;
  return null;
}
