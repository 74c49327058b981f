import { decodeText } from '../hl7v2/charset.js';
import { messageStart, readHeader } from '../hl7v2/header.js';

/** One segment as a person reads it: the fields that hold something, by position, as written. */
export type SegmentView = { line: number; name: string; raw: string; fields: { position: string; text: string }[] };

/**
 * A stored message for a person to look at. It takes nothing on trust and changes nothing: escapes, repetitions and
 * components stay as written, so that what is seen can be told to the sender. Without a readable header: lines of text.
 */
export function takeApart(content: Uint8Array): SegmentView[] {
  const header = readHeader(content);
  const buffer = Buffer.from(content);
  return textOf(buffer.subarray(messageStart(buffer)), header?.charset ?? '')
    .split(/\r\n|\r|\n/)
    .map((row, index) => ({ row, line: index + 1 }))
    .filter(({ row }) => row.trim() !== '')
    .map(({ row, line }) => (header ? segmentView(row, line, header.separators.field) : plainLine(row, line)));
}

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
