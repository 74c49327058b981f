import type { FaultDetail } from '../fault.js';
import { readHeader } from '../hl7v2/header.js';
import type { Header } from '../hl7v2/message.js';
import { parseMessage } from '../hl7v2/parse.js';
import { type Interpretation, interpret } from '../interpret/interpret.js';
import type { Mappings } from '../interpret/mappings.js';
import { findSender, type Sender, type Site } from '../site.js';

/** A message from one of our senders; or one that is answered AR, with why. `header` is null where none can be read. */
export type Admission =
  | { kind: 'admitted'; header: Header; sender: Sender }
  | { kind: 'refused'; header: Header | null; fault: FaultDetail };

/** Who is it from and is it for us? Reads the header only: this is on the way to the acknowledgement. */
export function admit(bytes: Uint8Array, site: Site): Admission {
  const header = readHeader(bytes);
  if (header === null) {
    const text = isJson(bytes)
      ? 'JSON: FHIR is not read yet, only HL7 v2'
      : 'no readable MSH with a control ID (MSH-10)';
    return refused(null, 'hl7-unreadable', 'MSH', text, 'the sender checks its framing and header');
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

/** By its first character that is not white space. */
const isJson = (bytes: Uint8Array): boolean => /^\s*\{/.test(Buffer.from(bytes.subarray(0, 64)).toString('latin1'));

const refused = (
  header: Header | null,
  code: FaultDetail['code'],
  where: string,
  text: string,
  next: string,
): Admission => ({ kind: 'refused', header, fault: { code, where, text, next } });

/** Stored bytes to facts. Never throws: a defect of ours parks the message, so that the next one is served. */
export function interpretBytes(bytes: Uint8Array, sender: Sender, mappings: Mappings): Interpretation {
  const feed = mappings.feeds.get(sender.feed);
  if (!feed) return parkedWith('config-invalid', 'site', `feed ${sender.feed} is not loaded`, 'restart the service');
  try {
    const parsed = parseMessage(bytes);
    if ('message' in parsed) return interpret(parsed.message, feed, mappings.codes, sender);
    const { code, where, text } = parsed.unreadable;
    return parkedWith(code, where, text, 'the sender corrects it and sends again');
  } catch {
    // The error's own text may quote the message, so it stays unsaid.
    return parkedWith('interpret-failed', 'message', 'the service failed on this message', 'report the message row');
  }
}

const parkedWith = (code: FaultDetail['code'], where: string, text: string, next: string): Interpretation => ({
  outcome: 'parked',
  facts: [],
  fault: { code, where, text, next },
  note: null,
});
