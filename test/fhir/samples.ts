import type { Bundle, BundleEntry, Encounter, Extension, FhirResource, Patient } from 'fhir/r4.js';

export const PERSON = '9990000018';
export const OTHER = '9990000026';

export const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
export const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
export const MRN = 'https://fhir.rxt.nhs.uk/Id/mrn';
export const VISIT = 'https://fhir.rxt.nhs.uk/Id/Encounter';
export const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
export const WALES = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationWales';
const UK_CORE = 'https://fhir.hl7.org.uk/StructureDefinition';
const OURS = 'https://aftercare-bridge.example/fhir';

export const trust = (ods = 'RXT') => ({ identifier: { system: ODS, value: ods } });

export const patient = (over: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  identifier: [
    { system: NHS, value: PERSON },
    { system: MRN, value: 'L100001' },
  ],
  name: [{ use: 'official', family: 'Example', given: ['Pat'] }],
  birthDate: '1980-01-02',
  address: [{ use: 'home', postalCode: 'B99 1AA' }],
  managingOrganization: trust(),
  ...over,
});

/** UK Core's legal status on admission or on discharge. */
export const legalStatus = (context: string, code: string, system: string = ENGLAND): Extension => ({
  url: `${UK_CORE}/Extension-UKCore-LegalStatus`,
  extension: [
    {
      url: 'legalStatusContext',
      valueCodeableConcept: {
        coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusContext', code: context }],
      },
    },
    { url: 'legalStatusClassification', valueCodeableConcept: { coding: [{ system, code }] } },
  ],
});

export const dischargeMethod = (code: string): Extension => ({
  url: `${UK_CORE}/Extension-UKCore-DischargeMethod`,
  valueCodeableConcept: {
    coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodEngland', code }],
  },
});

export const destination = (code: string) => ({
  dischargeDisposition: {
    coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationEngland', code }],
  },
});

type Detained = {
  id?: string;
  code?: string;
  system?: string;
  start?: string;
  end?: string;
  withdrawn?: boolean;
  council?: string;
  commissioner?: string;
  postcode?: string;
  community?: { status: string; start?: string; end?: string; withdrawn?: boolean }[];
};

/** Our own extension: one whole Mental Health Act period. */
export const detention = (of: Detained = {}): Extension => ({
  url: `${OURS}/StructureDefinition/s117-detention`,
  extension: [
    {
      url: 'identifier',
      valueIdentifier: { system: 'https://fhir.rxt.nhs.uk/Id/mha-period', value: of.id ?? 'MHA-1' },
    },
    { url: 'section', valueCoding: { system: of.system ?? ENGLAND, code: of.code ?? '03' } },
    { url: 'period', valuePeriod: { start: of.start ?? '2026-01-01', ...(of.end ? { end: of.end } : {}) } },
    ...(of.withdrawn ? [{ url: 'withdrawn', valueBoolean: true }] : []),
    ...(of.council ? [{ url: 'council', valueIdentifier: { system: `${OURS}/sid/gss`, value: of.council } }] : []),
    ...(of.postcode ? [{ url: 'postcode', valueString: of.postcode }] : []),
    ...(of.commissioner ? [{ url: 'commissioner', valueIdentifier: { system: ODS, value: of.commissioner } }] : []),
    ...(of.community ?? []).map(({ status, start, end, withdrawn }) => ({
      url: `${OURS}/StructureDefinition/s117-community-status`,
      extension: [
        { url: 'status', valueCode: status },
        ...(start ? [{ url: 'period', valuePeriod: { start, ...(end ? { end } : {}) } }] : []),
        ...(withdrawn ? [{ url: 'withdrawn', valueBoolean: true }] : []),
      ],
    })),
  ],
});

export const IMP = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' };
export const coded = (code: string) => ({ ...IMP, code });

export const encounter = (over: Partial<Encounter> = {}): Encounter => ({
  resourceType: 'Encounter',
  identifier: [{ system: VISIT, value: 'V1' }],
  status: 'in-progress',
  class: IMP,
  subject: { identifier: { system: NHS, value: PERSON } },
  period: { start: '2026-01-01T08:00:00Z' },
  serviceProvider: trust(),
  ...over,
});

/** Home on 1 March 2026. */
export const HOME: Partial<Encounter> = {
  status: 'finished',
  period: { start: '2026-01-01T08:00:00Z', end: '2026-03-01T10:00:00Z' },
  hospitalization: destination('19'),
};

type Telling = { event?: string; at?: string; id?: string; sender?: string };

/** A message Bundle: MessageHeader, then the resources, which refer to each other by `urn:uuid`. */
export function message(resources: (Encounter | Patient)[], of: Telling = {}): Bundle<FhirResource> {
  const { event = 'A03', at = '2026-03-01T10:05:00Z', sender = 'RXT' } = of;
  return {
    resourceType: 'Bundle',
    identifier: { system: 'https://fhir.rxt.nhs.uk/Id/message', value: of.id ?? `${event}-${at}` },
    type: 'message',
    timestamp: at,
    entry: [
      {
        fullUrl: 'urn:uuid:00000000-0000-4000-8000-000000000001',
        resource: {
          resourceType: 'MessageHeader',
          id: '00000000-0000-4000-8000-000000000001',
          eventCoding: { system: 'http://terminology.hl7.org/CodeSystem/v2-0003', code: event },
          sender: trust(sender),
          source: { name: 'EPR', endpoint: `urn:nhs-uk:addressing:ods:${sender}` },
        },
      },
      ...resources.map((resource, index) => ({ fullUrl: urn(index + 2), resource })),
    ],
  };
}

export const urn = (number: number): string => `urn:uuid:00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const bundle = (
  type: Bundle['type'],
  resources: (Encounter | Patient)[],
  over: Partial<Bundle> = {},
): Bundle => ({
  resourceType: 'Bundle',
  type,
  timestamp: '2026-03-01T10:05:00Z',
  entry: resources.map(
    (resource, index): BundleEntry => ({
      fullUrl: urn(index + 2),
      resource,
      ...(type === 'collection' ? {} : { request: { method: 'POST', url: resource.resourceType } }),
    }),
  ),
  ...over,
});
