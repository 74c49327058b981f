import { createConnection, type Socket } from 'node:net';
import { Fault } from '../fault.js';
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
  { timeoutMs }: { timeoutMs: number },
): AsyncGenerator<Sent> {
  const where = `mllp://${host}:${port}`;
  const socket = await connected(host, port, timeoutMs, where);
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

function connected(host: string, port: number, timeoutMs: number, where: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true });
    const fail = (text: string) => {
      socket.destroy();
      reject(
        new Fault({ code: 'system-unreachable', where, text, next: 'check the address and that the listener runs' }),
      );
    };
    const limit = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      fail(`cannot connect (${error.code ?? error.message})`);
    });
    socket.once('connect', () => {
      clearTimeout(limit);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

/** The frames that come back, one for each `next`. */
function repliesFrom(socket: Socket, where: string): { next: (timeoutMs: number) => Promise<Buffer> } {
  const framer = createFramer({ maxFrameBytes: MAX_ACKNOWLEDGEMENT_BYTES });
  const arrived: Buffer[] = [];
  let lost: string | null = null;
  let wake: () => void = () => {};

  const lose = (text: string) => {
    lost ??= text;
    wake();
  };
  socket.on('data', (chunk: Buffer) => {
    for (const event of framer.push(chunk)) {
      if (event.kind === 'frame') arrived.push(event.bytes);
      else lose(`the answer is longer than ${MAX_ACKNOWLEDGEMENT_BYTES} bytes`);
    }
    wake();
  });
  socket.on('error', (error: NodeJS.ErrnoException) => lose(`the connection broke (${error.code ?? error.message})`));
  socket.on('close', () => lose('the peer closed the connection without an answer'));

  const noReply = (text: string) =>
    new Fault({ code: 'no-reply', where, text, next: 'send it again: an identical repeat is safe' });

  return {
    next: (timeoutMs) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          wake = () => {};
          reject(noReply(`no acknowledgement within ${timeoutMs} ms`));
        }, timeoutMs);
        wake = () => {
          const reply = arrived.shift();
          if (!reply && lost === null) return;
          clearTimeout(limit);
          wake = () => {};
          if (reply) resolve(reply);
          else reject(noReply(lost ?? ''));
        };
        wake();
      }),
  };
}
