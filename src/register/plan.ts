import type { Desk } from './desk.js';
import type { Plan, PlanLack } from './entry.js';
import type { History } from './history.js';
import { compare, dayOf } from './order.js';
import type { Span } from './spans.js';

type Said = History['plans'][number];

/** The plan last agreed for this span of duty, by whomever it was said, and what it lacks to be complete. */
export function planOf(span: Span, to: string | null, history: History, desk: Desk): Plan | null {
  const begun = span.detentions[0]?.from ?? '';
  const said = history.plans
    .filter((f) => (span.first || f.agreedOn >= begun) && desk.hasCome(f.agreedOn))
    .filter((f) => to === null || dayOf(f) <= to)
    .sort(asSaid);
  const plan = said.reduce<Said | null>(withLater, null);
  if (!plan) return null;
  const { agreedOn, lead, needs, reviewDue } = plan;
  const { crisisPlan = null, participants = [], copyGivenOn = null, accommodation = null } = plan;
  const whole = { agreedOn, lead, needs, reviewDue, crisisPlan, participants, copyGivenOn, accommodation };
  return { ...whole, lacks: lacksOf(whole) };
}

/** Of two agreed on one day, the one that was said later. What is not recorded yet is said now, so after everything else. */
const asSaid = (a: Said, b: Said): number =>
  compare(a.agreedOn, b.agreedOn) || saidAt(a) - saidAt(b) || compare(a.id, b.id);

function saidAt({ source }: Said): number {
  const at = source.by === 'message' ? source.sentAt : source.statedAt;
  return at === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(at);
}

/**
 * What people state is the whole plan. A CarePlan has no place of its own for some of it, and says nothing by leaving it
 * out: so of a plan agreed on the same day that stays as it was said.
 */
function withLater(plan: Said | null, later: Said): Said {
  if (later.kind === 'plan' || plan?.agreedOn !== later.agreedOn) return later;
  const needs = later.needs.length > 0 ? later.needs : plan.needs;
  const { crisisPlan, participants, copyGivenOn, accommodation } = plan;
  const before = {
    ...(crisisPlan === undefined ? {} : { crisisPlan }),
    ...(participants === undefined ? {} : { participants }),
    ...(copyGivenOn === undefined ? {} : { copyGivenOn }),
    ...(accommodation === undefined ? {} : { accommodation }),
  };
  return { ...before, ...later, needs, lead: later.lead ?? plan.lead, reviewDue: later.reviewDue ?? plan.reviewDue };
}

/** A check of our own, after the themes of the ombudsmen's joint guidance (2022), as far as a record can show it. */
function lacksOf(plan: Omit<Plan, 'lacks'>): PlanLack[] {
  const services = plan.needs.flatMap((need) => need.services);
  const lacks: [PlanLack, boolean][] = [
    ['lead', plan.lead === null],
    ['needs', plan.needs.length === 0],
    ['services', plan.needs.some((need) => need.services.length === 0)],
    ['who-pays', services.some(({ fundedBy }) => fundedBy === null)],
    ['review-date', plan.reviewDue === null],
    ['crisis-plan', plan.crisisPlan === null],
    ['participants', plan.participants.length === 0],
    ['copy-given', plan.copyGivenOn === null],
  ];
  return lacks.flatMap(([what, isMissing]) => (isMissing ? [what] : []));
}
