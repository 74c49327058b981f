import { createHash, randomUUID } from 'node:crypto';
import type { FaultDetail } from '../fault.js';
import { acknowledge, acknowledgementBytes, acknowledgeUnreadable } from '../hl7v2/acknowledgement.js';
import { answersFor, type Outcome } from '../hl7v2/answers.js';
import { readHeader } from '../hl7v2/header.js';
import type { Header } from '../hl7v2/message.js';
import type { Log } from '../log.js';
import type { Site } from '../site.js';
import type { Accepted, IncomingMessage } from '../store/message.js';
import { admit } from './admit.js';
import { microBatch } from './batch.js';

export type Received = {
  /** `failed`: we could not store it, the sender sends again. `refused`: unreadable, an unknown sender, or not for us. */
  status: Outcome;
  acknowledgements: Uint8Array[];
};

type Deps = {
  site: Site;
  acceptBatch: (messages: readonly IncomingMessage[]) => Promise<Accepted[]>;
  /** Called after a commit that stored something new to interpret. Must not throw. */
  wake: () => void;
  log: Log;
  now?: () => Date;
};

export type Receive = (bytes: Uint8Array, from: { transport: 'mllp' | 'http'; peer: string }) => Promise<Received>;

const MAX_BATCH = 500;

/**
 * The way to the acknowledgement: header, sender, one committed batch, answer. Nothing is interpreted here. A message
 * that is not for us is kept without its content, so that an engineer can see that it came and why it was refused.
 */
export function receiver({ site, acceptBatch, wake, log, now = () => new Date() }: Deps): Receive {
  const accept = microBatch((messages: IncomingMessage[]) => acceptBatch(messages), MAX_BATCH);

  return async (bytes, from) => {
    const admission = admit(bytes, site);
    const refusal = admission.kind === 'refused' ? admission.fault : null;
    try {
      const accepted = await accept(incoming(bytes, admission.header, refusal, from));
      if (accepted.state === 'received') wake();
      if (refusal) log.warn('a message was refused', { fault: refusal.code });
      const status = refusal ? 'refused' : 'stored';
      return { status, acknowledgements: answers(admission.header, status, refusal, now()) };
    } catch (error) {
      log.error('a message could not be stored; its sender was asked to send it again', { error });
      return { status: 'failed', acknowledgements: answers(admission.header, 'failed', NOT_STORED, now()) };
    }
  };
}

const NOT_STORED: FaultDetail = {
  code: 'system-unreachable',
  where: '',
  text: 'the message could not be stored',
  next: 'send it again',
};

function incoming(
  bytes: Uint8Array,
  header: Header | null,
  refusal: FaultDetail | null,
  from: { transport: 'mllp' | 'http'; peer: string },
): IncomingMessage {
  const content = Buffer.from(bytes);
  return {
    ...from,
    sender: header?.sendingFacility ?? '',
    application: header?.sendingApplication ?? '',
    controlId: header?.controlId ?? '',
    sentAt: header?.sentAt ?? '',
    messageCode: header?.messageCode ?? '',
    trigger: header?.trigger ?? '',
    digest: digestOfMessage(content),
    content: refusal ? null : content,
    ack: refusal ? 'AR' : 'AA',
    state: refusal ? 'rejected' : 'received',
    fault: refusal,
  };
}

/** What "identical" means for a repeat: the bytes without the line ends after the last segment. */
export function digestOfMessage(bytes: Uint8Array): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0d || bytes[end - 1] === 0x0a)) end--;
  return createHash('sha256').update(bytes.subarray(0, end)).digest();
}

/** The refusal of a frame above the limit, by what was read of it. */
export function refuseOversize(head: Uint8Array, maxBytes: number, at: Date): Uint8Array {
  const fault = {
    where: 'message',
    text: `is longer than ${maxBytes} bytes`,
    next: 'send it in parts, or raise MLLP_MAX_BYTES',
  };
  const header = readHeader(head);
  if (!header) return acknowledgementBytes(acknowledgeUnreadable(at, controlId(), saying(fault)), null);
  return answer(header, 'AR', { code: 'hl7-unreadable', ...fault }, at);
}

function answers(header: Header | null, outcome: Outcome, fault: FaultDetail | null, at: Date): Uint8Array[] {
  if (!header) {
    // Without a header nobody can be told "send again" but by silence, and the bytes will not become readable.
    const text = fault ? saying(fault) : 'unreadable';
    return [acknowledgementBytes(acknowledgeUnreadable(at, controlId(), text), null)];
  }
  return answersFor(header, outcome).map((code) => answer(header, code, fault, at));
}

function answer(
  header: Header,
  code: Parameters<typeof acknowledge>[1]['code'],
  fault: FaultDetail | null,
  at: Date,
): Uint8Array {
  const said = fault ? { text: saying(fault), errorLocation: fault.where, errorCode: fault.code } : {};
  return acknowledgementBytes(acknowledge(header, { code, ...said }, at, controlId()), header);
}

const saying = ({ where, text, next }: Pick<FaultDetail, 'where' | 'text' | 'next'>): string =>
  `${where === '' ? '' : `${where}: `}${text}; ${next}`;

/** Twenty characters, the length of MSH-10 in every version. */
const controlId = (): string => randomUUID().replaceAll('-', '').slice(0, 20);
