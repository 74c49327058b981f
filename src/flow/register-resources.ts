import {
  AFTERCARE,
  CARE_PLAN_SYSTEM,
  EPISODE_SYSTEM,
  EXTENSION,
  FLAG_SYSTEM,
  NHS_NUMBER_SYSTEM,
} from '../fhir/s117.js';
import type { Codes } from '../interpret/codes.js';
import { isNhsNumber } from '../interpret/nhs-number.js';
import { type Day, isDay } from '../register/day.js';
import type { RegisterEntry } from '../register/register-comparison.js';
import type { PartType, RowThere } from '../store/reconciliations.js';
import { type Keeping, registerEntry } from './register-entry.js';
import type { RegisterPage } from './register-rows.js';

export type Json = Record<string, unknown>;

/** The system of the identifier that each part was given. */
export const SYSTEMS: Record<PartType, string> = {
  EpisodeOfCare: EPISODE_SYSTEM,
  Flag: FLAG_SYSTEM,
  CarePlan: CARE_PLAN_SYSTEM,
};

/** What the search of a type asks for; a server that gives anything else does not search by it. */
export function isAskedFor(type: PartType, resource: Json): boolean {
  if (type !== 'EpisodeOfCare') return uuidOf(type, resource) !== null;
  const codings = objectsIn(resource.type).flatMap(({ coding }) => objectsIn(coding));
  return codings.some(({ system, code }) => system === AFTERCARE.system && code === AFTERCARE.code);
}

/** Resources of one type as rows, by the people who came along. Only an EpisodeOfCare is an entry that may be refused. */
export function rowsIn(
  type: PartType,
  resources: readonly Json[],
  keeping: Keeping,
  codes: Codes,
): Omit<RegisterPage, 'next'> {
  const patients = new Map(
    resources
      .filter(({ resourceType }) => resourceType === 'Patient')
      .map((patient) => [`Patient/${patient.id}`, patient]),
  );
  const found = resources.filter(({ resourceType }) => resourceType === type);
  const rows = found.flatMap((resource) => rowOf(type, resource, { patients, keeping, codes }) ?? []);
  return { rows, refused: type === 'EpisodeOfCare' ? found.length - rows.length : 0 };
}

type By = { patients: ReadonlyMap<string, Json>; keeping: Keeping; codes: Codes };

function rowOf(type: PartType, resource: Json, { patients, keeping, codes }: By): RowThere | null {
  const person = objectOf(resource[type === 'EpisodeOfCare' ? 'patient' : 'subject']);
  const patient = patients.get(String(person.reference));
  const nhsNumber = numberOf(person, patient);
  const status = String(resource.status);
  if (nhsNumber === null) return null;
  const days = daysOf(resource, keeping.asOf);
  const row = {
    nhsNumber,
    recordVersion: versionOf(resource),
    resource: { type, at: `${type}/${resource.id}`, uuid: uuidOf(type, resource), status, ...days },
  };
  if (type !== 'EpisodeOfCare') return { ...row, said: null };
  const entry = STATUSES[status];
  if (entry === undefined) return null;
  const said = registerEntry({ nhsNumber, status: entry, ...days, ...ownOf(resource, patient) }, keeping, codes);
  return said === null ? null : { ...row, said };
}

/** FHIR R4 EpisodeOfCare.status. */
const STATUSES: Record<string, RegisterEntry['status']> = {
  planned: 'prospective',
  waitlist: 'prospective',
  active: 'active',
  onhold: 'active',
  finished: 'ended',
  cancelled: 'none',
  'entered-in-error': 'none',
};

/** By the reference's own identifier, else by the patient that came along. */
function numberOf({ identifier }: Json, patient: Json | undefined): string | null {
  const own = [objectOf(identifier), ...objectsIn(patient?.identifier)];
  const number = own.find(({ system }) => system === NHS_NUMBER_SYSTEM)?.value;
  return typeof number === 'string' && isNhsNumber(number) ? number : null;
}

/** A day that is still to come is no day on which it began. */
function daysOf({ period }: Json, asOf: Day): { from: Day | null; to: Day | null } {
  const { start, end } = objectOf(period);
  const dayIn = (written: unknown) => {
    const day = typeof written === 'string' ? written.slice(0, 10) : '';
    return isDay(day) && day <= asOf ? day : null;
  };
  return { from: dayIn(start), to: dayIn(end) };
}

/** What is not ours: the body's own number of the case, and its day of birth. */
function ownOf({ identifier }: Json, patient: Json | undefined): { caseId?: string; birthDate?: string } {
  const own = objectsIn(identifier).find(({ system }) => system !== EPISODE_SYSTEM)?.value;
  const born = patient?.birthDate;
  return {
    ...(typeof own === 'string' && own.trim() !== '' ? { caseId: own } : {}),
    ...(typeof born === 'string' && isDay(born) ? { birthDate: born } : {}),
  };
}

function uuidOf(type: PartType, { identifier }: Json): string | null {
  const own = objectsIn(identifier).find(({ system }) => system === SYSTEMS[type])?.value;
  return typeof own === 'string' ? own : null;
}

function versionOf({ extension }: Json): number | null {
  const version = objectsIn(extension).find(({ url }) => url === EXTENSION.recordVersion)?.valuePositiveInt;
  return typeof version === 'number' ? version : null;
}

const objectsIn = (value: unknown): Json[] => (Array.isArray(value) ? value.map(objectOf) : []);

const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
