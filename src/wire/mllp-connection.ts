import type { Socket } from 'node:net';
import { Fault } from '../fault.js';
import type { ByteBudget } from './byte-budget.js';
import { atGate, type Gate } from './gate.js';
import { inOrder } from './in-order.js';
import { createFramer, type FrameEvent, framed } from './mllp-frame.js';
import type { ProvenBy } from './server-certificate.js';
import { hangUp, isTaken, stopwatch, write } from './socket.js';

/** Who is at the other end, `address:port`: one object for one connection. */
export type Peer = { address: string; certificate: ProvenBy };

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
  /** Lets frames in; without one they all go in at once. */
  gate?: Gate<Peer>;
  /** Trouble with one connection or with accepting them; never ends the listener. */
  onError: (error: unknown, peer: Peer) => void;
};

type Settled = ({ answers: Buffer[] } | { error: unknown }) & { bytes: number };

const MAX_IN_FLIGHT = 64;

/**
 * One connection: frames are received side by side, up to a limit, so that they can be committed together, and
 * answered in the order in which they came. Above the limit, while the gate holds one of them, while the bytes of all
 * connections are spent, and while the peer does not take its answers, the socket is not read: memory is bounded, not
 * grown. `finish` answers what went through the gate, then ends.
 */
export function serveConnection(
  socket: Socket,
  peer: Peer,
  options: ConnectionOptions,
  budget: ByteBudget,
): { finish: () => void } {
  const { frameTimeoutMs, maxInFlightPerConnection: limit = MAX_IN_FLIGHT, gate } = options;
  const framer = createFramer(options);
  const frames = inOrder({ limit, work: (event: FrameEvent) => settle(event, peer, options), deliver, delivered });
  const frameTime = stopwatch(frameTimeoutMs, () =>
    giveUp(`half a frame: its end did not come in ${frameTimeoutMs} ms`),
  );
  const waiting = atGate({
    pass: (event, go) => (gate && event.kind === 'frame' ? gate.enter(event.bytes, peer, go) : 'go'),
    through,
    refused: () => finish(),
    released: () => readOn(),
  });
  let state: 'reading' | 'finishing' | 'ended' = 'reading';
  let isFirst = true;
  let taken = 0;

  function end() {
    state = 'ended';
    frameTime.stop();
    waiting.drop();
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
  /** What waits at the gate is not counted: a sender above its rate must not use up what all the others read with. */
  function through(events: FrameEvent[]) {
    const bytes = events.reduce((sum, event) => sum + bytesOf(event), 0);
    taken += bytes;
    budget.take(bytes);
    frames.add(events);
  }
  async function deliver(settled: Settled) {
    giveBack(settled.bytes);
    // once one frame went unanswered, those after it do too: the peer sends all of them again, in order
    if (state === 'ended' || socket.destroyed) return;
    if ('error' in settled) return giveUp(settled.error);
    for (const answer of settled.answers) if (!write(socket, answer)) await isTaken(socket, frameTimeoutMs, giveUp);
  }
  function delivered() {
    endWhenIdle();
    readOn();
  }
  function endWhenIdle() {
    if (state === 'finishing' && frames.isIdle() && !waiting.isHeld()) end();
  }
  function readOn() {
    if (state !== 'reading' || frames.isFull() || waiting.isHeld() || !socket.isPaused()) return;
    if (budget.isSpent()) return budget.whenFree(readOn);
    if (framer.isInside()) frameTime.start();
    socket.resume();
  }
  function finish() {
    if (state !== 'reading') return;
    state = 'finishing';
    frameTime.stop();
    socket.pause();
    endWhenIdle();
  }

  socket.on('data', (chunk: Buffer) => {
    if (state !== 'reading') return;
    if (isFirst && isHandshake(chunk)) return giveUp(tlsOnPlain(peer));
    isFirst = false;
    const events = framer.push(chunk);
    if (gate) waiting.add(events);
    else through(events);
    if (state !== 'reading') return; // the gate may have refused the connection
    if (frames.isFull() || waiting.isHeld()) socket.pause();
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
    waiting.drop();
    gate?.left(peer);
    giveBack(taken);
  });
  return {
    finish: () => {
      waiting.drop(); // nobody is told that it came, so it is sent again
      finish();
      endWhenIdle(); // where the peer had ended already, and only the gate was waited for
    },
  };
}

/** A TLS record of the kind "handshake", version 3.x. No frame begins so, and its sender would wait for an answer. */
const isHandshake = (chunk: Buffer): boolean => chunk[0] === 0x16 && chunk[1] === 0x03;

const tlsOnPlain = ({ address }: Peer): Fault =>
  new Fault({
    code: 'handshake-failed',
    where: `MLLP_PORT from ${address}`,
    text: 'what came is TLS, and this port is for plain MLLP',
    next: 'the sender uses MLLP_TLS_PORT, or switches TLS off',
  });

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
