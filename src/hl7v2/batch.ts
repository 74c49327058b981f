const CR = 0x0d;
const LF = 0x0a;
const VT = 0x0b;
const FS = 0x1c;

/** A run of bytes between line ends or framing bytes. */
type Line = { start: number; end: number; endsFrame: boolean };

const ENVELOPE = /^(FHS|BHS|BTS|FTS)([^0-9A-Za-z]|$)/;
const MESSAGE = /^MSH([^0-9A-Za-z]|$)/;

/**
 * The messages of a file, each as its own bytes, unchanged but for blank lines and framing around it. Lines may end
 * in CR, LF or CRLF; a byte order mark, MLLP framing bytes and batch envelopes (FHS, BHS, BTS, FTS) are left out.
 * Lines that belong to no message are not dropped: they come as a piece of their own, which nothing can read.
 */
export function splitMessages(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: { start: number; end: number }[] = [];
  let isOpen = false;
  for (const line of linesOf(buffer)) {
    const head = buffer.toString('latin1', line.start, Math.min(line.end, line.start + 4));
    if (ENVELOPE.test(head)) isOpen = false;
    else if (head.trim() !== '' || line.end - line.start > 4) {
      const open = isOpen && !MESSAGE.test(head) ? pieces.at(-1) : undefined;
      if (open) open.end = line.end;
      else pieces.push({ start: line.start, end: line.end });
      isOpen = true;
    }
    if (line.endsFrame) isOpen = false;
  }
  return pieces.map(({ start, end }) => bytes.subarray(start, end));
}

function* linesOf(buffer: Buffer): Generator<Line> {
  let start = 0;
  for (let at = 0; at <= buffer.length; at += 1) {
    const byte = buffer[at];
    if (byte !== undefined && byte !== CR && byte !== LF && byte !== VT && byte !== FS) continue;
    yield { start: afterByteOrderMark(buffer, start), end: at, endsFrame: byte === FS };
    start = at + 1;
  }
}

const afterByteOrderMark = (buffer: Buffer, at: number) =>
  buffer[at] === 0xef && buffer[at + 1] === 0xbb && buffer[at + 2] === 0xbf ? at + 3 : at;
