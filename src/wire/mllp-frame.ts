/** MLLP (HL7 v2 transport specification): `VT message FS CR`. */
export const VT = 0x0b;
export const FS = 0x1c;
export const CR = 0x0d;

export type FrameEvent =
  | { kind: 'frame'; bytes: Buffer }
  /** A frame passed the limit: its first bytes. The rest of it is read and thrown away. */
  | { kind: 'oversize'; head: Buffer };

export type Framer = {
  /** The frames that this chunk completes, in order. */
  push(chunk: Buffer): FrameEvent[];
  /** True between a VT and its FS: the peer owes us the rest. */
  isInside(): boolean;
};

/** Enough of an oversize frame to hold MSH, so that it can be refused by its control ID. */
const HEAD_BYTES = 4_096;
const EMPTY = Buffer.alloc(0);
const RESTART = Buffer.from('\vMSH', 'latin1');

/**
 * Cuts a byte stream into frames. Bytes before VT are skipped. FS alone ends a frame: the CR after it may come late
 * or never, and is then one of the bytes before the next VT. Holds at most `maxFrameBytes` of a frame.
 */
export function createFramer({ maxFrameBytes }: { maxFrameBytes: number }): Framer {
  let state: 'between' | 'inside' | 'discarding' = 'between';
  let room = EMPTY;
  let used = 0;

  /** Copied, so that a small frame does not keep a large chunk alive; grown by doubling, so that single bytes are cheap. */
  const take = (piece: Buffer) => {
    if (used + piece.length > room.length) {
      const bigger = Buffer.allocUnsafe(Math.max(2 * room.length, used + piece.length));
      room.copy(bigger, 0, 0, used);
      room = bigger;
    }
    used += piece.copy(room, used);
  };
  const release = (): Buffer => {
    const bytes = room.subarray(0, used);
    room = EMPTY;
    used = 0;
    return bytes;
  };
  /** Looks for the next frame; answers where to read on. */
  const enter = (chunk: Buffer, at: number): number => {
    const start = chunk.indexOf(VT, at);
    if (start < 0) return chunk.length;
    state = 'inside';
    return start + 1;
  };
  /** What the frame gives once the bytes up to here are in: itself at its end, a refusal when it is too long. */
  const outcome = (isComplete: boolean): FrameEvent[] => {
    if (used > maxFrameBytes) {
      state = 'discarding';
      return [{ kind: 'oversize', head: Buffer.from(release().subarray(0, Math.min(HEAD_BYTES, maxFrameBytes))) }];
    }
    return isComplete ? [{ kind: 'frame', bytes: sinceRestart(release()) }] : [];
  };

  function push(chunk: Buffer): FrameEvent[] {
    const events: FrameEvent[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (state === 'between') {
        at = enter(chunk, at);
        continue;
      }
      const end = chunk.indexOf(FS, at);
      const stop = end < 0 ? chunk.length : end;
      if (state === 'inside') {
        take(chunk.subarray(at, stop));
        events.push(...outcome(end >= 0));
      }
      if (end >= 0) state = 'between';
      at = stop + 1;
    }
    return events;
  }

  return { push, isInside: () => state !== 'between' };
}

/** A sender that gave up half way and began again on the same connection: only the new beginning is a message. */
function sinceRestart(frame: Buffer): Buffer {
  const restart = frame.lastIndexOf(RESTART);
  return restart < 0 ? frame : frame.subarray(restart + 1);
}

/** A message ready to be written to the wire. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(message.length + 3);
  frame[0] = VT;
  frame.set(message, 1);
  frame[message.length + 1] = FS;
  frame[message.length + 2] = CR;
  return frame;
}
