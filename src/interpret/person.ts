import type { Segment } from '../hl7v2/message.js';
import type { MessageFact } from '../register/fact.js';
import type { Codes } from './codes.js';
import { type Feed, inCode, numbered, type Places } from './feed.js';
import type { NamedPerson } from './identifiers.js';
import type { Maker } from './maker.js';
import type { Reading } from './reading.js';

/** What a message says of the person: name, birth date, address, practice, number status, death. */
export function personFacts(reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  const facts = [
    ...(feed.name || feed.birthDate ? [maker.fact({ kind: 'demographics', ...demographics(reading, feed) })] : []),
    ...numberStatusFacts(reading, feed, codes, maker),
    ...deathFacts(reading, feed, maker),
  ];
  const postcode = reading.value(feed.postcode);
  if (postcode !== null) facts.push(maker.fact({ kind: 'residence', postcode }));
  const practice = reading.value(feed.gpPractice);
  if (practice !== null) facts.push(maker.fact({ kind: 'gp-practice', code: practice }));
  return facts;
}

const demographics = (reading: Reading, { name, birthDate }: Feed) => ({
  family: reading.value(name?.family),
  given: reading.values(name?.given),
  birthDate: birthDateIn(reading, birthDate),
});

/** A year or a month alone is allowed in HL7 and is no birth date; a day that cannot be is a fault. */
function birthDateIn(reading: Reading, places: Places | undefined): string | null {
  const written = reading.value(places);
  if (written === null || /^\d{4}(\d{2})?$/.test(written)) return null;
  const day = /^(\d{4})(\d{2})(\d{2})/.exec(written);
  // A birth date is a day on a certificate: it never moves with a time zone.
  return reading.moment(places) === null || !day ? null : `${day[1]}-${day[2]}-${day[3]}`;
}

function numberStatusFacts(reading: Reading, feed: Feed, codes: Codes, maker: Maker): MessageFact[] {
  const { failedCheck, otherNumbers } = maker.person;
  if (failedCheck) return [maker.fact({ kind: 'nhs-number-status', verified: false, problem: 'fails-check' })];
  if (otherNumbers.length > 0)
    return [maker.fact({ kind: 'nhs-number-status', verified: false, problem: 'several-numbers' })];
  const written = reading.found(feed.nhsNumberStatus);
  if (written === null) return [];
  const { code, system } = inCode(feed, 'nhs-number-status', written.value);
  const status = reading.mapped(codes.nhsNumberStatus(code, system), written.where);
  if (status === null) return [];
  const problem = status.verified ? null : 'not-traced';
  return [maker.fact({ kind: 'nhs-number-status', verified: status.verified, problem })];
}

function deathFacts(reading: Reading, { death }: Feed, maker: Maker): MessageFact[] {
  if (!death) return [];
  const indicator = reading.value(death.indicator)?.toUpperCase() ?? null;
  const says = (words: readonly string[]) => words.some((word) => word.toUpperCase() === indicator);
  const on = reading.moment(death.on);
  if (says(death.no) || reading.isDeleted(death.indicator)) {
    return [maker.fact({ kind: 'died', on: null, withdrawn: true })];
  }
  if (!says(death.yes) && on === null) return [];
  return [maker.fact({ kind: 'died', on: on?.day ?? null, withdrawn: false }, on?.instant)];
}

/** A40 and A34: each MRG names the record that the PID before it takes over. */
export function mergeFacts(reading: Reading, feed: Feed, maker: Maker): MessageFact[] {
  const pids = reading.segments('PID');
  const pairs = reading.segments('MRG').map((mrg) => ({ mrg, pid: pids.findLast((pid) => pid.line < mrg.line) }));
  if (pairs.length === 0) reading.missing('MRG-1', 'the record that is merged away');
  return pairs.flatMap(({ mrg, pid }) => {
    const retired = priorPerson(reading, mrg, feed);
    const kept = pid && oneOf(reading.personIn(pid), 'PID-3', reading);
    if (retired === null || !kept) return [];
    return [maker.fact({ kind: 'identity-merged', retired: refOf(retired) }, maker.at, kept)];
  });
}

/**
 * A44 and A45: stays that were filed under the wrong record. What was said before carries the prior visit number, what
 * comes after may carry a new one; both are stays of the person before the MRG.
 */
export function visitMoveFacts(reading: Reading, feed: Feed, maker: Maker): MessageFact[] {
  const mrgs = reading.segments('MRG');
  if (mrgs.length === 0) reading.missing('MRG-1', 'the record that the stay is moved from');
  return mrgs.flatMap((mrg, index) => {
    const visits = visitsMoved(reading, feed, mrg, mrgs[index + 1]);
    if (visits.length === 0) reading.missing(feed.visit?.[0] ?? 'MRG-5', 'the visit that is moved');
    const from = priorPerson(reading, mrg, feed);
    const pid = reading.segments('PID').findLast(({ line }) => line < mrg.line);
    const to = pid && oneOf(reading.personIn(pid), 'PID-3', reading);
    if (from === null || !to) return [];
    return visits.map((visit) => maker.fact({ kind: 'visit-moved', visit, from: refOf(from) }, maker.at, to));
  });
}

/** The visit of a message with one MRG may stand anywhere in it; with several, each is followed by its own. */
function visitsMoved(reading: Reading, feed: Feed, mrg: Segment, next: Segment | undefined): string[] {
  const inMessage = (feed.visit ?? []).map((path) => {
    const [name = '', field = ''] = path.split('-');
    const isOnly = next === undefined && reading.segments('MRG').length === 1;
    const own = reading
      .segments(name)
      .find(({ line }) => isOnly || (line > mrg.line && (next === undefined || line < next.line)));
    return own?.value(field) ?? null;
  });
  const prior = (feed.prior?.visit ?? []).map((path) => mrg.value(path.slice('MRG-'.length)));
  const visits = [prior, inMessage].map((of) => of.find((visit) => visit !== null) ?? null);
  return [...new Set(visits)].flatMap((visit) => numbered(feed, visit) ?? []);
}

function priorPerson(reading: Reading, mrg: Segment, feed: Feed): NamedPerson | null {
  const person = feed.prior && reading.personIn(mrg, feed.prior);
  if (person && (person.nhsNumber !== null || person.localIds.length > 0)) return oneOf(person, 'MRG-1', reading);
  return reading.missing('MRG-1', 'every identifier of the other record');
}

/** What moves whole histories must not choose between two people by the order in which their numbers stand. */
const oneOf = (person: NamedPerson, where: string, reading: Reading): NamedPerson | null =>
  person.otherNumbers.length === 0
    ? person
    : reading.invalid(where, 'gives several NHS numbers, and only one of them can be the record that is meant');

const refOf = ({ nhsNumber, localIds }: NamedPerson) => ({ nhsNumber, localIds });
