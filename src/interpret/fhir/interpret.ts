import type { FaultDetail } from '../../fault.js';
import type { Bundle } from '../../fhir/bundle.js';
import { aboutWhom, type CarePlan, type Encounter, type Resource, type Task } from '../../fhir/resources.js';
import type { Instant } from '../../register/day.js';
import type { MessageFact } from '../../register/fact.js';
import type { Codes } from '../codes.js';
import type { NamedPerson } from '../identifiers.js';
import type { Interpretation } from '../interpret.js';
import { type Maker, makerFor } from '../maker.js';
import type { SenderContext } from '../reading.js';
import { carePlanFacts, isAftercarePlan } from './care-plan.js';
import { ASK } from './contradiction.js';
import { detentionFacts } from './detention.js';
import { stayFacts } from './encounter.js';
import { envelopeOf } from './envelope.js';
import type { FhirFeed } from './feed.js';
import { legalStatusFacts } from './legal-status.js';
import { patientFacts } from './patient.js';
import { isNamed, personIn, personOf, toldOf } from './person.js';
import type { PlanTold } from './plan-needs.js';
import { type FhirReading, momentOf, openFhirReading } from './reading.js';
import { type Found, type Resolve, resolver, resourcesIn, tellingIn } from './resolve.js';
import { stayOf } from './stay.js';
import { answeredBy, replyFacts, type TaskTold } from './task.js';

type By = { feed: FhirFeed; codes: Codes; sender: SenderContext };

/**
 * A FHIR message, by its feed definition and the code tables, to the facts it states. Pure: the same message, the same
 * facts. `arrivedAt` is taken for the time of a message that has none of its own; null where nobody knows it.
 */
export function interpretFhir(message: Resource | Bundle, by: By, arrivedAt: Instant | null): Interpretation {
  const { sentAt, isAnswer } = envelopeOf(message);
  const moment = sentAt === null ? null : momentOf(sentAt.written, by.sender.timeZone);
  const said = moment?.instant ?? arrivedAt;
  if (said === null) return parked(NO_TIME);
  const deletion = deletionIn(message, by.feed);
  if (deletion) return parked(deletion);

  const found = resourcesIn(message);
  const reading = openFhirReading(by.sender.timeZone);
  // An answer to a message is no news; but a body may answer so to what it was told.
  const own = tellingIn(message, found).filter(({ resource }) => !isAnswer || resource.resourceType === 'Task');
  if (own.length === 0 && isAnswer) return ignored('an answer to a message tells nothing about aftercare');
  const silent = found.filter((each) => !own.includes(each)).map(({ place }) => place);
  const telling: Telling = { ...by, found, reading, resolve: resolver(found), said, told: new Set(silent) };
  const facts = own.flatMap((each) => factsOf(each, telling));
  const [fault] = reading.faults;
  if (fault) return parked(fault);
  if (facts.length === 0) return ignored(reading.notes[0] ?? 'nothing in it tells about aftercare');
  // The last said of several statements of one thing counts, as it does between messages; else their order in this one.
  const inOrder = [...facts].sort((a, b) => Date.parse(a.source.sentAt) - Date.parse(b.source.sentAt));
  // The same of one person under other local numbers says that those are this person's as well.
  const once = [...new Map(inOrder.map((fact) => [JSON.stringify([fact.id, fact.localIds]), fact])).values()];
  return { outcome: 'interpreted', facts: once.map(numbered), fault: null, note: null };
}

type Telling = By & {
  found: readonly Found[];
  reading: FhirReading;
  resolve: Resolve;
  /** When the message was said, for what has no time of its own in it. */
  said: Instant;
  /**
   * Patients who have been told of, by their place: one that two Encounters contain or refer to is told once, and one who
   * is only there to be referred to never.
   */
  told: Set<string>;
};

function factsOf(found: Found, telling: Telling): MessageFact[] {
  const { resource } = found;
  if (resource.resourceType === 'Patient') {
    const person = personIn(resource, found.known, namingOf(telling));
    return patientIn(found, person, telling);
  }
  if (resource.resourceType === 'Encounter') return encounterIn(found, resource, telling);
  if (resource.resourceType === 'CarePlan') return planIn({ ...found, resource }, telling);
  if (resource.resourceType === 'Task') return taskIn({ ...found, resource }, telling);
  return [];
}

/** Of the person it says only who it is. */
function taskIn(found: TaskTold['found'], telling: Telling): MessageFact[] {
  const { reading } = telling;
  const { resource: task } = found;
  const of = answeredBy(task);
  if (of === null) return reading.tellsNothing('a task that is not about what we sent tells nothing about aftercare');
  const subject = subjectOf(task, found, telling);
  if (!subject) return [];
  return replyFacts({ ...telling, task, found, maker: makerOf(subject.person, found, telling) }, of);
}

