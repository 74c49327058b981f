import type { Extension, Identifier, Meta, Period, Reference } from 'fhir/r4.js';
import { EXTENSION, NHS_NUMBER_SYSTEM, RESTRICTED } from '../fhir/s117.js';
import type { Day, Instant } from '../register/day.js';
import type { EpisodeContent, PatientContent, ResponsibleBody } from './content.js';
import { type OrganisationOf, organisationReference } from './organisations.js';

/** The identifiers of one episode at one body: given once, kept for life. */
export type EpisodeIds = { anchors: string[]; episode: string; flag: string; carePlan: string };

export type Context = {
  /** When this version was made. */
  recordedAt: Instant;
  /** The organisation that runs the service. */
  recordedBy: { name: string; ods: string | null };
  organisationOf: OrganisationOf;
};

/** Everything that a builder of one resource needs. */
export type Stamping = {
  content: EpisodeContent;
  patient: PatientContent;
  ids: EpisodeIds;
  recordVersion: number;
  context: Context;
};

export const metaOf = (profile: string): Meta => ({ profile: [profile], security: [RESTRICTED] });

/** A resource that a receiver finds by the one identifier that we gave it. */
export type Identified<R extends { identifier?: Identifier[] }> = R & {
  identifier: [{ system: string; value: string }];
};

export const identifierOf = (system: string, uuid: string): [{ system: string; value: string }] => [
  { system, value: uuid },
];

export const subjectOf = (patient: PatientContent): Reference => ({
  type: 'Patient',
  identifier: { system: NHS_NUMBER_SYSTEM, value: patient.nhsNumber },
});

export function periodOf({ start, end }: { start: Day | null; end: Day | null }): { period?: Period } {
  if (start === null && end === null) return {};
  return { period: { ...(start === null ? {} : { start }), ...(end === null ? {} : { end }) } };
}

export const versionExtension = (recordVersion: number): Extension => ({
  url: EXTENSION.recordVersion,
  valuePositiveInt: recordVersion,
});

export const bodyExtensions = (bodies: readonly ResponsibleBody[], organisationOf: OrganisationOf): Extension[] =>
  bodies.map((body) => ({ url: EXTENSION.responsibleBody, extension: bodyParts(body, organisationOf) }));

function bodyParts(body: ResponsibleBody, organisationOf: OrganisationOf): Extension[] {
  const reference = (code: string) => organisationReference(code, organisationOf(body.kind, code));
  const parts: Extension[] = [
    { url: 'kind', valueCode: body.kind },
    { url: 'standing', valueCode: body.standing },
  ];
  if (body.code !== null) parts.push({ url: 'organization', valueReference: reference(body.code) });
  if (body.basis !== null) parts.push({ url: 'basis', valueString: body.basis });
  if (body.asWritten !== null) parts.push({ url: 'asWritten', valueString: body.asWritten });
  if (body.since !== null) parts.push({ url: 'since', valueDate: body.since });
  return [...parts, ...body.candidates.map((code) => ({ url: 'candidate', valueReference: reference(code) }))];
}
