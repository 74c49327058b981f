import type { Bundle } from '../fhir/bundle.js';
import { aboutWhom, type Resource } from '../fhir/resources.js';
import type { Message } from '../hl7v2/message.js';
import type { PersonRef } from '../register/fact.js';
import type { Feed } from './feed.js';
import type { FhirFeed } from './fhir/feed.js';
import { personIn, personOf } from './fhir/person.js';
import { resolver, resourcesIn } from './fhir/resolve.js';
import { everyoneOf } from './identifiers.js';
import { openReading, type SenderContext } from './reading.js';

/** Whom a message names, whatever else of it cannot be read: the person of each PID and MRG. */
export function peopleIn(message: Message, feed: Feed, sender: SenderContext): PersonRef[] {
  const reading = openReading(message, feed, sender);
  const { prior } = feed;
  const own = reading.person();
  return [
    ...(own ? [own] : []),
    ...reading.segments('PID').map((pid) => reading.personIn(pid)),
    ...(prior ? reading.segments('MRG').map((mrg) => reading.personIn(mrg, prior)) : []),
  ].flatMap(everyoneOf);
}

/** The same of FHIR: every Patient, and whomever a stay, a plan or a task is about. */
export function peopleInFhir(message: Resource | Bundle, feed: FhirFeed, sender: string): PersonRef[] {
  const found = resourcesIn(message);
  const [resolve, naming] = [resolver(found), { feed, sender }];
  return found.flatMap((each) => {
    const { resource } = each;
    if (resource.resourceType === 'Patient') return everyoneOf(personIn(resource, each.known, naming));
    const about = aboutWhom(resource);
    if (about === null) return [];
    const meant = personOf(about.reference ?? {}, each, resolve, naming);
    return meant.kind === 'person' ? everyoneOf(meant.person) : [];
  });
}
