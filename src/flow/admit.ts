import type { FaultDetail } from '../fault.js';
import { readHeader } from '../hl7v2/header.js';
import type { Header } from '../hl7v2/message.js';
import { parseMessage } from '../hl7v2/parse.js';
import { type Interpretation, interpret } from '../interpret/interpret.js';
import type { Mappings } from '../interpret/mappings.js';
import type { MessageFact } from '../register/fact.js';
import { nodesOf } from '../register/nodes.js';
import { findSender, type Sender, type Site } from '../site.js';
import { fhirInterpretation, isFhirJson } from './admit-fhir.js';

/** A message from one of our senders; or one that is answered AR, with why. `header` is null where none can be read. */
export type Admission =
  | { kind: 'admitted'; header: Header; sender: Sender }
  | { kind: 'refused'; header: Header | null; fault: FaultDetail };

/** Who is it from and is it for us? Reads the header only: this is on the way to the acknowledgement. */
export function admit(bytes: Uint8Array, site: Site): Admission {
  const header = readHeader(bytes);
  if (header === null) {
    return isFhirJson(bytes)
      ? refused(null, 'hl7-unreadable', 'MSH', 'this is JSON, and HL7 v2 is read here', 'send FHIR to POST /fhir')
      : refused(
          null,
          'hl7-unreadable',
          'MSH',
          'no readable MSH with a control ID (MSH-10)',
          'the sender checks its framing and header',
        );
  }
  const sender = findSender(site, header.sendingFacility, header.sendingApplication);
  if (sender === null) {
    return refused(
      header,
      'sender-unknown',
      'MSH-4',
      'no sender of the site file has this code',
      'add it under senders in the site file',
    );
  }
  if (site.receiving.length > 0 && !site.receiving.includes(header.receivingFacility)) {
    return refused(
      header,
      'not-for-us',
      'MSH-6',
      header.receivingFacility === '' ? 'is empty, and the site file says who we are' : 'names another receiver',
      'the sender corrects its route, or add the code under receiving in the site file',
    );
  }
  return { kind: 'admitted', header, sender };
}

const refused = (
  header: Header | null,
  code: FaultDetail['code'],
  where: string,
  text: string,
  next: string,
): Admission => ({ kind: 'refused', header, fault: { code, where, text, next } });

/**
 * Stored bytes to facts, HL7 v2 or FHIR. Never throws: a defect of ours parks the message, so that the next one is
 * served. `arrivedAt` is the time of a FHIR message that has none of its own.
 */
export function interpretBytes(
  bytes: Uint8Array,
  sender: Pick<Sender, 'ods' | 'feed' | 'timeZone'>,
  mappings: Mappings,
  arrivedAt: Date | null = null,
): Interpretation {
  try {
    if (isFhirJson(bytes)) return withinLimits(fhirInterpretation(bytes, sender, mappings, arrivedAt));
    const feed = mappings.feeds.get(sender.feed);
    if (!feed)
      return parkedWith('config-invalid', 'site', noFeed(sender.feed, mappings), 'mend the site file, restart');
    const parsed = parseMessage(bytes, feed.charset);
    if ('message' in parsed) return withinLimits(interpret(parsed.message, feed, mappings.codes, sender));
    const { code, where, text } = parsed.unreadable;
    return parkedWith(code, where, text, 'the sender corrects it and sends again');
  } catch {
    // The error's own text may quote the message, so it stays unsaid.
    return parkedWith('interpret-failed', 'message', 'the service failed on this message', 'report the message row');
  }
}

/** Far above any real one; below what an index of the database can hold in any script. */
const MAX_IDENTIFIER = 200;

/** What people, visits and periods are found by must fit, or the message would stop those beside it. */
function withinLimits(found: Interpretation): Interpretation {
  const fits = found.facts.every((fact) => identifiersIn(fact).every((text) => text.length <= MAX_IDENTIFIER));
  if (fits) return found;
  const text = `an identifier of the person, the visit or the period has more than ${MAX_IDENTIFIER} characters`;
  return parkedWith('field-invalid', 'identifiers', text, 'the sender corrects it and sends again');
}

const identifiersIn = (fact: MessageFact): string[] => [
  ...nodesOf(fact),
  ...('visit' in fact && fact.visit !== null ? [fact.visit] : []),
  ...('period' in fact && fact.period !== null ? [fact.period] : []),
];

const parkedWith = (code: FaultDetail['code'], where: string, text: string, next: string): Interpretation => ({
  outcome: 'parked',
  facts: [],
  fault: { code, where, text, next },
  note: null,
});

const noFeed = (feed: string, { fhirFeeds }: Mappings): string =>
  fhirFeeds.has(feed) ? `feed ${feed} reads FHIR, and this is HL7 v2` : `feed ${feed} is not loaded`;
