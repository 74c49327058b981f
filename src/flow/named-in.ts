import { readFhir } from '../fhir/read.js';
import { parseMessage } from '../hl7v2/parse.js';
import { type Mappings, USUAL_FHIR_FEED } from '../interpret/mappings.js';
import { peopleIn, peopleInFhir } from '../interpret/people-in.js';
import type { PersonRef } from '../register/fact.js';
import { nodesOfRef } from '../register/nodes.js';
import type { Sender } from '../site.js';
import { isFhirJson } from './admit-fhir.js';

type From = Pick<Sender, 'ods' | 'feed' | 'timeZone'>;

/** Every identifier of a person in a message that is parked, as far as it can be read. Never throws. */
export function namedIn(bytes: Uint8Array, sender: From, mappings: Mappings): string[] {
  try {
    return [...new Set(refsIn(bytes, sender, mappings).flatMap(nodesOfRef))];
  } catch {
    // What parked it may be a defect of ours, which strikes here too.
    return [];
  }
}

/** The same where it is not known any more how the sender writes: an identifier counts if any feed here finds it. */
export function namedByAnyFeed(bytes: Uint8Array, ods: string, mappings: Mappings): string[] {
  const feeds = [...new Set([...mappings.feeds.keys(), ...mappings.fhirFeeds.keys()])];
  return [...new Set(feeds.flatMap((feed) => namedIn(bytes, { ods, feed, timeZone: 'UTC' }, mappings)))];
}

function refsIn(bytes: Uint8Array, sender: From, { feeds, fhirFeeds }: Mappings): PersonRef[] {
  if (isFhirJson(bytes)) {
    const read = readFhir(bytes);
    const feed = fhirFeeds.get(sender.feed) ?? fhirFeeds.get(USUAL_FHIR_FEED);
    return read.kind === 'issues' || !feed ? [] : peopleInFhir(read.resource, feed, sender.ods);
  }
  const feed = feeds.get(sender.feed);
  const parsed = feed ? parseMessage(bytes, feed.charset) : null;
  return feed && parsed && 'message' in parsed ? peopleIn(parsed.message, feed, sender) : [];
}
