import type { Extension, Flag, Provenance } from 'fhir/r4.js';
import {
  AFTERCARE,
  DATA_OPERATION_SYSTEM,
  EPISODE_SYSTEM,
  EXTENSION,
  FLAG_CATEGORY_ADMIN,
  FLAG_SYSTEM,
  INACTIVE_REASON_SYSTEM,
  INACTIVE_REASONS,
  PROFILE,
} from '../fhir/s117.js';
import type { EpisodeContent, FlagContent } from './content.js';
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

/** `flag` is the content's, which the caller has seen is there. */
export function flag(stamping: Stamping, { status, reason }: FlagContent): Identified<Flag> {
  const { content, patient, ids, recordVersion, context } = stamping;
  return {
    resourceType: 'Flag',
    meta: metaOf(PROFILE.flag),
    contained: [provenance(stamping, status)],
    extension: [
      versionExtension(recordVersion),
      episodeExtension(ids.episode),
      ...(reason === null ? [] : [inactiveReason(reason)]),
      ...(content.toldLateOn === undefined ? [] : [{ url: EXTENSION.lateNotice, valueDate: content.toldLateOn }]),
      ...bodyExtensions(content.bodies, context.organisationOf),
    ],
    identifier: identifierOf(FLAG_SYSTEM, ids.flag),
    status,
    category: [{ coding: [FLAG_CATEGORY_ADMIN] }],
    code: { coding: [AFTERCARE], text: textOf(content) },
    subject: subjectOf(patient),
    ...periodOf(content),
  };
}

/** A receiver that shows only the text must not read a disputed responsibility as a settled one. */
function textOf(content: EpisodeContent): string {
  const disputed = content.bodies.filter((body) => body.standing === 'disputed').map(({ kind }) => NAMES[kind]);
  const parts = [
    AFTERCARE.display,
    ...(disputed.length === 0 ? [] : [`which ${disputed.join(' and which ')} is responsible is disputed`]),
    ...(content.toldLateOn === undefined || content.end !== null
      ? []
      : [`told late: owed, and free, since ${content.start}; look at what was charged since`]),
  ];
  return parts.join('; ');
}

const NAMES = { council: 'council', icb: 'integrated care board' } as const;

const episodeExtension = (uuid: string): Extension => ({
  url: EXTENSION.episode,
  valueReference: { type: 'EpisodeOfCare', identifier: { system: EPISODE_SYSTEM, value: uuid } },
});

const inactiveReason = (reason: keyof typeof INACTIVE_REASONS): Extension => ({
  url: EXTENSION.inactiveReason,
  valueCodeableConcept: {
    coding: [{ system: INACTIVE_REASON_SYSTEM, code: reason, display: INACTIVE_REASONS[reason] }],
  },
});

function provenance({ recordVersion, context }: Stamping, status: FlagContent['status']): Provenance {
  const { recordedAt, recordedBy } = context;
  const operation = status === 'entered-in-error' ? 'NULLIFY' : recordVersion === 1 ? 'CREATE' : 'UPDATE';
  return {
    resourceType: 'Provenance',
    id: 'provenance',
    target: [{ reference: '#' }],
    recorded: recordedAt,
    activity: { coding: [{ system: DATA_OPERATION_SYSTEM, code: operation }] },
    agent: [{ who: whoOf(recordedBy) }],
  };
}

const whoOf = ({ name, ods }: Stamping['context']['recordedBy']) =>
  ods === null ? { type: 'Organization', display: name } : organisationReference(ods, { name, ods });
