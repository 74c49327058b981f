import { decodeText } from '../hl7v2/charset.js';
import { messageStart, readHeader } from '../hl7v2/header.js';

const LF = 0x0a;
const CR = 0x0d;

/** One segment as a person reads it: the fields that hold something, by position, as written. */
export type SegmentView = { line: number; name: string; raw: string; fields: { position: string; text: string }[] };

/** `leftOut`: what is beyond the beginning that is shown; nothing of most messages. */
export type TakenApart = { segments: SegmentView[]; leftOut: { bytes: number; segments: number } };

/** More than anybody reads, and a small part of what a message may hold: doors and pages share a thread. */
export const SHOWN = { segments: 500, bytes: 131_072 };

/**
 * The beginning of a stored message for a person to look at. It takes nothing on trust and changes nothing: escapes,
 * repetitions and components stay as written, so that what is seen can be told to the sender. Without a readable
 * header: lines of text.
 */
export function takeApart(content: Uint8Array): TakenApart {
  const header = readHeader(content);
  const buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const start = messageStart(buffer);
  const { end, segmentsAfter } = beginningOf(buffer, start);
  const segments = textOf(buffer.subarray(start, end), header?.charset ?? '')
    .split(/\r\n|\r|\n/)
    .map((row, index) => ({ row, line: index + 1 }))
    .filter(({ row }) => row.trim() !== '')
    .map(({ row, line }) => (header ? segmentView(row, line, header.separators.field) : plainLine(row, line)));
  return { segments, leftOut: { bytes: buffer.length - end, segments: segmentsAfter } };
}

/** Counted in the bytes: as text, what is left out could be the load that this prevents. */
function beginningOf(buffer: Buffer, start: number): { end: number; segmentsAfter: number } {
  const most = endOfText(buffer, start + SHOWN.bytes);
  let end = most;
  let segments = 0;
  let segmentsShown = 0;
  let isInSegment = false;
  for (let at = start; at < buffer.length; at += 1) {
    const byte = buffer[at];
    if (byte === CR || byte === LF) isInSegment = false;
    else if (!isInSegment && !isBlank(byte)) {
      isInSegment = true;
      segments += 1;
      if (segments === SHOWN.segments + 1) end = Math.min(at, most);
      if (segments <= SHOWN.segments && at < most) segmentsShown = segments;
    }
  }
  return { end, segmentsAfter: segments - segmentsShown };
}

/** At or just before `at`, so that no character of UTF-8 is cut: with half a one the rest would be no UTF-8 either. */
export function endOfText(buffer: Buffer, at: number): number {
  const back = [0, 1, 2, 3].find((count) => ((buffer[at - count] ?? 0) & 0xc0) !== 0x80);
  return Math.min(buffer.length, at - (back ?? 0));
}

const isBlank = (byte: number | undefined) => byte === 0x20 || byte === 0x09 || byte === 0x0b || byte === 0x0c;

const plainLine = (text: string, line: number): SegmentView => ({
  line,
  name: '',
  raw: text,
  fields: [{ position: '', text }],
});

function segmentView(row: string, line: number, separator: string): SegmentView {
  const [name = '', ...rest] = row.split(separator);
  if (!/^[A-Z][A-Z0-9]{2}$/.test(name)) return plainLine(row, line);
  // MSH-1 is the separator itself, so that everything after it is one further on.
  const values = name === 'MSH' ? [separator, ...rest] : rest;
  const fields = values.map((text, index) => ({ position: `${name}-${index + 1}`, text }));
  return { line, name, raw: row, fields: fields.filter(({ text }) => text !== '') };
}

function textOf(bytes: Uint8Array, charset: string): string {
  const decoded = decodeText(bytes, charset);
  return decoded.ok ? decoded.text : Buffer.from(bytes).toString('latin1');
}
