import fc from 'fast-check';
import type { Bundle, CarePlan, Extension, Patient, PractitionerRole } from 'fhir/r4.js';
import { NHS } from '../fhir/samples.js';

/** A plan as it comes: by itself, or in a Bundle with the person. */
export type PlanMessage = CarePlan | Bundle<Patient | CarePlan>;

/** A trust, a council and an ICB whose systems send plans. */
export const PLANNERS = ['RXT', '406', 'QHL'] as const;

export type PlanSaid = {
  by: (typeof PLANNERS)[number];
  /** The sender's number of the plan. */
  number: string;
  status: CarePlan['status'];
  /** A day; and an instant, which is that of this version. */
  agreedOn: string;
  saidAt: string;
  /** Whom it names: by NHS number, by the sender's own, or by both. */
  nhsNumber: string | null;
  mrn: string | null;
  isInBundle: boolean;
  /** Which of some contents, and whether people have agreed it. */
  content: number;
  intent: CarePlan['intent'];
};

const OURS = 'https://aftercare-bridge.example/fhir';
const ours = (name: string, value: Omit<Extension, 'url'>): Extension => ({
  url: `${OURS}/StructureDefinition/${name}`,
  ...value,
});

const activity = (need: string, service?: string, paidUnder?: string) => ({
  detail: {
    ...(paidUnder && { extension: [ours('s117-funding', { valueCode: paidUnder })] }),
    status: 'in-progress' as const,
    ...(service && { code: { text: service } }),
    reasonCode: [{ text: need }],
  },
});

const LEAD: PractitionerRole = {
  resourceType: 'PractitionerRole',
  id: 'lead',
  practitioner: { display: 'Sam Example' },
  code: [{ text: 'care coordinator' }],
};

/** From everything that a plan may say down to nothing but that it is one. Each need says whose it is. */
const contentsFor = (whose: string): readonly Partial<CarePlan>[] => [
  {
    author: { reference: '#lead' },
    contributor: [{ display: 'the person' }],
    activity: [
      activity(`supported living for ${whose}`, 'A flat', 's117'),
      activity(`company for ${whose}`, 'A visitor', 'care-act'),
    ],
    extension: [
      ours('s117-review-due', { valueDate: '2026-09-01' }),
      ours('s117-crisis-plan', { valueString: 'Ring the crisis line' }),
      ours('s117-copy-given', { valueDate: '2026-08-02' }),
    ],
  },
  { activity: [activity(`supported living for ${whose}`, 'A flat')] },
  {
    extension: [ours('s117-review-due', { valueDate: '2026-06-01' })],
    activity: [activity(`company for ${whose}`)],
  },
  {},
];

/** Numbers of the trust are those of its HL7 v2; a council's and an ICB's are their own. */
const systemOf = (by: PlanSaid['by']): string => (by === 'RXT' ? 'RXT' : `https://${by}.example/Id/person`);

function patientOf({ by, nhsNumber, mrn }: PlanSaid): Patient {
  return {
    resourceType: 'Patient',
    identifier: [
      ...(nhsNumber === null ? [] : [{ system: NHS, value: nhsNumber }]),
      ...(mrn === null ? [] : [{ system: systemOf(by), value: mrn }]),
    ],
    name: [{ family: 'Example', given: ['Pat'] }],
  };
}

const FULL_URL = 'urn:uuid:5d1f2a0e-7a3c-4b7e-9c55-000000000001';

