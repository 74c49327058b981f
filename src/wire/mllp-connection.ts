import type { Socket } from 'node:net';
import type { ByteBudget } from './byte-budget.js';
import { inOrder } from './in-order.js';
import { createFramer, type FrameEvent, framed } from './mllp-frame.js';

/** Who is at the other end, `address:port`. */
export type Peer = { address: string };

export type ConnectionOptions = {
  maxFrameBytes: number;
  /** For the rest of a frame once it has begun, and for a peer to take its answers. Between frames there is no limit. */
  frameTimeoutMs: number;
  /** Frames of one connection being received at once; what comes above it waits in the peer's own buffers. */
  maxInFlightPerConnection?: number;
  /** What to answer, in order; empty for nothing. When it rejects, the connection is closed without an answer. */
  receive: (frame: Uint8Array, peer: Peer) => Promise<Uint8Array[]>;
  /** The refusal of a frame above `maxFrameBytes`, by its first bytes. */
  oversize: (head: Uint8Array, peer: Peer) => Uint8Array | Promise<Uint8Array>;
  /** Trouble with one connection or with accepting them; never ends the listener. */
  onError: (error: unknown, peer: Peer) => void;
};

type Settled = ({ answers: Buffer[] } | { error: unknown }) & { bytes: number };

const MAX_IN_FLIGHT = 64;
/** How long a peer that we hung up on may take to hang up too. */
const LINGER_MS = 1_000;

/**
 * One connection: frames are received side by side, up to a limit, so that they can be committed together, and
 * answered in the order in which they came. Above the limit, while the bytes of all connections are
 * spent, and while the peer does not take its answers, the socket is not read: memory is bounded, not grown. `finish` answers what was read, then ends.
 */
export function serveConnection(
  socket: Socket,
  options: ConnectionOptions,
  budget: ByteBudget,
): { finish: () => void } {
  const { frameTimeoutMs, maxInFlightPerConnection: limit = MAX_IN_FLIGHT } = options;
  const peer: Peer = { address: `${socket.remoteAddress}:${socket.remotePort}` };
  const framer = createFramer(options);
  const frames = inOrder({ limit, work: (event: FrameEvent) => settle(event, peer, options), deliver, delivered });
  const frameTime = stopwatch(frameTimeoutMs, () =>
    giveUp(`half a frame: its end did not come in ${frameTimeoutMs} ms`),
  );
  let state: 'reading' | 'finishing' | 'ended' = 'reading';
  let taken = 0;

  function end() {
    state = 'ended';
    frameTime.stop();
    frames.drop();
    hangUp(socket);
  }
  /** Without an answer: to the sender a closed connection means "send again". */
  function giveUp(trouble: unknown) {
    if (state === 'ended' || socket.destroyed) return;
    options.onError(typeof trouble === 'string' ? new Error(trouble) : trouble, peer);
    end();
  }
  function giveBack(bytes: number) {
    const own = Math.min(bytes, taken); // what a closed connection still works on was given back when it closed
    taken -= own;
    budget.give(own);
  }
  async function deliver(settled: Settled) {
    giveBack(settled.bytes);
    // once one frame went unanswered, those after it do too: the peer sends all of them again, in order
    if (state === 'ended' || socket.destroyed) return;
    if ('error' in settled) return giveUp(settled.error);
    for (const answer of settled.answers) if (!write(socket, answer)) await isTaken(socket, frameTimeoutMs, giveUp);
  }
  function delivered() {
    if (state === 'finishing' && frames.isIdle()) end();
    readOn();
  }
  function readOn() {
    if (state !== 'reading' || frames.isFull() || !socket.isPaused()) return;
    if (budget.isSpent()) return budget.whenFree(readOn);
    if (framer.isInside()) frameTime.start();
    socket.resume();
  }
  function finish() {
    if (state !== 'reading') return;
    state = 'finishing';
    frameTime.stop();
    socket.pause();
    if (frames.isIdle()) end();
  }

  socket.on('data', (chunk: Buffer) => {
    if (state !== 'reading') return;
    const events = framer.push(chunk);
    const bytes = events.reduce((sum, event) => sum + bytesOf(event), 0);
    taken += bytes;
    budget.take(bytes);
    frames.add(events);
    if (frames.isFull()) socket.pause();
    else if (budget.isSpent()) {
      socket.pause();
      budget.whenFree(readOn);
    }
    // the time is for a whole frame, so that single bytes do not renew it; it stands still while we do not read
    if (events.length > 0) frameTime.stop();
    if (framer.isInside() && !socket.isPaused()) frameTime.start();
  });
  socket.on('end', () => {
    if (framer.isInside() && state === 'reading')
      options.onError(new Error('half a frame: the peer ended in it'), peer);
    finish();
  });
  socket.on('error', (error) => options.onError(error, peer));
  socket.on('close', () => {
    frameTime.stop();
    giveBack(taken);
  });
  return { finish };
}

async function settle(event: FrameEvent, peer: Peer, { receive, oversize }: ConnectionOptions): Promise<Settled> {
  const bytes = bytesOf(event);
  try {
    const answers = event.kind === 'frame' ? await receive(event.bytes, peer) : [await oversize(event.head, peer)];
    return { answers: answers.map(framed), bytes };
  } catch (error) {
    return { error, bytes };
  }
}

const bytesOf = (event: FrameEvent): number => (event.kind === 'frame' ? event.bytes.length : event.head.length);

/** Answers that are ready in the same turn leave in one system call. False when the peer is behind in taking them. */
function write(socket: Socket, frame: Buffer): boolean {
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  return socket.write(frame);
}

/** Until the peer has taken what was written, or the connection is gone. */
function isTaken(socket: Socket, timeoutMs: number, giveUp: (trouble: string) => void): Promise<void> {
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
function stopwatch(ms: number, passed: () => void): { start: () => void; stop: () => void } {
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
function hangUp(socket: Socket): void {
  socket.end();
  socket.resume();
  const limit = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(limit));
}
