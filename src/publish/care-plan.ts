import type { CarePlan, CarePlanActivity, Extension, PractitionerRole } from 'fhir/r4.js';
import { digestAsSent } from '../fhir/as-sent.js';
import { AFTERCARE, CARE_PLAN_SYSTEM, EPISODE_SYSTEM, EXTENSION, PROFILE } from '../fhir/s117.js';
import type { PlanNeed, PlanService } from '../register/fact.js';
import type { PlanContent } from './content.js';
import {
  type Identified,
  identifierOf,
  metaOf,
  periodOf,
  type Stamping,
  subjectOf,
  versionExtension,
} from './parts.js';

/** The shell is ours; its content is what was agreed. It says what it looked like when sent, for when it comes back. */
export function carePlan(stamping: Stamping): Identified<CarePlan> {
  const plan = plainPlan(stamping);
  const asSent = digestAsSent(plan);
  return asSent === null
    ? plan
    : { ...plan, extension: [...plan.extension, { url: EXTENSION.asSent, valueString: asSent }] };
}

function plainPlan(stamping: Stamping): Identified<CarePlan> & { extension: Extension[] } {
  const { content, patient, ids, recordVersion } = stamping;
  const { plan } = content;
  return {
    resourceType: 'CarePlan',
    meta: metaOf(PROFILE.carePlan),
    ...(plan?.lead ? { contained: [leadRole(plan.lead)] } : {}),
    extension: [
      versionExtension(recordVersion),
      ...(plan?.reviewDue ? [{ url: EXTENSION.reviewDue, valueDate: plan.reviewDue }] : []),
    ],
    identifier: identifierOf(CARE_PLAN_SYSTEM, ids.carePlan),
    status: content.carePlan,
    intent: 'plan',
    category: [{ coding: [AFTERCARE] }],
    title: 'Section 117 aftercare plan',
    subject: subjectOf(patient),
    ...periodOf(content),
    ...(plan ? agreed(plan) : {}),
    supportingInfo: [{ type: 'EpisodeOfCare', identifier: { system: EPISODE_SYSTEM, value: ids.episode } }],
  };
}

function agreed(plan: PlanContent): Pick<CarePlan, 'created' | 'author' | 'activity'> {
  const activity = plan.needs.flatMap(activitiesOf);
  return {
    created: plan.agreedOn,
    ...(plan.lead ? { author: { reference: '#lead', display: `${plan.lead.name}, ${plan.lead.role}` } } : {}),
    ...(activity.length > 0 ? { activity } : {}),
  };
}

const leadRole = ({ name, role }: { name: string; role: string }): PractitionerRole => ({
  resourceType: 'PractitionerRole',
  id: 'lead',
  practitioner: { display: name },
  code: [{ text: role }],
});

/** A need that no service meets yet is still said. */
const activitiesOf = (need: PlanNeed): CarePlanActivity[] =>
  need.services.length === 0 ? [activityFor(need, null)] : need.services.map((service) => activityFor(need, service));

function activityFor(need: PlanNeed, service: PlanService | null): CarePlanActivity {
  return {
    detail: {
      ...(service?.fundedBy ? { extension: paidFor(service.fundedBy) } : {}),
      kind: 'ServiceRequest',
      ...(service ? { code: { text: service.text } } : {}),
      reasonCode: [{ text: need.text }],
      // The register knows what was agreed, not whether it has begun.
      status: 'unknown',
      ...(service?.provider ? { performer: [{ type: 'Organization', display: service.provider }] } : {}),
    },
  };
}

/** Nobody may be charged for what section 117 pays: said beside who pays, so that no reader needs to know it. */
const paidFor = (fundedBy: NonNullable<PlanService['fundedBy']>): Extension[] => [
  { url: EXTENSION.funding, valueCode: fundedBy },
  ...(fundedBy === 's117' ? [{ url: EXTENSION.free, valueBoolean: true }] : []),
];