/** One version of a plan, as the body's system writes it. */
export function planMessage(said: PlanSaid): PlanMessage {
  const { by, nhsNumber, mrn, saidAt, isInBundle } = said;
  const source = `urn:nhs-uk:addressing:ods:${by}`;
  const isByBoth = nhsNumber !== null && mrn !== null;
  const [identifier] = patientOf(said).identifier ?? [];
  const contents = contentsFor(nhsNumber ?? mrn ?? 'nobody');
  const inside: Patient[] = isByBoth && !isInBundle ? [{ ...patientOf(said), id: 'person' }] : [];
  const plan: CarePlan = {
    resourceType: 'CarePlan',
    meta: { source, lastUpdated: saidAt },
    contained: [LEAD, ...inside],
    identifier: [{ system: `https://${by.toLowerCase()}.example/Id/care-plan`, value: said.number }],
    status: said.status,
    intent: said.intent,
    category: [{ coding: [{ system: `${OURS}/CodeSystem/s117-flag`, code: 'section-117-aftercare' }] }],
    subject: isInBundle
      ? { reference: FULL_URL }
      : isByBoth
        ? { reference: '#person' }
        : identifier
          ? { identifier }
          : {},
    created: said.agreedOn,
    ...contents[said.content % contents.length],
  };
  return isInBundle ? bundled(plan, patientOf(said), source) : plan;
}

const bundled = (plan: CarePlan, patient: Patient, source: string): PlanMessage => ({
  resourceType: 'Bundle',
  type: 'transaction',
  meta: { source },
  timestamp: plan.meta?.lastUpdated ?? '',
  entry: [
    { fullUrl: FULL_URL, resource: patient, request: { method: 'POST', url: 'Patient' } },
    { resource: plan, request: { method: 'POST', url: 'CarePlan' } },
  ],
});

/** The same message with another CarePlan in it. */
export const withPlan = (message: PlanMessage, change: (plan: CarePlan) => CarePlan): PlanMessage =>
  message.resourceType === 'CarePlan'
    ? change(message)
    : {
        ...message,
        entry: (message.entry ?? []).map((entry) =>
          entry.resource?.resourceType === 'CarePlan' ? { ...entry, resource: change(entry.resource) } : entry,
        ),
      };

/** With an identifier of its own, where it is a message that has one; a version of a plan is known by its time. */
export const identifiedAs = (message: PlanMessage, value: string): PlanMessage =>
  message.resourceType === 'Bundle' ? { ...message, identifier: { value } } : message;

/** What we sent a council, as its server gives it out; changed there or not. */
export function givenBack(plan: object, at: string, isChanged: boolean): CarePlan {
  const sent = plan as CarePlan;
  const meta = { ...sent.meta, versionId: '7', lastUpdated: at, source: 'urn:nhs-uk:addressing:ods:406' };
  const subject = { ...sent.subject, reference: 'Patient/55' };
  return { ...sent, id: 'server-1', meta, subject, ...(isChanged && { activity: [activity('company', 'A visitor')] }) };
}

type Who = { nhsNumber: string; mrn: string };
type Scope = { persons: readonly Who[]; times: readonly string[]; days: readonly string[] };

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** Whatever may come of plans, of these people and at these moments. */
export const anyPlan = ({ persons, times, days }: Scope): fc.Arbitrary<PlanMessage> =>
  fc
    .record({
      who: oneOf(...persons),
      other: oneOf(...persons),
      named: oneOf<'number' | 'both' | 'local' | 'crossed'>('number', 'number', 'both', 'local', 'crossed'),
      by: oneOf(...PLANNERS),
      /** A number is one person's; often enough another is told of under it. */
      number: oneOf('own-1', 'own-2', 'shared', 'shared'),
      status: oneOf<CarePlan['status']>('active', 'active', 'active', 'on-hold', 'completed', 'draft', ...TAKEN_BACK),
      intent: oneOf<CarePlan['intent']>('plan', 'plan', 'plan', 'plan', 'plan', 'order', 'proposal'),
      agreedOn: oneOf(...days),
      saidAt: oneOf(...times),
      content: fc.nat(3),
      isInBundle: fc.boolean(),
    })
    .map(({ who, other, named, number, ...rest }) =>
      planMessage({
        ...rest,
        number: number === 'shared' ? number : `${who.mrn}-${number}`,
        nhsNumber: named === 'local' ? null : who.nhsNumber,
        mrn: { number: null, both: who.mrn, local: who.mrn, crossed: other.mrn }[named],
      }),
    );

export const TAKEN_BACK = ['revoked', 'entered-in-error'] as const;
