import type { Bundle, Encounter, Extension, FhirResource, Patient } from 'fhir/r4.js';
import { BASE, GSS_SYSTEM, NHS_NUMBER_SYSTEM, ODS_SYSTEM } from '../fhir/s117.js';
import type { Period } from './messages.js';
import type { Invented } from './people.js';

const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
const UK_CORE = 'https://fhir.hl7.org.uk/StructureDefinition';
const TRUST = { identifier: { system: ODS_SYSTEM, value: 'RXT' } };

/** A discharge as a trust's FHIR server tells it. Times as HL7 v2 writes them. */
export type Discharge = {
  sentAt: string;
  person: Invented;
  admitted: string;
  left: string;
  destination: string;
  /** UK Core's legal status, on these two days only. */
  legalStatus?: { admission: string; discharge: string };
  /** Our own extension: a whole Mental Health Act period. */
  periods?: readonly Period[];
};

/** A message Bundle: who sends it, the person, and the stay. */
export function dischargeMessage(told: Discharge, id: string): Bundle<FhirResource> {
  const [header, patient, encounter] = [1, 2, 3].map((n) => `${id}-${n}`);
  return {
    resourceType: 'Bundle',
    type: 'message',
    identifier: { system: 'https://fhir.rxt.example/Id/message', value: id },
    timestamp: moment(told.sentAt),
    entry: [
      {
        fullUrl: `urn:aftercare:demo:${header}`,
        resource: {
          resourceType: 'MessageHeader',
          id: header,
          eventCoding: { system: 'http://terminology.hl7.org/CodeSystem/v2-0003', code: 'A03' },
          sender: TRUST,
          source: { name: 'EPR', endpoint: 'urn:nhs-uk:addressing:ods:RXT' },
        },
      },
      { fullUrl: `urn:aftercare:demo:${patient}`, resource: patientOf(told.person) },
      { fullUrl: `urn:aftercare:demo:${encounter}`, resource: stayOf(told, `urn:aftercare:demo:${patient}`) },
    ],
  };
}

const patientOf = ({ family, given, nhsNumber, mrn, born }: Invented): Patient => ({
  resourceType: 'Patient',
  identifier: [
    ...(nhsNumber === null ? [] : [{ system: NHS_NUMBER_SYSTEM, value: nhsNumber }]),
    { system: 'https://fhir.rxt.example/Id/mrn', value: mrn },
  ],
  name: [{ use: 'official', family, given: [given] }],
  birthDate: day(born),
});

const stayOf = (told: Discharge, patient: string): Encounter => ({
  resourceType: 'Encounter',
  extension: [...legalStatusOf(told.legalStatus), ...(told.periods ?? []).map(detention)],
  identifier: [{ system: 'https://fhir.rxt.example/Id/Encounter', value: `V${told.person.mrn}-1` }],
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
  subject: { reference: patient },
  period: { start: moment(told.admitted), end: moment(told.left) },
  hospitalization: {
    dischargeDisposition: {
      coding: [
        { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationEngland', code: told.destination },
      ],
    },
  },
  serviceProvider: TRUST,
});

const legalStatusOf = (stated: Discharge['legalStatus']): Extension[] =>
  Object.entries(stated ?? {}).map(([context, code]) => ({
    url: `${UK_CORE}/Extension-UKCore-LegalStatus`,
    extension: [
      {
        url: 'legalStatusContext',
        valueCodeableConcept: {
          coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusContext', code: context }],
        },
      },
      { url: 'legalStatusClassification', valueCodeableConcept: { coding: [{ system: ENGLAND, code }] } },
    ],
  }));

function detention({ id, status: [code, display], from, to, community, council, commissioner }: Period): Extension {
  return {
    url: `${BASE}/StructureDefinition/s117-detention`,
    extension: [
      { url: 'identifier', valueIdentifier: { system: 'https://fhir.rxt.example/Id/mha-period', value: id } },
      { url: 'section', valueCoding: { system: ENGLAND, code, display } },
      { url: 'period', valuePeriod: { start: moment(from), ...(to ? { end: moment(to) } : {}) } },
      ...(community
        ? [
            {
              url: `${BASE}/StructureDefinition/s117-community-status`,
              extension: [
                { url: 'status', valueCode: community[0] },
                { url: 'period', valuePeriod: { start: moment(community[1]) } },
              ],
            },
          ]
        : []),
      ...(council ? [{ url: 'council', valueIdentifier: { system: GSS_SYSTEM, value: council } }] : []),
      ...(commissioner ? [{ url: 'commissioner', valueIdentifier: { system: ODS_SYSTEM, value: commissioner } }] : []),
    ],
  };
}

/** `20260301113000` as FHIR writes it. */
const moment = (hl7: string): string => `${day(hl7)}T${hl7.slice(8, 10)}:${hl7.slice(10, 12)}:${hl7.slice(12, 14)}Z`;

const day = (hl7: string): string => `${hl7.slice(0, 4)}-${hl7.slice(4, 6)}-${hl7.slice(6, 8)}`;
