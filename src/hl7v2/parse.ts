import { type Decoded, decodeText } from './charset.js';
import { messageStart, readHeader } from './header.js';
import type { Header, Message, Segment } from './message.js';
import { segmentOf } from './segment.js';

export type Unreadable = { code: 'hl7-unreadable' | 'charset-invalid'; where: string; text: string };
export type Parsed = { message: Message; warnings: string[] } | { unreadable: Unreadable };

/** Far above any admission message; below what a hostile one needs to fill the memory. */
const MAX_LINES = 100_000;
const MAX_SEGMENTS = 5_000;
const MAX_SEPARATORS = 100_000;

type Line = { name: string; line: number; text: string };

/**
 * Reads one message of any version. Nothing is taken on trust and nothing thrown: bytes that cannot be read are
 * `unreadable`, oddities that could be read around are warnings. Neither holds any of the message's content.
 * `charset`: in which the sender writes when MSH-18 is empty.
 */
export function parseMessage(bytes: Uint8Array, charset = ''): Parsed {
  const header = readHeader(bytes);
  if (!header)
    return unreadable(
      'hl7-unreadable',
      'MSH',
      'no MSH with separators and a control ID (MSH-10), or more than one MSH',
    );

  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded = decodeText(withoutFraming(buffer), header.charset || charset);
  if (!decoded.ok) return unreadable('charset-invalid', 'MSH-18', 'the bytes are not in the declared character set');

  // No further than that: millions of lines would fill the memory before they are counted.
  const rows = decoded.text.replaceAll('\0', '').split(/\r\n|\r|\n/, MAX_LINES + 1);
  if (rows.length > MAX_LINES)
    return unreadable('hl7-unreadable', `line ${MAX_LINES + 1}`, `more than ${MAX_LINES} lines`);
  const { lines, warnings } = linesOf(rows, header.separators);
  if (lines.length > MAX_SEGMENTS)
    return unreadable('hl7-unreadable', `line ${MAX_SEGMENTS + 1}`, `more than ${MAX_SEGMENTS} segments`);
  const crowded = firstLineOver(lines, MAX_SEPARATORS, header.separators);
  if (crowded)
    return unreadable(
      'hl7-unreadable',
      `line ${crowded.line}`,
      `more than ${MAX_SEPARATORS} separators in the message`,
    );

  return {
    message: messageOf(header, lines, header.charset || charset),
    warnings: [...warningOf(decoded), ...warnings],
  };
}

const unreadable = (code: Unreadable['code'], where: string, text: string): Parsed => ({
  unreadable: { code, where, text },
});

const warningOf = (decoded: Decoded): string[] => (decoded.ok && decoded.warning !== null ? [decoded.warning] : []);

function withoutFraming(buffer: Buffer): Buffer {
  const end = buffer.lastIndexOf(0x1c);
  return buffer.subarray(messageStart(buffer), end < 0 ? buffer.length : end);
}

/**
 * CR, LF and CRLF all end a segment. A line that begins like no segment is what a line break inside a text left
 * behind: it belongs to the segment before it, unless it names itself wrongly.
 */
function linesOf(rows: readonly string[], separators: Header['separators']): { lines: Line[]; warnings: string[] } {
  const lines: Line[] = [];
  const warnings: string[] = [];
  for (const [index, row] of rows.entries()) {
    if (row.trim() === '') continue;
    const [name = ''] = row.split(separators.field, 1);
    const previous = lines.at(-1);
    if (/^[A-Z][A-Z0-9]{2}$/.test(name)) lines.push({ name, line: index + 1, text: row });
    else if (previous && previous.name !== 'MSH' && !/^\w{1,8}$/.test(name)) {
      previous.text += `\n${row}`;
      warnings.push(`line ${index + 1}: not a segment; read as part of ${previous.name} before it`);
    } else warnings.push(`line ${index + 1}: not a segment name; line left out`);
  }
  return { lines, warnings };
}

/** Every part that is asked for becomes a text of its own: a message that is little but separators is refused before. */
function firstLineOver(lines: Line[], limit: number, separators: Header['separators']): Line | undefined {
  if (lines.reduce((sum, { text }) => sum + text.length, 0) <= limit) return undefined;

  const { field, component, repetition, subcomponent } = separators;
  const codes = new Set([field, component, repetition, subcomponent].map((separator) => separator.charCodeAt(0)));
  let count = 0;
  return lines.find(({ text }) => {
    for (let at = 0; at < text.length; at += 1) if (codes.has(text.charCodeAt(at))) count += 1;
    return count > limit;
  });
}

type Segmented = Message & { all: readonly Segment[] };

function messageOf(header: Header, lines: readonly Line[], charset: string): Message {
  const syntax = { header, charset };
  const all = lines.map(({ name, line, text }) => segmentOf(name, line, text, syntax));
  const message: Segmented = { header, all, segment, segments, value };
  return message;
}

function segment(this: Segmented, name: string): Segment | null {
  for (const each of this.all) if (each.name === name) return each;
  return null;
}

function segments(this: Segmented, name: string): Segment[] {
  return this.all.filter((each) => each.name === name);
}

function value(this: Segmented, path: string): string | null {
  const [name = '', position = ''] = path.split('-');
  return this.segment(name)?.value(position) ?? null;
}
