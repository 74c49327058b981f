import { createConnection } from 'node:net';
import { Fault } from '../fault.js';
import { fhirAcknowledgement, fhirPost } from '../flow/send-fhir.js';
import { postEach, postHl7 } from '../wire/hl7-http.js';
import { createFramer, framed } from '../wire/mllp-frame.js';

/** What the service answered a message: the code of MSA-1, or the HTTP status of FHIR; and, for a refusal, why. */
export type Acknowledged = { code: string; text: string | null };

const ANSWER_WITHIN_MS = 30_000;
const MAX_ANSWER_BYTES = 65_536;

/** Writes all messages at once over one connection, as busy senders do, and then reads the answers in their order. */
export async function sendPipelined(port: number, messages: readonly string[]): Promise<Acknowledged[]> {
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
  const framer = createFramer({ maxFrameBytes: MAX_ANSWER_BYTES });
  const answers: Acknowledged[] = [];
  try {
    socket.write(Buffer.concat(messages.map((message) => framed(Buffer.from(message)))));
    for await (const chunk of socket) {
      for (const event of framer.push(chunk)) {
        if (event.kind === 'frame') answers.push(acknowledgedIn(event.bytes));
      }
      if (answers.length >= messages.length) return answers;
    }
  } catch (cause) {
    throw unanswered(port, { cause });
  } finally {
    socket.destroy();
  }
  throw unanswered(port);
}

/** `POST /hl7`, one request a message. */
export async function sendByHttp(port: number, messages: readonly string[]): Promise<Acknowledged[]> {
  const answers: Acknowledged[] = [];
  const url = new URL(`http://127.0.0.1:${port}/hl7`);
  const bytes = messages.map((message) => Buffer.from(message));
  for await (const { body } of postHl7(url, bytes, { token: null, timeoutMs: ANSWER_WITHIN_MS })) {
    answers.push(acknowledgedIn(body));
  }
  return answers;
}

/** FHIR, each where it belongs: `code` is the status of the answer. */
export async function sendFhir(port: number, messages: readonly string[]): Promise<Acknowledged[]> {
  const base = new URL(`http://127.0.0.1:${port}/fhir`);
  const posts = messages.map((message) => fhirPost(base, Buffer.from(message)));
  const answers: Acknowledged[] = [];
  for await (const { status, body } of postEach(posts, { token: null, timeoutMs: ANSWER_WITHIN_MS })) {
    const { code, text } = fhirAcknowledgement(status, body);
    answers.push({ code: code ?? 'no answer', text });
  }
  return answers;
}

function acknowledgedIn(answer: Uint8Array): Acknowledged {
  const msa = Buffer.from(answer)
    .toString('utf8')
    .split('\r')
    .map((segment) => segment.split('|'))
    .find(([name]) => name === 'MSA');
  return { code: msa?.[1] ?? 'no answer', text: msa?.[3] || null };
}

const unanswered = (port: number, options?: ErrorOptions): Fault =>
  new Fault(
    {
      code: 'no-reply',
      where: `mllp://127.0.0.1:${port}`,
      text: 'the service did not answer every message',
      next: 'run the demonstration again',
    },
    options,
  );
