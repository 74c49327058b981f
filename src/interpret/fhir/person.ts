import type { Identifier, Reference } from '../../fhir/elements.js';
import type { Patient } from '../../fhir/resources.js';
import type { LocalId } from '../../register/fact.js';
import type { NamedPerson } from '../identifiers.js';
import { isNhsNumber, tidyNhsNumber } from '../nhs-number.js';
import type { FhirFeed } from './feed.js';
import type { FhirReading } from './reading.js';
import { type Found, type Known, knownAs, type Resolve } from './resolve.js';

/** By which systems people are named, and by whom. */
export type Naming = { feed: FhirFeed; sender: string };

/** `found`: the Patient of the message; null for somebody who is only referred to. */
export type Meant =
  | { kind: 'person'; person: NamedPerson; found: (Found & { resource: Patient }) | null }
  | { kind: 'nobody' | 'several' | 'contradicted' };

/** The person that a Patient resource describes. */
export const personIn = (patient: Patient, known: Known | null, naming: Naming): NamedPerson =>
  namedBy(patient.identifier ?? [], known, naming);

/** Whom a reference means: by what it points to, by its identifier, or by both, which must then agree. */
export function personOf(reference: Reference, from: Found, resolve: Resolve, naming: Naming): Meant {
  const found = resolve(reference, from);
  if (found === 'several') return { kind: 'several' };
  const written = reference.identifier ? [reference.identifier] : [];
  if (found && found.resource.resourceType === 'Patient') {
    const { resource, known } = found;
    const own = personIn(resource, known, naming);
    if (written.some((identifier) => !agrees(identifier, own, naming))) return { kind: 'contradicted' };
    const person = namedBy([...(resource.identifier ?? []), ...written], known, naming);
    return { kind: 'person', person, found: { ...found, resource } };
  }
  const known = reference.reference === undefined ? null : knownAs(reference.reference, from.base);
  const isPatient = known !== null && /(^|\/)Patient$/.test(known.server);
  const person = namedBy(written, isPatient ? known : null, naming);
  return isNamed(person) || person.failedCheck ? { kind: 'person', person, found: null } : { kind: 'nobody' };
}

/** Whether a Patient could have this identifier: it has no other of its kind, or this one among them. */
function agrees(identifier: Identifier, { nhsNumber, localIds }: NamedPerson, naming: Naming): boolean {
  if (!inUse(identifier)) return true;
  const [number] = nhsNumbersIn([identifier], naming.feed);
  if (number !== undefined) return nhsNumber === null || tidyNhsNumber(number) === nhsNumber;
  const local = localId(identifier, naming);
  const ofItsKind = localIds.filter(({ authority }) => authority === local?.authority);
  return ofItsKind.length === 0 || ofItsKind.some(({ value }) => value === local?.value);
}

export const isNamed = ({ nhsNumber, localIds }: NamedPerson): boolean => nhsNumber !== null || localIds.length > 0;

/** What FHIR says is no longer used names nobody: another may have it today. */
const inUse = ({ use }: Identifier): boolean => use !== 'old';

const WHO = {
  nobody: ['field-missing', 'names nobody: give an identifier, or the Patient beside it'],
  several: ['field-invalid', 'could mean more than one resource of the message'],
  contradicted: ['field-invalid', 'names one person by the reference and another by the identifier'],
} as const;

/** The person that is meant; else null, and why not as a fault. */
export function toldOf(meant: Meant, place: string, reading: FhirReading): Extract<Meant, { kind: 'person' }> | null {
  if (meant.kind === 'person') return meant;
  const [code, text] = WHO[meant.kind];
  return reading.fault(code, place, text);
}

function namedBy(identifiers: readonly Identifier[], known: Known | null, naming: Naming): NamedPerson {
  const { feed, sender } = naming;
  const current = identifiers.filter(inUse);
  const written = nhsNumbersIn(current, feed).map(tidyNhsNumber);
  const [nhsNumber = null, ...otherNumbers] = new Set(written.filter(isNhsNumber));
  const local = current.flatMap((each) => localId(each, naming) ?? []);
  return {
    nhsNumber,
    localIds: known ? [...local, { sender, authority: known.server, value: known.id }] : local,
    failedCheck: nhsNumber === null && written.length > 0,
    otherNumbers,
  };
}

const nhsNumbersIn = (identifiers: readonly Identifier[], feed: FhirFeed): string[] =>
  identifiers.flatMap(({ system, value }) =>
    system !== undefined && value !== undefined && feed.nhsNumber.includes(system) ? [value] : [],
  );

function localId({ system, value }: Identifier, { feed, sender }: Naming): LocalId | null {
  if (system === undefined || value === undefined || feed.nhsNumber.includes(system)) return null;
  return { sender, authority: feed.authorities[system] ?? system, value };
}
