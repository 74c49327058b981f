import { createHash } from 'node:crypto';
import type { Bundle, BundleEntry, Patient } from 'fhir/r4.js';
import { NHS_NUMBER_SYSTEM, PROFILE } from '../fhir/s117.js';
import type { PatientContent } from './content.js';
import { metaOf } from './parts.js';
import type { Stamped, StampedResource } from './stamp.js';

/**
 * One version as one transaction. The person is created only where the receiver has nobody with that NHS number;
 * the rest are conditional PUTs by identifier, so that the same Bundle twice changes nothing. The same stamped
 * resources always give the same Bundle.
 *
 * `versions`: identifier value → the server's versionId that was read, for `If-Match`.
 */
export function transactionBundle(
  patient: PatientContent,
  { resources }: Stamped,
  versions: ReadonlyMap<string, string> = new Map(),
): Bundle<Patient | StampedResource> {
  const patientUrl = `urn:uuid:${uuidFrom(`patient of ${resources.map(({ identifier }) => identifier[0].value).join(' ')}`)}`;
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      patientEntry(patient, patientUrl),
      ...resources.map((resource) => putEntry(aboutPatient(resource, patientUrl), versions)),
    ],
  };
}

function patientEntry(patient: PatientContent, fullUrl: string): BundleEntry<Patient> {
  return {
    fullUrl,
    resource: patientResource(patient),
    request: { method: 'POST', url: 'Patient', ifNoneExist: `identifier=${NHS_NUMBER_SYSTEM}|${patient.nhsNumber}` },
  };
}

/** NHS number, name, birth date and no more. */
export function patientResource({ nhsNumber, family, given, birthDate }: PatientContent): Patient {
  const name = { ...(family === null ? {} : { family }), ...(given.length === 0 ? {} : { given }) };
  return {
    resourceType: 'Patient',
    meta: metaOf(PROFILE.patient),
    identifier: [{ system: NHS_NUMBER_SYSTEM, value: nhsNumber }],
    ...(Object.keys(name).length === 0 ? {} : { name: [name] }),
    ...(birthDate === null ? {} : { birthDate }),
  };
}

function putEntry(resource: StampedResource, versions: ReadonlyMap<string, string>): BundleEntry<StampedResource> {
  const [{ system, value: uuid }] = resource.identifier;
  const version = versions.get(uuid);
  return {
    fullUrl: `urn:uuid:${uuid}`,
    resource,
    request: {
      method: 'PUT',
      url: `${resource.resourceType}?identifier=${system}|${uuid}`,
      ...(version === undefined ? {} : { ifMatch: `W/"${version}"` }),
    },
  };
}

function aboutPatient(resource: StampedResource, reference: string): StampedResource {
  return resource.resourceType === 'EpisodeOfCare'
    ? { ...resource, patient: { ...resource.patient, reference } }
    : { ...resource, subject: { ...resource.subject, reference } };
}

/** A UUID of version 8 (RFC 9562) made from our own identifiers, never from the NHS number. */
function uuidFrom(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
