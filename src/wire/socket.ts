import type { Socket } from 'node:net';

/** How long a peer that we hung up on may take to hang up too. */
const LINGER_MS = 1_000;

/** Answers that are ready in the same turn leave in one system call. False when the peer is behind in taking them. */
export function write(socket: Socket, frame: Buffer): boolean {
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  return socket.write(frame);
}

/** Until the peer has taken what was written, or the connection is gone. */
export function isTaken(socket: Socket, timeoutMs: number, giveUp: (trouble: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const time = stopwatch(timeoutMs, () => {
      giveUp(`the peer took no answers for ${timeoutMs} ms`);
      socket.destroy();
    });
    const done = () => {
      time.stop();
      socket.off('drain', done).off('close', done);
      resolve();
    };
    time.start();
    socket.on('drain', done).on('close', done);
  });
}

/** `start` while it runs changes nothing. */
export function stopwatch(ms: number, passed: () => void): { start: () => void; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      timer ??= setTimeout(passed, ms);
    },
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/**
 * Ends our side and throws away what still comes, until the peer ends too. Closing at once with bytes unread would
 * reset the connection, and the peer could lose answers that were given already.
 */
export function hangUp(socket: Socket): void {
  socket.end();
  socket.resume();
  const limit = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(limit));
}
