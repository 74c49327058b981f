import { readHeader } from '../../src/hl7v2/header.js';
import type { Header, Message } from '../../src/hl7v2/message.js';
import { parseMessage } from '../../src/hl7v2/parse.js';

/** An invented discharge. Segments end in CR; `\r` between the rows given. */
export const er7 = (...rows: string[]): string => `${rows.join('\r')}\r`;

export const MSH = 'MSH|^~\\&|EPR|RXT|BRIDGE|QHL|20260301100000||ADT^A03^ADT_A03|M0001|P|2.4';

export const bytesOf = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);

/** Fails the test when the bytes cannot be read. */
export function read(input: string | Uint8Array): { message: Message; warnings: string[] } {
  const parsed = parseMessage(typeof input === 'string' ? bytesOf(input) : input);
  if ('unreadable' in parsed) throw new Error(`${parsed.unreadable.where}: ${parsed.unreadable.text}`);
  return parsed;
}

export function headerOf(msh: string): Header {
  const header = readHeader(bytesOf(`${msh}\r`));
  if (!header) throw new Error('no header');
  return header;
}
