import type { FaultCode, FaultDetail } from '../fault.js';
import type { Bundle } from '../fhir/bundle.js';
import { withConditions } from '../fhir/condition.js';
import { error, type Issue, type IssueCode } from '../fhir/issue.js';
import { readFhir } from '../fhir/read.js';
import type { Resource } from '../fhir/resources.js';
import { envelopeOf, type FhirEnvelope, SOURCE_PLACE } from '../interpret/fhir/envelope.js';
import { interpretFhir } from '../interpret/fhir/interpret.js';
import type { Interpretation } from '../interpret/interpret.js';
import { type Mappings, USUAL_FHIR_FEED } from '../interpret/mappings.js';
import { findSender, type Sender, type Site } from '../site.js';
import { digestOfMessage } from './digest.js';
import { type CutEntry, entriesOf, isManyMessages, numbered } from './fhir-entries.js';

/** What the inbox keeps beside the bytes, as it does of an HL7 v2 header. */
export type Envelope = {
  sender: string;
  application: string;
  controlId: string;
  /** As written; empty where the message has no time of its own. */
  sentAt: string;
  messageCode: 'FHIR';
  trigger: string;
};

/** Why it is not taken: the fault to be noted, and every issue for the sender. */
export type FhirRefusal = { fault: FaultDetail; issues: Issue[] };

export type FhirAdmission =
  | { kind: 'admitted'; message: Resource | Bundle; envelope: Envelope; isIdentified: boolean; sender: Sender }
  | ({ kind: 'refused'; message: Resource | Bundle | null; envelope: Envelope | null } & FhirRefusal);

const [TAB, LF, CR, BLANK, OPEN] = [0x09, 0x0a, 0x0d, 0x20, 0x7b];

/** FHIR JSON begins with a brace, after a byte order mark and blanks; no HL7 v2 message does. */
export function isFhirJson(bytes: Uint8Array): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (bytes[at] === BLANK || bytes[at] === TAB || bytes[at] === LF || bytes[at] === CR) at += 1;
  return bytes[at] === OPEN;
}

/**
 * What came, and what is to be kept of it: the message as it is; of a batch or a collection each entry by itself, in
 * their order. `message` and `envelope` are of the whole, and null where it cannot be read.
 */
export type FhirArrival = { message: Resource | Bundle | null; envelope: Envelope | null; parts: FhirPart[] };

/** `bytes`: what is kept. `entry`: its place in the Bundle that was sent; null where that is kept whole. */
export type FhirPart = { bytes: Uint8Array; entry: number | null; admission: FhirAdmission };

/** Can it be read, who is it from, and is it for us? */
export function admitFhir(bytes: Uint8Array, site: Site): FhirArrival {
  const read = readFhir(bytes);
  if (read.kind === 'issues') return whole(bytes, { kind: 'refused', ...NOTHING, ...refusalOf(read.issues) });
  const message = read.resource.resourceType === 'Bundle' ? withConditions(read.resource) : read.resource;
  const said = envelopeOf(message);
  const about = { message, envelope: rowOf(said, bytes) };
  if (message.resourceType !== 'Bundle') return whole(bytes, admitted(about, said, site));
  if (!isManyMessages(message)) {
    const unmet = message.entry.flatMap(({ issues }) => issues);
    if (unmet.length > 0) return whole(bytes, { kind: 'refused', ...about, ...refusalOf(unmet) });
    return whole(bytes, admitted(about, said, site));
  }
  // Only of a batch each entry has an answer of its own.
  const mixed = message.type === 'batch' ? null : notOurs(said, site);
  const entries = mixed ? null : entriesOf(message, bytes, said);
  if (!entries) return whole(bytes, { kind: 'refused', ...about, ...(mixed ?? TOO_MUCH) });
  return { ...about, parts: entries.map((each, entry) => partOf(each, entry, { ...about, said, site })) };
}

const NOTHING = { message: null, envelope: null };

const whole = (bytes: Uint8Array, admission: FhirAdmission): FhirArrival => ({
  message: admission.message,
  envelope: admission.envelope,
  parts: [{ bytes, entry: null, admission }],
});

type About = { message: Resource | Bundle; envelope: Envelope };

function admitted(about: About, said: FhirEnvelope, site: Site): FhirAdmission {
  const refusal = notOurs(said, site);
  if (refusal) return { kind: 'refused', ...about, ...refusal };
  const sender = findSender(site, said.sender ?? '', said.application);
  if (!sender) return { kind: 'refused', ...about, ...unknown(said, site) };
  return { kind: 'admitted', ...about, isIdentified: said.controlId !== null, sender };
}

type Around = About & { said: FhirEnvelope; site: Site };

function partOf(cut: CutEntry, entry: number, { message, envelope, said, site }: Around): FhirPart {
  const { bytes } = cut;
  if (cut.kind === 'refused') {
    const controlId =
      said.controlId === null ? digestOfMessage(bytes).toString('hex') : numbered(said.controlId, entry);
    // Of several organisations nobody can say whose it is.
    const sender = said.otherSenderPlace === null ? envelope.sender : '';
    const refused = { message, envelope: { ...envelope, sender, controlId }, ...refusalOf(cut.issues) };
    return { bytes, entry, admission: { kind: 'refused', ...refused } };
  }
  const own = envelopeOf(cut.message);
  const senderPlace = own.senderPlace === SOURCE_PLACE ? said.senderPlace : placeAsSent(own.senderPlace, cut.from);
  const about = { message: cut.message, envelope: rowOf(own, bytes) };
  return { bytes, entry, admission: admitted(about, { ...own, senderPlace }, site) };
}

