import type { Identifier, Reference } from '../../fhir/elements.js';
import type { Patient } from '../../fhir/resources.js';
import type { LocalId } from '../../register/fact.js';
import type { NamedPerson } from '../identifiers.js';
import { isNhsNumber, tidyNhsNumber } from '../nhs-number.js';
import type { FhirFeed } from './feed.js';
import { type Found, type Known, knownAs, type Resolve } from './resolve.js';

/** By which systems people are named, and by whom. */
export type Naming = { feed: FhirFeed; sender: string };

/** A Patient of the message; or somebody who is only referred to. */
export type FoundPerson = { person: NamedPerson; found: (Found & { resource: Patient }) | null };

/** The person that a Patient resource describes. */
export const personIn = (patient: Patient, known: Known | null, naming: Naming): NamedPerson =>
  namedBy(patient.identifier ?? [], known, naming);

/** Whom a reference means; null when nothing about it names anybody. */
export function personOf(reference: Reference, from: Found, resolve: Resolve, naming: Naming): FoundPerson | null {
  const found = resolve(reference, from);
  if (found && found.resource.resourceType === 'Patient') {
    const { resource } = found;
    return { person: personIn(resource, found.known, naming), found: { ...found, resource } };
  }
  const known = reference.reference === undefined ? null : knownAs(reference.reference, from.named);
  const isPatient = known !== null && /(^|\/)Patient$/.test(known.server);
  const person = namedBy(reference.identifier ? [reference.identifier] : [], isPatient ? known : null, naming);
  return isNamed(person) || person.failedCheck ? { person, found: null } : null;
}

export const isNamed = ({ nhsNumber, localIds }: NamedPerson): boolean => nhsNumber !== null || localIds.length > 0;

/** What FHIR says is no longer used names nobody: another may have it today. */
const inUse = ({ use }: Identifier): boolean => use !== 'old';

function namedBy(identifiers: readonly Identifier[], known: Known | null, naming: Naming): NamedPerson {
  const { feed, sender } = naming;
  const current = identifiers.filter(inUse);
  const written = nhsNumbersIn(current, feed).map(tidyNhsNumber);
  const valid = [...new Set(written.filter(isNhsNumber))];
  const local = current.flatMap((each) => localId(each, naming) ?? []);
  return {
    nhsNumber: valid[0] ?? null,
    localIds: known ? [...local, { sender, authority: known.server, value: known.id }] : local,
    failedCheck: valid.length === 0 && written.length > 0,
    severalNumbers: valid.length > 1,
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
