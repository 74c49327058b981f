import { isAsSent } from '../../fhir/as-sent.js';
import type { CarePlan } from '../../fhir/resources.js';
import { type Instant, londonDay } from '../../register/day.js';
import type { AgreedPlan, MessageFact } from '../../register/fact.js';
import type { FhirFeed } from './feed.js';
import { numberOf, preferredNumber } from './number.js';
import { leadOf, nameOf } from './people-named.js';
import { needsOf, type PlanTold } from './plan-needs.js';
import { extensionsAt, type Placed, partOf } from './reading.js';

/** R4 CarePlan.status: a plan that its sender says is not to be followed. Of the duty that says nothing. */
const TAKEN_BACK: readonly CarePlan['status'][] = ['revoked', 'entered-in-error'];
const AGREED: readonly CarePlan['status'][] = ['active', 'on-hold', 'completed'];

/** Whether a CarePlan is one of aftercare: hospitals and councils have plans of many kinds. */
export const isAftercarePlan = ({ category = [] }: CarePlan, { carePlan }: FhirFeed): boolean =>
  category.some(({ coding = [] }) =>
    coding.some(({ system, code }) => carePlan.categories.some((own) => own.system === system && own.code === code)),
  );

/** What a CarePlan says was agreed, or that it no longer holds. Nothing, and why in `reading`, where it tells nothing. */
export function carePlanFacts(told: PlanTold): MessageFact[] {
  const { plan, found, reading, maker } = told;
  if (isAsSent(found.resource)) return reading.tellsNothing('the care plan is ours and comes back as it was sent');
  const number = planNumber(told);
  if (number === null) {
    reading.fault('field-missing', `${found.place}.identifier`, 'is missing: nothing could correct the plan later');
    return [];
  }
  if (TAKEN_BACK.includes(plan.status)) return [maker.fact({ kind: 'care-plan-withdrawn', plan: number }, maker.at)];
  const isOfPeople = plan.intent === 'plan' || plan.intent === 'order';
  if (!AGREED.includes(plan.status) || !isOfPeople) return reading.tellsNothing('the care plan is not agreed yet');
  const agreed = agreedAt(told);
  if (agreed === null) return [];
  const content = contentOf(told, londonDay(agreed));
  return [maker.fact({ kind: 'care-plan', plan: number, ...content }, agreed)];
}

const planNumber = ({ plan, found, feed }: PlanTold): string | null =>
  numberOf(preferredNumber(plan.identifier ?? []), feed) ??
  (found.known ? `${found.known.server}/${found.known.id}` : null);

/** Null, and a fault, where it is not said, or is said to be on a day that had not come. */
function agreedAt({ plan: { created }, found, reading, maker }: PlanTold): Instant | null {
  const place = `${found.place}.created`;
  if (created === undefined) {
    return reading.fault('field-missing', place, 'is missing: the day on which the plan was agreed');
  }
  const agreed = reading.moment(created, place);
  if (agreed === null || agreed.day <= londonDay(maker.at)) return agreed?.instant ?? null;
  return reading.fault('field-invalid', place, 'is on a day after the one on which it was said');
}

function contentOf(told: PlanTold, agreedOn: string): AgreedPlan {
  const { plan, found, feed, resolve } = told;
  const { carePlan } = feed;
  const crisisPlan = one(told, carePlan.crisisPlan)?.extension.valueString;
  const copyGivenOn = dayIn(told, one(told, carePlan.copyGiven));
  const participants = (plan.contributor ?? []).flatMap((each) => nameOf(each, found, resolve) ?? []);
  return {
    agreedOn,
    lead: leadOf(plan.author, found, resolve),
    needs: needsOf(told),
    reviewDue: dayIn(told, one(told, carePlan.reviewDue)),
    ...(crisisPlan === undefined ? {} : { crisisPlan }),
    ...(participants.length === 0 ? {} : { participants }),
    ...(copyGivenOn === null ? {} : { copyGivenOn }),
    ...accommodationOf(told),
  };
}

const one = ({ plan, found }: PlanTold, addresses: readonly string[]): Placed | null =>
  extensionsAt(plan.extension, addresses, found.place)[0] ?? null;

const dayIn = ({ reading }: PlanTold, placed: Placed | null): string | null =>
  placed === null ? null : (reading.moment(placed.extension.valueDate, `${placed.place}.value`)?.day ?? null);

/** Both parts or neither: whether it meets a need says nothing without why. */
function accommodationOf(told: PlanTold): Pick<AgreedPlan, 'accommodation'> {
  const stated = one(told, told.feed.carePlan.accommodation);
  if (stated === null) return {};
  const meetsNeed = partOf(stated, 'meetsNeed')?.extension.valueBoolean;
  const because = partOf(stated, 'because')?.extension.valueString;
  if (meetsNeed !== undefined && because !== undefined) return { accommodation: { meetsNeed, because } };
  const absent = meetsNeed === undefined ? 'meetsNeed' : 'because';
  told.reading.fault('field-missing', `${stated.place}.extension('${absent}').value`, 'is missing');
  return {};
}