/** From a place in what is kept of an entry to that in the Bundle that was sent. */
const placeAsSent = (place: string, from: readonly number[]): string =>
  place.replace(/^Bundle\.entry\[(\d+)\]/, (_, index: string) => `Bundle.entry[${from[Number(index)] ?? index}]`);

/** Without an identifier of its own a message is known by its bytes. */
const rowOf = (said: FhirEnvelope, bytes: Uint8Array): Envelope => ({
  sender: said.sender ?? '',
  application: said.application,
  controlId: said.controlId ?? digestOfMessage(bytes).toString('hex'),
  sentAt: said.sentAt?.written ?? '',
  messageCode: 'FHIR',
  trigger: said.trigger,
});

const CORRECT = 'the sender corrects it and sends again';

/** The first issue stands for all in the inbox; the sender is told every one. */
export function refusalOf(issues: Issue[]): FhirRefusal {
  const [first] = issues;
  const fault: FaultDetail = {
    code: 'fhir-invalid',
    where: first?.expression ?? '',
    text: first?.text ?? 'cannot be read',
    next: CORRECT,
  };
  return { fault, issues };
}

function notOurs(said: FhirEnvelope, site: Site): FhirRefusal | null {
  const { sender, senderPlace, otherSenderPlace, receivers, receiverPlace } = said;
  if (sender === null) {
    const text = 'names no sending organisation by its ODS code (https://fhir.nhs.uk/Id/ods-organization-code)';
    return refused({ code: 'field-missing', where: senderPlace, text, next: CORRECT }, 'required');
  }
  if (otherSenderPlace !== null) {
    const text =
      'is another organisation than that of what stands before it, and only a MessageHeader says who sends both';
    const next = 'the sender puts what is of one organisation into one Bundle, or sends a message';
    return refused({ code: 'field-invalid', where: otherSenderPlace, text, next }, 'business-rule');
  }
  const { receiving } = site;
  if (receiving.length === 0 || receivers.length === 0 || receivers.some((each) => receiving.includes(each)))
    return null;
  const text = 'names another receiver';
  const next = 'the sender corrects its route, or add the code under receiving in the site file';
  return refused({ code: 'not-for-us', where: receiverPlace, text, next }, 'business-rule');
}

/** Only a message names one, and its header is its first entry. */
const APPLICATION_PLACE = 'Bundle.entry[0].resource.source.name';

function unknown({ sender, senderPlace, application }: FhirEnvelope, site: Site): FhirRefusal {
  if (site.senders.some(({ ods }) => ods === sender)) {
    const where = application === '' ? senderPlace : APPLICATION_PLACE;
    const text = 'the site file has this organisation only with an application, and that of a row is not named here';
    const next =
      'add a row without application for its FHIR under senders in the site file, or name one in MessageHeader.source.name';
    return refused({ code: 'sender-unknown', where, text, next }, 'forbidden');
  }
  const text = 'no sender of the site file has this code';
  const next = 'add it under senders in the site file';
  return refused({ code: 'sender-unknown', where: senderPlace, text, next }, 'forbidden');
}

const TOO_MUCH = refused(
  {
    code: 'fhir-invalid',
    where: 'Bundle.entry',
    text: 'its entries refer to each other so much that each with all that it needs would be many times the Bundle',
    next: 'the sender sends it in parts',
  },
  'too-long',
);

/** One fault as what is noted and as what the sender is told. */
export function refused(fault: FaultDetail, code: IssueCode): FhirRefusal {
  return { fault, issues: [error(code, fault.where === '' ? null : fault.where, `${fault.text}; ${fault.next}`)] };
}

/** Stored FHIR to facts. `feed`: the sender's own, where it is one of FHIR, else the usual one. */
export function fhirInterpretation(
  bytes: Uint8Array,
  sender: Pick<Sender, 'ods' | 'feed' | 'timeZone'>,
  mappings: Mappings,
  arrivedAt: Date | null,
): Interpretation {
  const read = readFhir(bytes);
  if (read.kind === 'issues') return parked(refusalOf(read.issues).fault);
  const feed = mappings.fhirFeeds.get(sender.feed) ?? mappings.fhirFeeds.get(USUAL_FHIR_FEED);
  if (!feed) return parked(faultOf('config-invalid', 'site', `feed ${USUAL_FHIR_FEED} is not loaded`));
  const at = arrivedAt === null ? null : arrivedAt.toISOString().replace('.000Z', 'Z');
  return interpretFhir(read.resource, { feed, codes: mappings.codes, sender }, at);
}

const faultOf = (code: FaultCode, where: string, text: string): FaultDetail => ({
  code,
  where,
  text,
  next: 'restart the service',
});

const parked = (fault: FaultDetail): Interpretation => ({ outcome: 'parked', facts: [], fault, note: null });
