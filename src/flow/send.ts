import { Fault } from '../fault.js';
import { readHeader } from '../hl7v2/header.js';
import { parseMessage } from '../hl7v2/parse.js';
import { postHl7 } from '../wire/hl7-http.js';
import { sendMllp } from '../wire/mllp-client.js';
import type { Given } from './files.js';

/** MSA-1, MSA-2 and what it says; `code` null where the answer is no acknowledgement. */
export type Acknowledgement = { code: string | null; controlId: string | null; text: string | null };

export type SentMessage = {
  file: string;
  index: number;
  controlId: string | null;
  /** None when the message asks for none; two in enhanced mode (CA, then AA). */
  acknowledgements: Acknowledgement[];
  accepted: boolean;
};

export type Address = { kind: 'mllp'; host: string; port: number } | { kind: 'http'; url: URL };

/** IANA's port for HL7. */
const MLLP_PORT = 2575;

/** `mllp://host:port` or an http address; null for anything else. */
export function addressFrom(written: string): Address | null {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  if (url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'http:' || url.protocol === 'https:') return { kind: 'http', url };
  if (url.protocol !== 'mllp:' || url.hostname === '' || !['', '/'].includes(url.pathname)) return null;
  return { kind: 'mllp', host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || MLLP_PORT };
}

type Options = { token: string | null; timeoutMs: number };

/** Plays messages to a listener in their order. Throws `system-unreachable` or `no-reply` when it can play no further. */
export async function* sendMessages(
  given: readonly Given[],
  to: Address,
  options: Options,
): AsyncGenerator<SentMessage> {
  const bytes = given.map((each) => each.bytes);
  const answers = to.kind === 'mllp' ? overMllp(to, bytes, options) : overHttp(to.url, bytes, options);
  for await (const { index, acknowledgements } of answers) {
    const message = given[index];
    if (!message) throw new Error(`an answer to message ${index} of ${given.length}`);
    const accepted = acknowledgements.every(({ code }) => code === 'AA' || code === 'CA');
    const controlId = readHeader(message.bytes)?.controlId ?? null;
    yield { file: message.file, index: message.index, controlId, acknowledgements, accepted };
  }
}

type Answered = { index: number; acknowledgements: Acknowledgement[] };

async function* overMllp(
  { host, port }: Extract<Address, { kind: 'mllp' }>,
  bytes: readonly Uint8Array[],
  { timeoutMs }: Options,
): AsyncGenerator<Answered> {
  for await (const { index, acknowledgements } of sendMllp(host, port, bytes, { timeoutMs })) {
    yield { index, acknowledgements: acknowledgements.map((ack) => acknowledgementIn(ack) ?? NONE) };
  }
}

async function* overHttp(url: URL, bytes: readonly Uint8Array[], options: Options): AsyncGenerator<Answered> {
  for await (const { index, status, body } of postHl7(url, bytes, options)) {
    if (status === 401 || status === 403) throw notLetIn(url, status);
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
