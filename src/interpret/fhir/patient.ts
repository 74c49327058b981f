import type { Patient } from '../../fhir/resources.js';
import type { MessageFact } from '../../register/fact.js';
import type { Codes } from '../codes.js';
import type { NamedPerson } from '../identifiers.js';
import type { Maker } from '../maker.js';
import type { FhirFeed } from './feed.js';
import { organisationOf } from './organisation.js';
import { isNamed, personOf, toldOf } from './person.js';
import { extensionsAt, type FhirReading } from './reading.js';
import type { Found, Resolve } from './resolve.js';

export type PatientTold = {
  patient: Patient;
  found: Found;
  reading: FhirReading;
  feed: FhirFeed;
  codes: Codes;
  maker: Maker;
  resolve: Resolve;
};

/** What a Patient says: of the person, or that this record gave way to another, and then nothing else. */
export function patientFacts(told: PatientTold): MessageFact[] {
  const links = linkFacts(told);
  // The name and address of a record that was given up must not stand over those of the one that is kept.
  if (told.patient.link?.some(({ type }) => type === 'replaced-by')) return links;
  return [...selfFacts(told), ...links];
}

function selfFacts(told: PatientTold): MessageFact[] {
  const { patient, found, maker, resolve, feed } = told;
  const name = (patient.name ?? []).find(({ use }) => use === 'official') ?? patient.name?.find(isNow);
  const facts = [
    ...(name || patient.birthDate !== undefined
      ? [
          maker.fact({
            kind: 'demographics',
            family: name?.family ?? null,
            given: name?.given ?? [],
            birthDate: wholeDay(patient.birthDate),
          }),
        ]
      : []),
    ...numberStatusFacts(told),
    ...deathFacts(told),
  ];
  const home =
    (patient.address ?? []).filter(isNow).find(({ use, postalCode }) => use === 'home' && postalCode) ??
    patient.address?.find((each) => isNow(each) && each.postalCode);
  if (home?.postalCode) facts.push(maker.fact({ kind: 'residence', postcode: home.postalCode }));
  const practice = (patient.generalPractitioner ?? [])
    .map((reference) => organisationOf(reference, found, resolve, feed.organisations))
    .find((code) => code !== null);
  if (practice) facts.push(maker.fact({ kind: 'gp-practice', code: practice }));
  return facts;
}

const isNow = ({ use }: { use?: string | undefined }): boolean => use !== 'old';

/** A year or a month alone is allowed in FHIR and is no birth date. */
const wholeDay = (date: string | undefined): string | null => (date !== undefined && date.length === 10 ? date : null);

function numberStatusFacts({ patient, found, reading, feed, codes, maker }: PatientTold): MessageFact[] {
  const { failedCheck, otherNumbers } = maker.person;
  if (failedCheck) return [maker.fact({ kind: 'nhs-number-status', verified: false, problem: 'fails-check' })];
  if (otherNumbers.length > 0)
    return [maker.fact({ kind: 'nhs-number-status', verified: false, problem: 'several-numbers' })];
  for (const [index, { system, extension }] of (patient.identifier ?? []).entries()) {
    if (system === undefined || !feed.nhsNumber.includes(system)) continue;
    const [stated] = extensionsAt(extension, feed.nhsNumberStatus, `${found.place}.identifier[${index}]`);
    if (!stated?.extension.valueCodeableConcept) continue;
    const {
      extension: { valueCodeableConcept },
      place,
    } = stated;
    const status = reading.concept(valueCodeableConcept, `${place}.value`, codes.nhsNumberStatus);
    if (status === null) return [];
    const problem = status.verified ? null : 'not-traced';
    return [maker.fact({ kind: 'nhs-number-status', verified: status.verified, problem })];
  }
  return [];
}

/** A sender's own notice, not yet formal. Silence about it says nothing; `false` takes it back. */
function deathFacts({ patient, found, reading, maker }: PatientTold): MessageFact[] {
  if (patient.deceasedBoolean === false) return [maker.fact({ kind: 'died', on: null, withdrawn: true })];
  if (patient.deceasedBoolean) return [maker.fact({ kind: 'died', on: null, withdrawn: false })];
  if (patient.deceasedDateTime === undefined) return [];
  // A year or a month tells of the death all the same, only not of its day.
  if (patient.deceasedDateTime.length < 10) return [maker.fact({ kind: 'died', on: null, withdrawn: false })];
  const on = reading.moment(patient.deceasedDateTime, `${found.place}.deceased`);
  return on === null ? [] : [maker.fact({ kind: 'died', on: on.day, withdrawn: false }, on.instant)];
}

/** `replaced-by` and `replaces`: two records of one person. `refer` and `seealso` join nothing. */
function linkFacts({ patient, found, reading, feed, maker, resolve }: PatientTold): MessageFact[] {
  return (patient.link ?? []).flatMap(({ type, other }, index) => {
    if (type !== 'replaced-by' && type !== 'replaces') return [];
    const place = `${found.place}.link[${index}].other`;
    const named = toldOf(personOf(other, found, resolve, { feed, sender: maker.sender }), place, reading);
    if (!named) return [];
    if (!isNamed(named.person)) {
      reading.fault('field-invalid', place, 'the only identifier is an NHS number that fails its check');
      return [];
    }
    if ([named.person, maker.person].some(({ otherNumbers }) => otherNumbers.length > 0)) {
      reading.fault('field-invalid', place, 'joins two records of which one has several NHS numbers');
      return [];
    }
    const [kept, retired] = type === 'replaced-by' ? [named.person, maker.person] : [maker.person, named.person];
    return [maker.fact({ kind: 'identity-merged', retired: refOf(retired) }, maker.at, kept)];
  });
}

const refOf = ({ nhsNumber, localIds }: NamedPerson) => ({ nhsNumber, localIds });
