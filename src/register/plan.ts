import type { Desk } from './desk.js';
import type { Plan, PlanLack } from './entry.js';
import type { StatedFact } from './fact.js';
import type { History } from './history.js';
import { compare, dayOf } from './order.js';
import type { Span } from './spans.js';

type Stated = Extract<StatedFact, { kind: 'plan' }>;

/** The plan last agreed for this span of duty, and what it lacks to be complete. */
export function planOf(span: Span, to: string | null, history: History, desk: Desk): Plan | null {
  const begun = span.detentions[0]?.from ?? '';
  const plans = history.stated.filter(
    (f): f is Stated => f.kind === 'plan' && (span.first || f.agreedOn >= begun) && desk.hasCome(f.agreedOn),
  );
  const latest = plans
    .filter((f) => to === null || dayOf(f) <= to)
    .sort(asRecorded)
    .at(-1);
  if (!latest) return null;
  const { agreedOn, lead, needs, reviewDue } = latest;
  const { crisisPlan = null, participants = [], copyGivenOn = null, accommodation = null } = latest;
  const plan = { agreedOn, lead, needs, reviewDue, crisisPlan, participants, copyGivenOn, accommodation };
  return { ...plan, lacks: lacksOf(plan) };
}

/** Of two agreed on one day, the one that was recorded later. */
const asRecorded = (a: Stated, b: Stated): number =>
  compare(a.agreedOn, b.agreedOn) || compare(a.source.statedAt ?? '', b.source.statedAt ?? '') || compare(a.id, b.id);

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
