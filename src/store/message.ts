import type { FaultDetail } from '../fault.js';

export type MessageState = 'received' | 'interpreted' | 'ignored' | 'parked' | 'rejected';

/** A message as it came. The six header fields are as written, and empty where they cannot be read. */
export type IncomingMessage = {
  transport: 'mllp' | 'http';
  peer: string;
  sender: string;
  application: string;
  controlId: string;
  sentAt: string;
  messageCode: string;
  trigger: string;
  /** SHA-256 of the bytes without trailing CR and LF. */
  digest: Buffer;
  /** Null only with state `rejected`. */
  content: Buffer | null;
  ack: string;
  state: 'received' | 'parked' | 'rejected';
  fault: FaultDetail | null;
};

/** `repeat`: the same bytes came before, and get what the first got. `reused`: the key came before with other bytes. */
export type Accepted = {
  id: string;
  outcome: 'stored' | 'repeat' | 'reused';
  state: MessageState;
  ack: string;
  fault: FaultDetail | null;
};
