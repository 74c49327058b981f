import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { listenMllp, type MllpListener, type MllpOptions } from '../../src/wire/mllp-listener.js';
import { openRoom } from '../../src/wire/room.js';

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const bytes = (content: string): Uint8Array => Buffer.from(content, 'latin1');
export const frame = (content: string): string => `\v${content}\x1c\r`;

export type Listening = MllpListener & { received: string[]; errors: string[] };

/** A listener on a free port that answers `ok:<frame>`, with what it received and what went wrong. */
export async function listening(options: Partial<MllpOptions> = {}): Promise<Listening> {
  const received: string[] = [];
  const errors: string[] = [];
  const listener = await listenMllp({
    host: '127.0.0.1',
    port: 0,
    maxFrameBytes: 100_000,
    room: openRoom(100),
    frameTimeoutMs: 5_000,
    oversize: (head) => bytes(`too long:${text(head.subarray(0, 8))}`),
    onError: (error) => errors.push(error instanceof Error ? error.message : String(error)),
    ...options,
    receive: async (bytesIn, peer) => {
      received.push(text(bytesIn));
      return (options.receive ?? (async (each: Uint8Array) => [bytes(`ok:${text(each)}`)]))(bytesIn, peer);
    },
  });
  return { ...listener, received, errors };
}

export type Peer = {
  socket: Socket;
  write(content: string): void;
  /** Waits for the nth (from 1) answer and gives all that came. */
  answers(count: number): Promise<string[]>;
  /** All answers until the other side ends the connection. */
  untilClosed(): Promise<string[]>;
};

/** A sender on a raw socket. */
export async function peerOf(port: number): Promise<Peer> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  const peer = peerOn(socket);
  await once(socket, 'connect');
  return peer;
}

/** A sender on a socket, which may still be connecting. */
export function peerOn(socket: Socket): Peer {
  let stream = '';
  socket.on('data', (chunk) => {
    stream += chunk.toString('latin1');
  });
  socket.on('error', () => {}); // a reset is one of the ways to be closed
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const frames = () =>
    stream
      .split('\x1c\r')
      .slice(0, -1)
      .map((each) => each.slice(1));
  return {
    socket,
    write: (content) => socket.write(content, 'latin1'),
    async answers(count) {
      while (frames().length < count)
        await Promise.race([once(socket, 'data'), closed.then(() => Promise.reject(new Error('closed')))]);
      return frames();
    },
    async untilClosed() {
      await closed;
      return frames();
    },
  };
}

/** A promise and the means to settle it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Lets sockets and promises move on until `condition` holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