function planIn(found: PlanTold['found'], telling: Telling): MessageFact[] {
  const { reading, feed } = telling;
  const { resource: plan } = found;
  if (!isAftercarePlan(plan, feed)) {
    return reading.tellsNothing('a care plan without a category of aftercare tells nothing about it');
  }
  const subject = subjectOf(plan, found, telling);
  if (!subject) return [];
  const facts = carePlanFacts({ ...telling, plan, found, maker: makerOf(subject.person, found, telling) });
  return [...(subject.found ? patientIn(subject.found, subject.person, telling) : []), ...facts];
}

const namingOf = ({ feed, sender }: Telling) => ({ feed, sender: sender.ods });

function patientIn(found: Found, person: NamedPerson, telling: Telling): MessageFact[] {
  const { resource } = found;
  if (resource.resourceType !== 'Patient' || telling.told.has(found.place) || telling.feed.patients === 'name')
    return [];
  telling.told.add(found.place);
  if (!isKnown(person, `${found.place}.identifier`, telling.reading)) return [];
  return patientFacts({ ...telling, patient: resource, found, maker: makerOf(person, found, telling) });
}

function encounterIn(found: Found, encounter: Encounter, telling: Telling): MessageFact[] {
  const subject = subjectOf(encounter, found, telling);
  if (!subject) return [];
  const told = { ...telling, encounter, found, maker: makerOf(subject.person, found, telling) };
  const stay = stayOf(told);
  return [
    ...(subject.found ? patientIn(subject.found, subject.person, telling) : []),
    ...stayFacts(told, stay),
    ...legalStatusFacts(told, stay),
    ...detentionFacts(told),
  ];
}

/** Whom a stay, a plan or a task is about; null, and a fault, where nobody can say. */
function subjectOf(resource: Encounter | CarePlan | Task, found: Found, telling: Telling) {
  const { reading, resolve } = telling;
  const about = aboutWhom(resource);
  const place = `${found.place}.${about?.element}`;
  const meant = toldOf(personOf(about?.reference ?? {}, found, resolve, namingOf(telling)), place, reading);
  if (!meant || !isKnown(meant.person, place, reading)) return null;
  const asked = meant.found !== null && telling.feed.patients !== 'name' && resource.resourceType !== 'Task';
  return asked || isCertain(meant.person, place, reading) ? meant : null;
}

/** Of whom nothing else is told, nobody could be asked whose number it is: the statement would be filed under one unasked. */
function isCertain({ failedCheck, otherNumbers }: NamedPerson, place: string, reading: FhirReading): boolean {
  if (failedCheck) reading.fault('field-invalid', place, 'has an NHS number that fails its check');
  else if (otherNumbers.length > 0) reading.fault('field-invalid', place, 'has several NHS numbers');
  return !failedCheck && otherNumbers.length === 0;
}

/** Each resource was said when that version of it was made: an old copy beside a new one is no news. */
function makerOf(person: NamedPerson, { updated }: Found, { sender, said: bySaid }: Telling): Maker {
  const said = (updated === null ? null : momentOf(updated, sender.timeZone)?.instant) ?? bySaid;
  return makerFor({ sender: sender.ods, sentAt: said, at: said, person });
}

function isKnown(person: NamedPerson, place: string, reading: FhirReading): boolean {
  if (isNamed(person)) return true;
  if (person.failedCheck) {
    reading.fault('field-invalid', place, 'the only identifier is an NHS number that fails its check');
  } else reading.fault('field-missing', place, 'has no NHS number, no other identifier with a system, and no id');
  return false;
}

/** A message that deletes says of what it holds that it is no longer so, whatever its status is. */
function deletionIn(message: Resource | Bundle, { deletionReasons }: FhirFeed): FaultDetail | null {
  if (message.resourceType !== 'Bundle' || message.type !== 'message') return null;
  const header = message.entry[0]?.resource;
  if (header?.resourceType !== 'MessageHeader') return null;
  const codes = (header.reason?.coding ?? []).flatMap(({ code }) => code?.toLowerCase() ?? []);
  if (!codes.some((code) => deletionReasons.includes(code))) return null;
  const text = 'the sender deletes what it told before';
  return { code: 'deletion-told', where: 'Bundle.entry[0].resource.reason', text, next: ASK };
}

const numbered = (fact: MessageFact, seq: number): MessageFact => ({ ...fact, source: { ...fact.source, seq } });

const ignored = (note: string): Interpretation => ({ outcome: 'ignored', facts: [], fault: null, note });
const parked = (fault: FaultDetail): Interpretation => ({ outcome: 'parked', facts: [], fault, note: null });

const NO_TIME: FaultDetail = {
  code: 'field-missing',
  where: 'Bundle.timestamp',
  text: 'nothing says when this was said: no Bundle.timestamp and no meta.lastUpdated',
  next: 'the sender fills one of them and sends again',
};
