import { z } from 'zod';
import {
  Address,
  CodeableConcept,
  Coding,
  date,
  dateTime,
  extensions,
  HumanName,
  Identifier,
  list,
  logicalId,
  Meta,
  modifiable,
  Period,
  Reference,
  ruled,
  text,
} from './elements.js';

/** FHIR R4 Encounter.status. */
export const ENCOUNTER_STATUSES = [
  'planned',
  'arrived',
  'triaged',
  'in-progress',
  'onleave',
  'finished',
  'cancelled',
  'entered-in-error',
  'unknown',
] as const;
const encounterStatus = z.enum(ENCOUNTER_STATUSES);
export type EncounterStatus = z.infer<typeof encounterStatus>;

/** FHIR R4 CarePlan.status. */
const CARE_PLAN_STATUSES = [
  'draft',
  'active',
  'on-hold',
  'revoked',
  'completed',
  'entered-in-error',
  'unknown',
] as const;
/** FHIR R4 CarePlan.activity.detail.status. */
const ACTIVITY_STATUSES = [
  'not-started',
  'scheduled',
  'in-progress',
  'on-hold',
  'completed',
  'cancelled',
  'stopped',
  'unknown',
  'entered-in-error',
] as const;

/** FHIR R4 Task.status. */
const TASK_STATUSES = [
  'draft',
  'requested',
  'received',
  'accepted',
  'rejected',
  'ready',
  'cancelled',
  'in-progress',
  'on-hold',
  'failed',
  'completed',
  'entered-in-error',
] as const;

const LINKS = ['replaced-by', 'replaces', 'refer', 'seealso'] as const;

/** What every resource may have. What is contained is read like any resource, one by one. */
const base = { ...modifiable, ...ruled, id: logicalId.optional(), meta: Meta.optional() };

