import { createHash } from 'node:crypto';
import type { IncomingMessage } from '../../src/store/message.js';

/** An invented message that the inbox takes; its bytes say who sent it, so that other fields make other bytes. */
export function incoming(over: Partial<IncomingMessage> & { text?: string } = {}): IncomingMessage {
  const { text = 'discharged', ...rest } = over;
  const content = Buffer.from(`MSH|^~\\&|EPR|RXT|||20260301100000||ADT^A03|${rest.controlId ?? 'M1'}\r${text}`);
  return {
    transport: 'mllp',
    peer: '127.0.0.1',
    sender: 'RXT',
    application: 'EPR',
    controlId: 'M1',
    sentAt: '20260301100000',
    messageCode: 'ADT',
    trigger: 'A03',
    digest: createHash('sha256').update(content).digest(),
    content,
    ack: 'AA',
    state: 'received',
    fault: null,
    ...rest,
  };
}
