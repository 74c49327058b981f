/** The names of `profiles/`: what a receiver's developer finds there, written once. */
export const BASE = 'https://aftercare-bridge.example/fhir';

export const NHS_NUMBER_SYSTEM = 'https://fhir.nhs.uk/Id/nhs-number';
export const ODS_SYSTEM = 'https://fhir.nhs.uk/Id/ods-organization-code';
/** No national FHIR system for GSS codes is known, so this one is ours; used only where no ODS code is known. */
export const GSS_SYSTEM = `${BASE}/sid/gss`;

export const FLAG_SYSTEM = `${BASE}/sid/flag`;
export const CARE_PLAN_SYSTEM = `${BASE}/sid/care-plan`;
export const EPISODE_SYSTEM = `${BASE}/sid/episode`;

/** What a body can name when it answers: everything of which it was sent an identifier. */
export const OURS_TOLD: readonly string[] = [EPISODE_SYSTEM, FLAG_SYSTEM, CARE_PLAN_SYSTEM];

/** What a body answers (`Task.businessStatus`), and what it gives with that (`Task.output.type`). */
export const REPLY_SYSTEM = `${BASE}/CodeSystem/s117-reply`;
export const TASK_OUTPUT_SYSTEM = `${BASE}/CodeSystem/s117-task-output`;

const definition = (id: string) => `${BASE}/StructureDefinition/${id}`;

export const PROFILE = {
  patient: definition('s117-patient'),
  flag: definition('s117-flag'),
  carePlan: definition('s117-care-plan'),
  agreedPlan: definition('s117-agreed-plan'),
  episodeOfCare: definition('s117-episode-of-care'),
} as const;

export const EXTENSION = {
  recordVersion: definition('s117-record-version'),
  inactiveReason: definition('s117-flag-inactive-reason'),
  episode: definition('s117-episode'),
  responsibleBody: definition('s117-responsible-body'),
  legalBasis: definition('s117-legal-basis'),
  reviewDue: definition('s117-review-due'),
  funding: definition('s117-funding'),
  free: definition('s117-free'),
  lateNotice: definition('s117-late-notice'),
  asSent: definition('s117-as-sent'),
} as const;

export const AFTERCARE = {
  system: `${BASE}/CodeSystem/s117-flag`,
  code: 'section-117-aftercare',
  display: 'Aftercare under section 117 of the Mental Health Act 1983',
} as const;

export const FLAG_CATEGORY_ADMIN = {
  system: 'http://terminology.hl7.org/CodeSystem/flag-category',
  code: 'admin',
  display: 'Administrative',
} as const;

/** Everything said about a mental health patient is restricted (HL7 v3 Confidentiality). */
export const RESTRICTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  code: 'R',
  display: 'restricted',
} as const;

export const DATA_OPERATION_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-DataOperation';
export const INACTIVE_REASON_SYSTEM = `${BASE}/CodeSystem/s117-inactive-reason`;

/** `CodeSystem/s117-inactive-reason`, with its displays. */
export const INACTIVE_REASONS = {
  redetained: 'Detained again under a qualifying section',
  'responsibility-moved': 'Another body is responsible',
  'moved-within-council': 'The same council goes on with it in another of its systems',
  'joint-decision': 'Both bodies decided that aftercare is no longer needed',
  died: 'The person has died',
  'discharge-cancelled': 'The discharge was cancelled',
} as const;

export type InactiveReason = keyof typeof INACTIVE_REASONS;