/** What is read of each type: what the register has no use for is left out, and not checked either. */
const SHAPES = {
  Encounter: z.object({
    ...base,
    resourceType: z.literal('Encounter'),
    extension: extensions,
    identifier: list(Identifier).optional(),
    status: encounterStatus,
    statusHistory: list(z.object({ ...modifiable, status: encounterStatus, period: Period })).optional(),
    class: Coding,
    classHistory: list(z.object({ ...modifiable, class: Coding, period: Period })).optional(),
    subject: Reference.optional(),
    period: Period.optional(),
    hospitalization: z
      .object({ ...modifiable, extension: extensions, dischargeDisposition: CodeableConcept.optional() })
      .optional(),
    serviceProvider: Reference.optional(),
    partOf: Reference.optional(),
  }),
  Patient: z
    .object({
      ...base,
      resourceType: z.literal('Patient'),
      identifier: list(Identifier).optional(),
      name: list(HumanName).optional(),
      birthDate: date.optional(),
      deceasedBoolean: z.boolean().optional(),
      deceasedDateTime: dateTime.optional(),
      address: list(Address).optional(),
      generalPractitioner: list(Reference).optional(),
      managingOrganization: Reference.optional(),
      link: list(z.object({ ...modifiable, other: Reference, type: z.enum(LINKS) })).optional(),
    })
    .refine((patient) => patient.deceasedBoolean === undefined || patient.deceasedDateTime === undefined, {
      path: ['deceasedDateTime'],
      message: 'stands beside deceasedBoolean: only one of the two may',
    }),
  CarePlan: z.object({
    ...base,
    meta: Meta.extend({ source: z.string().optional() }).optional(),
    resourceType: z.literal('CarePlan'),
    extension: extensions,
    identifier: list(Identifier).optional(),
    status: z.enum(CARE_PLAN_STATUSES),
    intent: z.enum(['proposal', 'plan', 'order', 'option']),
    category: list(CodeableConcept).optional(),
    subject: Reference.optional(),
    created: dateTime.optional(),
    author: Reference.optional(),
    contributor: list(Reference).optional(),
    activity: list(
      z.object({
        ...modifiable,
        reference: Reference.optional(),
        detail: z
          .object({
            ...modifiable,
            extension: extensions,
            code: CodeableConcept.optional(),
            reasonCode: list(CodeableConcept).optional(),
            status: z.enum(ACTIVITY_STATUSES),
            doNotPerform: z.boolean().optional(),
            performer: list(Reference).optional(),
          })
          .optional(),
      }),
    ).optional(),
  }),
  Task: z.object({
    ...base,
    meta: Meta.extend({ source: z.string().optional() }).optional(),
    resourceType: z.literal('Task'),
    // What a body keeps there is its own; the one that is ours is read leniently, and refused at the door where it is odd.
    extension: z.unknown().optional(),
    identifier: list(Identifier).optional(),
    status: z.enum(TASK_STATUSES),
    statusReason: CodeableConcept.optional(),
    businessStatus: CodeableConcept.optional(),
    focus: Reference.optional(),
    for: Reference.optional(),
    authoredOn: dateTime.optional(),
    lastModified: dateTime.optional(),
    owner: Reference.optional(),
    output: list(
      z.object({
        ...modifiable,
        type: CodeableConcept,
        valueString: text.optional(),
        valueIdentifier: Identifier.optional(),
      }),
    ).optional(),
  }),
  Practitioner: z.object({
    ...base,
    resourceType: z.literal('Practitioner'),
    name: list(HumanName).optional(),
  }),
  Organization: z.object({
    ...base,
    resourceType: z.literal('Organization'),
    identifier: list(Identifier).optional(),
    name: z.string().optional(),
    partOf: Reference.optional(),
  }),
  PractitionerRole: z.object({
    ...base,
    resourceType: z.literal('PractitionerRole'),
    practitioner: Reference.optional(),
    organization: Reference.optional(),
    code: list(CodeableConcept).optional(),
  }),
  MessageHeader: z
    .object({
      ...base,
      resourceType: z.literal('MessageHeader'),
      eventCoding: Coding.optional(),
      eventUri: z.string().optional(),
      destination: list(
        z.object({ ...modifiable, endpoint: z.string().optional(), receiver: Reference.optional() }),
      ).optional(),
      sender: Reference.optional(),
      source: z.object({ ...modifiable, name: z.string().optional(), endpoint: z.string() }),
      responsible: Reference.optional(),
      reason: CodeableConcept.optional(),
      response: z.object({ ...modifiable }).optional(),
    })
    .refine(({ eventCoding, eventUri }) => eventCoding !== undefined || eventUri !== undefined, {
      path: ['event'],
      message: 'is missing: eventCoding or eventUri says what happened',
    }),
};

type Shapes = typeof SHAPES;
export type ReadType = keyof Shapes;
type ReadResource = { [T in ReadType]: z.infer<Shapes[T]> }[ReadType];
export type Encounter = z.infer<Shapes['Encounter']>;
export type Patient = z.infer<Shapes['Patient']>;
export type CarePlan = z.infer<Shapes['CarePlan']>;
export type Task = z.infer<Shapes['Task']>;
export type MessageHeader = z.infer<Shapes['MessageHeader']>;

/** A resource of a type that tells nothing here. */
export type OtherResource = { resourceType: 'other'; type: string; id?: string };
/** `contained`: the resources inside it, by their ids. */
export type Resource = (ReadResource | OtherResource) & { contained?: Resource[] };

/** Whom a stay, a plan or a task is about, and where it says so; null for a resource that is about nobody. */
export function aboutWhom(resource: Resource): { element: 'subject' | 'for'; reference: Reference | undefined } | null {
  if (resource.resourceType === 'Task') return { element: 'for', reference: resource.for };
  const isOfPerson = resource.resourceType === 'Encounter' || resource.resourceType === 'CarePlan';
  return isOfPerson ? { element: 'subject', reference: resource.subject } : null;
}

/** As it was written. */
export const typeOf = (resource: Resource): string =>
  resource.resourceType === 'other' ? resource.type : resource.resourceType;

export const shapeOf = (type: string): Shapes[ReadType] | null =>
  Object.hasOwn(SHAPES, type) ? SHAPES[type as ReadType] : null;
