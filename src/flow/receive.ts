import { randomUUID } from 'node:crypto';
import type { FaultDetail } from '../fault.js';
import { acknowledge, acknowledgementBytes, acknowledgeUnreadable } from '../hl7v2/acknowledgement.js';
import { answersFor, type Outcome } from '../hl7v2/answers.js';
import { readHeader } from '../hl7v2/header.js';
import type { Header } from '../hl7v2/message.js';
import type { Log } from '../log.js';
import type { Site } from '../site.js';
import type { Accepted, IncomingMessage } from '../store/message.js';
import type { ProvenBy } from '../wire/server-certificate.js';
import { admit } from './admit.js';
import { microBatch } from './batch.js';
import { digestOfMessage } from './digest.js';
import { type SenderProof, senderProof } from './sender-proof.js';

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
  proof?: SenderProof;
  /** Told of everything that came, once it is settled: for counts and traces. Must not throw. */
  seen?: (arrival: Arrival) => void;
};

/** `row` is null when it could not be stored; `sender` where the site file does not name it. */
export type Arrival = {
  row: string | null;
  outcome: Accepted['outcome'] | 'failed';
  refused: boolean;
  transport: IncomingMessage['transport'];
  sender: string | null;
  trigger: string;
  /** Milliseconds since 1970, when the whole message was there. */
  startedAt: number;
  /** Until it was on disk. */
  durationMs: number;
};

/** `certificate` proves who is at the other end; left out where the way in knows none. */
export type From = { transport: 'mllp' | 'http'; peer: string; certificate?: ProvenBy };

export type Receive = {
  (bytes: Uint8Array, from: From): Promise<Received>;
  /** What is over the limit: refused by its first bytes, and noted like everything that is refused. */
  refuse(head: Uint8Array, from: From, fault: FaultDetail): Promise<Received>;
  /** The same way in for what is no HL7 v2. It resolves once the message is on disk, and rejects when it is not. */
  keep(message: IncomingMessage): Promise<Accepted>;
};

const MAX_BATCH = 500;
/** Of one statement: its text is twice that, in hexadecimal, and has to fit into one string. */
const MAX_BATCH_BYTES = 16 * 1024 * 1024;

/**
 * The way to the acknowledgement: header, sender, one committed batch, answer. Nothing is interpreted here. A message
 * that is not for us is kept without its content, so that an engineer can see that it came and why it was refused.
 */
export function receiver({
  site,
  acceptBatch,
  wake,
  log,
  now = () => new Date(),
  proof = senderProof(site),
  seen = () => undefined,
}: Deps): Receive {
  const accept = microBatch((messages: IncomingMessage[]) => acceptBatch(messages), MAX_BATCH, {
    of: ({ content }) => content?.length ?? 0,
    max: MAX_BATCH_BYTES,
  });

  const keep = async (message: IncomingMessage) => {
    const accepted = await watched(message, accept(message), seen);
    if (accepted.state === 'received') wake();
    if (message.state === 'rejected') log.warn('a message was refused', { fault: message.fault?.code });
    return accepted;
  };
  const settle = async (bytes: Uint8Array, header: Header | null, refusal: FaultDetail | null, from: From) => {
    try {
      await keep(incoming(bytes, header, refusal, from));
      const status: Outcome = refusal ? 'refused' : 'stored';
      return { status, acknowledgements: answers(header, status, refusal, now()) };
    } catch (error) {
      log.error('a message could not be stored; its sender was asked to send it again', { error });
      const status: Outcome = 'failed';
      return { status, acknowledgements: answers(header, status, NOT_STORED, now()) };
    }
  };
  const receive = (bytes: Uint8Array, from: From) => {
    const admission = admit(bytes, site);
    const refusal = admission.kind === 'refused' ? admission.fault : proof(admission.sender, from.certificate ?? null);
    return settle(bytes, admission.header, refusal, from);
  };
  return Object.assign(receive, {
    keep,
    refuse: (head: Uint8Array, from: From, fault: FaultDetail) => settle(head, readHeader(head), fault, from),
  });
}

async function watched(message: IncomingMessage, accepting: Promise<Accepted>, seen: (arrival: Arrival) => void) {
  const refused = message.state === 'rejected';
  const startedAt = Date.now();
  const began = performance.now();
  const settled = (row: string | null, outcome: Arrival['outcome']) => {
    const { transport, trigger } = message;
    const sender = refused ? null : message.sender;
    const durationMs = performance.now() - began;
    seen({ row, outcome, refused, transport, sender, trigger, startedAt, durationMs });
  };
  try {
    const accepted = await accepting;
    settled(accepted.id, accepted.outcome);
    return accepted;
  } catch (error) {
    settled(null, 'failed');
    throw error;
  }
}

const NOT_STORED: FaultDetail = {
  code: 'system-unreachable',
  where: '',
  text: 'the message could not be stored',
  next: 'send it again',
};

function incoming(bytes: Uint8Array, header: Header | null, refusal: FaultDetail | null, from: From): IncomingMessage {
  const content = Buffer.from(bytes);
  return {
    transport: from.transport,
    peer: from.peer,
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

/** The refusal of a frame above the limit, by what was read of it. */
export const tooLong = (maxBytes: number): FaultDetail => ({
  code: 'hl7-unreadable',
  where: '',
  text: `the message is longer than ${maxBytes} bytes`,
  next: 'send it in parts, or raise MLLP_MAX_BYTES',
});

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
  const said = fault ? { text: saying(fault), errorCode: fault.code, ...placeOf(fault) } : {};
  return acknowledgementBytes(acknowledge(header, { code, ...said }, at, controlId()), header);
}

/** ERR names a place in the message, or none. */
const placeOf = ({ where }: FaultDetail) => (/^[A-Z][A-Z0-9]{2}\b/.test(where) ? { errorLocation: where } : {});

const saying = ({ where, text, next }: Pick<FaultDetail, 'where' | 'text' | 'next'>): string =>
  `${where === '' ? '' : `${where}: `}${text}; ${next}`;

/** Twenty characters, the length of MSH-10 in every version. */
const controlId = (): string => randomUUID().replaceAll('-', '').slice(0, 20);
