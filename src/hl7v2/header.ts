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

/** MSH taken apart. MSH-1 is the separator itself, so MSH-n stands at n - 1. */
type Msh = { fields: string[]; separators: Header['separators'] };

const fieldOf = ({ fields }: Msh, position: number): string => fields[position - 1] ?? '';

function partOf(msh: Msh, position: number, component = 1): string {
  const { repetition, component: between } = msh.separators;
  const first = fieldOf(msh, position).split(repetition, 1)[0] ?? '';
  const value = first.split(between)[component - 1] ?? '';
  return value === '""' ? '' : value.trim();
}

function headerOf(text: string, encoding: Header['encoding'], separators: Header['separators']): Header {
  const msh = { fields: text.split(separators.field, LAST_FIELD), separators };
  return {
    encoding,
    sendingApplication: partOf(msh, 3),
    sendingFacility: partOf(msh, 4),
    receivingApplication: partOf(msh, 5),
    receivingFacility: partOf(msh, 6),
    sentAt: partOf(msh, 7),
    messageCode: partOf(msh, 9),
    trigger: partOf(msh, 9, 2),
    // untrimmed: MSA-2 gives back the same bytes
    controlId: partOf(msh, 10) === '' ? '' : fieldOf(msh, 10),
    processingId: partOf(msh, 11),
    version: partOf(msh, 12),
    acceptAck: partOf(msh, 15),
    applicationAck: partOf(msh, 16),
    charset: partOf(msh, 18),
    raw: {
      msh3: fieldOf(msh, 3),
      msh4: fieldOf(msh, 4),
      msh5: fieldOf(msh, 5),
      msh6: fieldOf(msh, 6),
      msh11: fieldOf(msh, 11),
      msh12: fieldOf(msh, 12),
      msh18: fieldOf(msh, 18),
    },
    separators,
  };
}
