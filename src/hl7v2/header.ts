import type { Header } from './message.js';

const LF = 0x0a;
const VT = 0x0b;
const CR = 0x0d;
const FS = 0x1c;
/** Printable ASCII that is no letter, digit, blank or quotation mark. */
const SEPARATOR = /^[!#-/:-@[-`{-~]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character in MSH means that these bytes are not text
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/;

/**
 * Reads MSH alone, so that a listener can answer without parsing. Null when there is no usable header: no MSH, no
 * separators, nothing in MSH-10, or a second MSH (one frame is one message; a file goes through `splitMessages`).
 */
export function readHeader(bytes: Uint8Array): Header | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = messageStart(buffer);
  if (buffer.toString('latin1', start, start + 3) !== 'MSH') return null;

  const end = lineEnd(buffer, start);
  const { text, encoding } = headerText(buffer.subarray(start, end));
  const separators = separatorsOf(text);
  if (!separators || CONTROL.test(text)) return null;
  if (hasLineStarting(buffer, `MSH${separators.field}`, end)) return null;

  const header = headerOf(text, encoding, separators);
  return header.controlId === '' ? null : header;
}

/** Where the message begins: after a byte order mark, framing and blanks. */
export function messageStart(buffer: Buffer): number {
  let at = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
  while (at < buffer.length && (buffer[at] === VT || isBlank(buffer[at]))) at += 1;
  return at;
}

const isBlank = (byte: number | undefined) => byte === CR || byte === LF || byte === 0x20 || byte === 0x09;

function lineEnd(buffer: Buffer, start: number): number {
  const ends = [CR, LF, FS].map((byte) => buffer.indexOf(byte, start));
  return Math.min(buffer.length, ...ends.filter((end) => end >= 0));
}

const hasLineStarting = (buffer: Buffer, text: string, from: number) =>
  buffer.includes(`\r${text}`, from, 'latin1') || buffer.includes(`\n${text}`, from, 'latin1');

/** UTF-8 where the bytes are UTF-8; else latin1, which keeps every byte. */
function headerText(line: Buffer): { text: string; encoding: Header['encoding'] } {
  const text = line.toString('utf8');
  return text.includes('\ufffd') ? { text: line.toString('latin1'), encoding: 'latin1' } : { text, encoding: 'utf8' };
}

/** MSH-1 and MSH-2. Components and repetitions are needed; the others may be absent, and 2.7 adds a fifth. */
function separatorsOf(text: string): Header['separators'] | null {
  const field = text[3];
  if (field === undefined) return null;
  const codes = text.slice(4).split(field, 1)[0];
  if (codes === undefined || codes.length < 2 || codes.length > 5) return null;

  const all = [field, ...codes];
  const distinct = new Set(all).size === all.length;
  if (!distinct || !all.every((separator) => SEPARATOR.test(separator))) return null;
  const [component = '', repetition = '', mark = '', subcomponent = ''] = codes;
  return { field, component, repetition, escape: mark, subcomponent };
}

/** MSH-18, the last that is read: what a sender puts behind it by the million is not taken apart. */
const LAST_FIELD = 18;

function headerOf(text: string, encoding: Header['encoding'], separators: Header['separators']): Header {
  const fields = text.split(separators.field, LAST_FIELD);
  // MSH-1 is the separator itself, so MSH-n stands at n - 1
  const field = (position: number) => fields[position - 1] ?? '';
  const part = (position: number, component = 1) => {
    const repetition = field(position).split(separators.repetition, 1)[0] ?? '';
    const value = repetition.split(separators.component)[component - 1] ?? '';
    return value === '""' ? '' : value.trim();
  };
  return {
    encoding,
    sendingApplication: part(3),
    sendingFacility: part(4),
    receivingApplication: part(5),
    receivingFacility: part(6),
    sentAt: part(7),
    messageCode: part(9),
    trigger: part(9, 2),
    // untrimmed: MSA-2 gives back the same bytes
    controlId: part(10) === '' ? '' : field(10),
    processingId: part(11),
    version: part(12),
    acceptAck: part(15),
    applicationAck: part(16),
    charset: part(18),
    raw: {
      msh3: field(3),
      msh4: field(4),
      msh5: field(5),
      msh6: field(6),
      msh11: field(11),
      msh12: field(12),
      msh18: field(18),
    },
    separators,
  };
}
