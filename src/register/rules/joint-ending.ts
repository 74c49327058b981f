import type { Day } from '../day.js';
import type { Desk } from '../desk.js';
import type { StatedFact } from '../fact.js';
import type { History } from '../history.js';
import type { Rule } from '../rule.js';
import { ctoInForce } from './concurrent.js';

export const jointEnding: Rule = {
  id: 'joint-ending',
  says: 'Aftercare ends only when the council and the NHS body are both satisfied that it is no longer needed, and never on a community treatment order.',
  cites: 'MHA 1983 s117(2); Code of Practice 2015 paras 33.20-33.23',
  inForce: { from: null, to: null },
};

type Decision = Extract<StatedFact, { kind: 'aftercare-decision' }>;

const NEEDED = 'needs-reassessed-none-remaining';

/** The day the duty that began on `from` ended by both bodies' decisions; null while it is owed. */
export function endedOn(from: Day, until: Day | null, history: History, desk: Desk): Day | null {
  const reinstated = latestReinstatement(history, from, desk);
  const decisions = history.stated.filter(
    (f): f is Decision =>
      f.kind === 'aftercare-decision' &&
      f.decision === 'no-longer-needed' &&
      (until === null || f.decidedOn < until) &&
      (reinstated === null || f.decidedOn >= reinstated) &&
      desk.hasCome(f.decidedOn),
  );
  const counted = decisions.filter((d) => counts(d, from, history, desk));
  const council = standing('council', counted, history, desk);
  const icb = standing('icb', counted, history, desk);
  if (council && icb) {
    const on = council.decidedOn > icb.decidedOn ? council.decidedOn : icb.decidedOn;
    desk.because(jointEnding, `Council and ICB both decided, the later on ${on}.`, [council.id, icb.id]);
    return on;
  }
  const one = council ?? icb;
  if (one) {
    desk.ask({
      kind: 'ending-incomplete',
      text: `The ${one.body === 'icb' ? 'ICB' : 'council'} decided on ${one.decidedOn} that aftercare is no longer needed. The other body has not decided; aftercare goes on. Record its decision, or withdraw this one.`,
      options: [],
      facts: [one.id],
    });
  }
  return null;
}

function latestReinstatement({ stated }: History, from: Day, desk: Desk): Day | null {
  const days = stated.flatMap((f) =>
    f.kind === 'reinstated' && f.from >= from && desk.hasCome(f.from) ? [f.from] : [],
  );
  return days.sort().at(-1) ?? null;
}

/** The body's latest decision on the matter; a later one that aftercare is still needed takes the ending back. */
function standing(body: 'council' | 'icb', counted: Decision[], { stated }: History, desk: Desk): Decision | null {
  const last = counted.filter((d) => d.body === body).at(-1);
  if (!last) return null;
  const takenBack = stated.some(
    (f) =>
      f.kind === 'aftercare-decision' &&
      f.body === body &&
      f.decision !== 'no-longer-needed' &&
      f.decidedOn >= last.decidedOn &&
      desk.hasCome(f.decidedOn),
  );
  return takenBack ? null : last;
}

/** A decision that lacks what makes it one is kept as a proposal, with the reason it does not count. */
function counts(decision: Decision, from: Day, history: History, desk: Desk): boolean {
  const lacks = whyNot(decision, from, history);
  if (lacks === null) return true;
  desk.ask({
    kind: 'ending-proposed',
    text: `An ending proposed on ${decision.decidedOn} does not count: ${lacks}. Aftercare goes on. Record a decision that does, or withdraw this one.`,
    options: [],
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
