import { createConnection, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { Fault } from '../fault.js';
import { type ClientTls, type Trouble, tlsOptionsFor, tlsTrouble } from './client-tls.js';
import { createFramer, framed } from './mllp-frame.js';

export type Sent = {
  /** Place of the message in what was given, from 0. */
  index: number;
  /** What came back for it: none when the sender asked for none, two in enhanced mode (CA, then AA). */
  acknowledgements: Uint8Array[];
};

/** An acknowledgement is a few hundred bytes; a peer that sends more than this speaks something else. */
const MAX_ACKNOWLEDGEMENT_BYTES = 1_048_576;

/**
 * Sends messages one at a time over one connection, each once the one before it was acknowledged. Throws
 * `system-unreachable` when nobody listens and `no-reply` when the peer hangs up or does not answer within `timeoutMs`.
 */
export async function* sendMllp(
  host: string,
  port: number,
  messages: Iterable<Uint8Array>,
  { timeoutMs, tls = null }: { timeoutMs: number; tls?: ClientTls | null },
): AsyncGenerator<Sent> {
  const where = `${tls ? 'mllps' : 'mllp'}://${host}:${port}`;
  const socket = await connected({ host, port, tls }, timeoutMs, where);
  const replies = repliesFrom(socket, where);
  try {
    let index = 0;
    for (const message of messages) {
      socket.write(framed(message));
      yield { index, acknowledgements: await acknowledgementsOf(message, () => replies.next(timeoutMs)) };
      index += 1;
    }
  } finally {
    socket.destroy();
  }
}

/** Late answers to an earlier message are passed over: only one with this message's control ID, or with none, counts. */
async function acknowledgementsOf(message: Uint8Array, next: () => Promise<Buffer>): Promise<Uint8Array[]> {
  const controlId = fieldOf(message, 'MSH', 10);
  const matching = async (): Promise<Buffer> => {
    for (;;) {
      const reply = await next();
      const answered = fieldOf(reply, 'MSA', 2);
      if (controlId === '' || answered === '' || answered === controlId) return reply;
    }
  };
  const [accept, application] = [fieldOf(message, 'MSH', 15), fieldOf(message, 'MSH', 16)];
  const isEnhanced = accept !== '' || application !== '';
  if (isEnhanced && [accept, application].every((condition) => condition === '' || condition === 'NE')) return [];

  const first = await matching();
  const isAccepted = fieldOf(first, 'MSA', 1) === 'CA';
  return isAccepted && ['AL', 'SU'].includes(application) ? [first, await matching()] : [first];
}

/** One field of the first such segment, as written: enough to match an answer with its message. */
function fieldOf(message: Uint8Array, segment: 'MSH' | 'MSA', position: number): string {
  const lines = Buffer.from(message)
    .toString('latin1')
    .split(/[\r\n]+/);
  const separator = lines.find((line) => line.startsWith('MSH'))?.[3] ?? '|';
  const line = lines.find((each) => each.startsWith(segment + separator));
  // MSH-1 is the separator itself
  return line?.split(separator)[segment === 'MSH' ? position - 1 : position] ?? '';
}

type To = { host: string; port: number; tls: ClientTls | null };

function connected({ host, port, tls }: To, timeoutMs: number, where: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectSecure({ host, port, ...tlsOptionsFor(host, tls) }).setNoDelay(true)
      : createConnection({ host, port, noDelay: true });
    const fail = (text: string, next = 'check the address and that the listener runs') => {
      socket.destroy();
      reject(new Fault({ code: 'system-unreachable', where, text, next }));
    };
    const limit = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
    const broke = (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      const known = tlsTrouble(error.code ?? '');
      fail(known?.text ?? `cannot connect (${error.code ?? error.message})`, known?.next);
    };
    socket.once('error', broke);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      clearTimeout(limit);
      socket.off('error', broke);
      resolve(socket);
    });
  });
}

const SEND_AGAIN = 'send it again: an identical repeat is safe';
/** Not every listener says why it hangs up after the handshake. */
const PERHAPS_UNTRUSTED = 'if it stays, look in the log of the listener whether it trusts our certificate';

/** The frames that come back, one for each `next`. */
function repliesFrom(socket: Socket, where: string): { next: (timeoutMs: number) => Promise<Buffer> } {
  const framer = createFramer({ maxFrameBytes: MAX_ACKNOWLEDGEMENT_BYTES });
  const arrived: Buffer[] = [];
  let lost: Trouble | null = null;
  let wake: () => void = () => {};

  const lose = (text: string, next = SEND_AGAIN) => {
    lost ??= { text, next };
    wake();
  };
  socket.on('data', (chunk: Buffer) => {
    for (const event of framer.push(chunk)) {
      if (event.kind === 'frame') arrived.push(event.bytes);
      else lose(`the answer is longer than ${MAX_ACKNOWLEDGEMENT_BYTES} bytes`);
    }
    wake();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // whether a client certificate is good enough is said only after the connection stands
    const known = tlsTrouble(error.code ?? '');
    lose(known?.text ?? `the connection broke (${error.code ?? error.message})`, known?.next);
  });
  const onClose = 'encrypted' in socket ? `${SEND_AGAIN}; ${PERHAPS_UNTRUSTED}` : SEND_AGAIN;
  socket.on('close', () => lose('the peer closed the connection without an answer', onClose));

  const noReply = (trouble: Trouble) => new Fault({ code: 'no-reply', where, ...trouble });

  return {
    next: (timeoutMs) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          wake = () => {};
          reject(noReply({ text: `no acknowledgement within ${timeoutMs} ms`, next: SEND_AGAIN }));
        }, timeoutMs);
        wake = () => {
          const reply = arrived.shift();
          if (!reply && !lost) return;
          clearTimeout(limit);
          wake = () => {};
          if (reply) resolve(reply);
          else if (lost) reject(noReply(lost));
        };
        wake();
      }),
  };
}
