import type { Day } from '../day.js';
import type { Desk } from '../desk.js';
import type { StatedFact } from '../fact.js';
import type { History } from '../history.js';
import type { Rule } from '../rule.js';
import { ctoInForce } from './community-treatment-order.js';

export const jointEnding: Rule = {
  id: 'joint-ending',
  says: 'Aftercare ends only when the council and the NHS body are both satisfied that it is no longer needed, and never on a community treatment order.',
  cites: 'MHA 1983 s117(2); Code of Practice 2015 paras 33.20-33.23',
  inForce: { from: null, to: null },
};

export const reinstatement: Rule = {
  id: 'reinstatement',
  says: 'Aftercare that was ended too early is given again: the ending is taken back.',
  cites: 'MHA 1983 s117(2); Code of Practice 2015 ch 33',
  inForce: { from: null, to: null },
};

type Decision = Extract<StatedFact, { kind: 'aftercare-decision' }>;
type Reinstatement = Extract<StatedFact, { kind: 'reinstated' }>;
type Ending = { on: Day; council: Decision; icb: Decision };

const NEEDED = 'needs-reassessed-none-remaining';

/** The day the duty that began on `from` ended by both bodies' decisions; null while it is owed. */
export function endedOn(from: Day, until: Day | null, history: History, desk: Desk): Day | null {
  let decisions = decisionsIn(until, history, desk).filter((d) => counts(d, from, history, desk));
  const back = reinstatements(from, until, history, desk);
  for (;;) {
    const ending = firstEnding(decisions);
    if (!ending) break;
    const taken = takenBackBy(ending, back);
    if (!taken) {
      desk.because(jointEnding, `Council and ICB both decided, the later on ${ending.on}.`, [
        ending.council.id,
        ending.icb.id,
      ]);
      return ending.on;
    }
    desk.because(reinstatement, `The ending of ${ending.on} was taken back, from ${taken.from}.`, [taken.id]);
    back.splice(back.indexOf(taken), 1);
    const again = taken.from > ending.on ? taken.from : ending.on;
    decisions = decisions.filter(({ decidedOn }) => decidedOn > again);
  }
  askForTheOther(decisions, desk);
  return null;
}

/** Decisions in the order of their days. A later one of the same body that aftercare is still needed takes the earlier back. */
function decisionsIn(until: Day | null, { stated }: History, desk: Desk): Decision[] {
  const all = stated.filter(
    (f): f is Decision =>
      f.kind === 'aftercare-decision' && (until === null || f.decidedOn < until) && desk.hasCome(f.decidedOn),
  );
  return all.filter(
    (d) =>
      d.decision === 'no-longer-needed' &&
      !all.some((o) => o.body === d.body && o.decision !== 'no-longer-needed' && o.decidedOn >= d.decidedOn),
  );
}

function reinstatements(from: Day, until: Day | null, { stated }: History, desk: Desk): Reinstatement[] {
  return stated.filter(
    (f): f is Reinstatement =>
      f.kind === 'reinstated' && f.from >= from && (until === null || f.from < until) && desk.hasCome(f.from),
  );
}

function firstEnding(decisions: readonly Decision[]): Ending | null {
  const council = decisions.find(({ body }) => body === 'council');
  const icb = decisions.find(({ body }) => body === 'icb');
  if (!council || !icb) return null;
  return { on: council.decidedOn > icb.decidedOn ? council.decidedOn : icb.decidedOn, council, icb };
}

/** One reinstatement takes one ending back: the first after it, or one that says it should never have ended. */
const takenBackBy = ({ on }: Ending, back: readonly Reinstatement[]): Reinstatement | null =>
  back.find(({ from }) => from >= on) ?? back.at(-1) ?? null;

function askForTheOther(decisions: readonly Decision[], desk: Desk): void {
  const one = decisions.at(-1);
  if (!one) return;
  desk.ask({
    kind: 'ending-incomplete',
    text: `The ${one.body === 'icb' ? 'ICB' : 'council'} decided on ${one.decidedOn} that aftercare is no longer needed. The other body has not decided; aftercare goes on. Record its decision, or withdraw this one.`,
    options: [],
    about: [one.id],
    facts: [one.id],
  });
}

/** A decision that lacks what makes it one is kept as a proposal, with the reason it does not count. */
function counts(decision: Decision, from: Day, history: History, desk: Desk): boolean {
  const lacks = whyNot(decision, from, history);
  if (lacks === null) return true;
  desk.ask({
    kind: 'ending-proposed',
    text: `An ending proposed on ${decision.decidedOn} does not count: ${lacks}. Aftercare goes on. Record a decision that does, or withdraw this one.`,
    options: [],
    about: [decision.id],
    facts: [decision.id],
  });
  return false;
}

function whyNot(decision: Decision, from: Day, history: History): string | null {
  if (decision.body === 'trust') return 'only the council and the ICB decide (MHA 1983 s117(2))';
  if (decision.decidedOn < from) return 'it was decided before aftercare began';
  if (ctoInForce(history, decision.decidedOn))
    return 'the person was on a community treatment order (MHA 1983 s117(2))';
  if (!decision.reasons.includes(NEEDED)) {
    return `"${decision.reasons.join('", "')}" does not show that needs were reassessed and none remain (Code of Practice 33.20-33.22)`;
  }
  if (!decision.personInvolved) return 'the person was not involved (Code of Practice 33.23)';
  return null;
}
