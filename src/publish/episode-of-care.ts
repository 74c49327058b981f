import type { EpisodeOfCare, Extension } from 'fhir/r4.js';
import { AFTERCARE, EPISODE_SYSTEM, EXTENSION, PROFILE } from '../fhir/s117.js';
import type { EpisodeContent, ResponsibleBody } from './content.js';
import { organisationReference } from './organisations.js';
import {
  bodyExtensions,
  type Identified,
  identifierOf,
  metaOf,
  periodOf,
  type Stamping,
  subjectOf,
  versionExtension,
} from './parts.js';

export function episodeOfCare({ content, patient, ids, recordVersion, context }: Stamping): Identified<EpisodeOfCare> {
  const council = content.bodies.find(isSettledCouncil);
  return {
    resourceType: 'EpisodeOfCare',
    meta: metaOf(PROFILE.episodeOfCare),
    extension: [
      versionExtension(recordVersion),
      ...bodyExtensions(content.bodies, context.organisationOf),
      ...content.legalBasis.map(legalBasis),
    ],
    identifier: identifierOf(EPISODE_SYSTEM, ids.episode),
    status: content.episodeOfCare,
    type: [{ coding: [AFTERCARE] }],
    patient: subjectOf(patient),
    ...(council
      ? { managingOrganization: organisationReference(council.code, context.organisationOf('council', council.code)) }
      : {}),
    ...periodOf(content),
  };
}

/** A disputed council does not manage the episode: naming one would settle the dispute. */
const isSettledCouncil = (body: ResponsibleBody): body is ResponsibleBody & { code: string } =>
  body.kind === 'council' && body.code !== null && (body.standing === 'agreed' || body.standing === 'provisional');

const legalBasis = ({ basis, from, to }: EpisodeContent['legalBasis'][number]): Extension => ({
  url: EXTENSION.legalBasis,
  extension: [
    { url: 'basis', valueCode: basis },
    { url: 'period', valuePeriod: to === null ? { start: from } : { start: from, end: to } },
  ],
});
