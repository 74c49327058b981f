import { Fault } from '../fault.js';
import { readHeader } from '../hl7v2/header.js';
import { parseMessage } from '../hl7v2/parse.js';
import type { ClientTls } from '../wire/client-tls.js';
import { type Post, postEach } from '../wire/hl7-http.js';
import { sendMllp } from '../wire/mllp-client.js';
import { isFhirJson } from './admit-fhir.js';
import type { Given } from './files.js';
import { type Acknowledgement, fhirAcknowledgement, fhirControlId, fhirPost } from './send-fhir.js';

export type { ClientTls };

export type SentMessage = {
  file: string;
  index: number;
  controlId: string | null;
  /** None when the message asks for none; two in enhanced mode (CA, then AA). */
  acknowledgements: Acknowledgement[];
  accepted: boolean;
};

export type Address =
  | { kind: 'mllp'; host: string; port: number; isSecure: boolean }
  | { kind: 'http'; url: URL; isSecure: boolean };

/** IANA's port for HL7, and the one beside it for TLS. */
const PORTS: Readonly<Record<string, number>> = { 'mllp:': 2575, 'mllps:': 2576 };

/** `mllp://host:port`, `mllps://host:port` or an http address; null for anything else. */
export function addressFrom(written: string): Address | null {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  if (url.username !== '' || url.password !== '') return null;
  const isSecure = ['https:', 'mllps:'].includes(url.protocol);
  if (url.protocol === 'http:' || url.protocol === 'https:') return { kind: 'http', url, isSecure };
  const usual = PORTS[url.protocol];
  if (usual === undefined || url.hostname === '' || !['', '/'].includes(url.pathname)) return null;
  return { kind: 'mllp', host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || usual, isSecure };
}

/** `tls` counts where the address is secure. */
type Options = { token: string | null; timeoutMs: number; tls: ClientTls };

/** Plays messages to a listener in their order. Throws `system-unreachable` or `no-reply` when it can play no further. */
export async function* sendMessages(
  given: readonly Given[],
  to: Address,
  options: Options,
): AsyncGenerator<SentMessage> {
  const bytes = given.map((each) => each.bytes);
  if (to.kind === 'mllp' && bytes.some(isFhirJson)) throw notOverMllp(to);
  const answers = to.kind === 'mllp' ? overMllp(to, bytes, options) : overHttp(to.url, bytes, options);
  for await (const { index, acknowledgements } of answers) {
    const message = given[index];
    if (!message) throw new Error(`an answer to message ${index} of ${given.length}`);
    const accepted = acknowledgements.every(({ code }) => code !== null && POSITIVE.test(code));
    yield {
      file: message.file,
      index: message.index,
      controlId: controlIdIn(message.bytes),
      acknowledgements,
      accepted,
    };
  }
}

/** Of HL7 v2, or the status of an answer to FHIR. */
const POSITIVE = /^(AA|CA|2\d\d)$/;

const controlIdIn = (bytes: Uint8Array): string | null =>
  isFhirJson(bytes) ? fhirControlId(bytes) : (readHeader(bytes)?.controlId ?? null);

type Answered = { index: number; acknowledgements: Acknowledgement[] };

async function* overMllp(
  { host, port, isSecure }: Extract<Address, { kind: 'mllp' }>,
  bytes: readonly Uint8Array[],
  { timeoutMs, tls }: Options,
): AsyncGenerator<Answered> {
  for await (const { index, acknowledgements } of sendMllp(host, port, bytes, {
    timeoutMs,
    tls: isSecure ? tls : null,
  })) {
    yield { index, acknowledgements: acknowledgements.map((ack) => acknowledgementIn(ack) ?? NONE) };
  }
}

async function* overHttp(url: URL, bytes: readonly Uint8Array[], options: Options): AsyncGenerator<Answered> {
  const posts = bytes.map(
    (message): Post =>
      isFhirJson(message) ? fhirPost(url, message) : { url, method: 'POST', type: 'application/hl7-v2', message },
  );
  for await (const { index, status, body } of postEach(posts, options)) {
    const outcome = isFhirJson(bytes[index] ?? body) ? fhirAcknowledgement(status, body) : null;
    if (!outcome && (status === 401 || status === 403)) throw notLetIn(url, status);
    if (outcome) {
      yield { index, acknowledgements: [outcome] };
      continue;
    }
    const isEmptySuccess = body.length === 0 && status >= 200 && status < 300;
    const answer = acknowledgementIn(body) ?? { ...NONE, text: `HTTP ${status} without an acknowledgement` };
    yield { index, acknowledgements: isEmptySuccess ? [] : [answer] };
  }
}

const NONE: Acknowledgement = { code: null, controlId: null, text: 'the answer is not an HL7 v2 acknowledgement' };

function acknowledgementIn(bytes: Uint8Array): Acknowledgement | null {
  const parsed = parseMessage(bytes);
  if (!('message' in parsed)) return null;
  const { message } = parsed;
  const code = message.value('MSA-1');
  if (code === null) return null;
  return { code, controlId: message.value('MSA-2'), text: message.value('MSA-3') ?? message.value('ERR-8') };
}

const notLetIn = (url: URL, status: number): Fault =>
  new Fault({
    code: 'usage',
    where: `${url.origin}${url.pathname}`,
    text: `the listener asks who sends (HTTP ${status})`,
    next: 'give its token with --token',
  });

const notOverMllp = ({ host, port }: Extract<Address, { kind: 'mllp' }>): Fault =>
  new Fault({
    code: 'usage',
    where: `mllp://${host}:${port}`,
    text: 'FHIR is not sent over MLLP',
    next: 'give an address such as --to http://HOST/fhir',
  });
