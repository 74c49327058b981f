import { readFileSync } from 'node:fs';
import { Fault } from '../fault.js';
import { splitMessages } from '../hl7v2/batch.js';
import type { Codes } from '../interpret/codes.js';
import { readStatedFacts } from '../interpret/stated.js';
import type { StatedFact } from '../register/fact.js';
import { isFhirJson } from './admit-fhir.js';

/** One message of a file, by its place there from 0. */
export type Given = { file: string; index: number; bytes: Uint8Array };

/** The messages of a file. HL7 v2: one, many, or an FHS/BHS batch. FHIR JSON: one resource or Bundle, or one a line. */
export function messagesIn(file: string): Given[] {
  const bytes = readBytes(file);
  const messages = isFhirJson(bytes) ? splitJson(bytes) : splitMessages(bytes);
  return messages.map((each, index) => ({ file, index, bytes: each }));
}

/** NDJSON is where every line begins with a brace; no other JSON that has several lines does. */
function splitJson(bytes: Buffer): Uint8Array[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const until = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, until));
    from = until + 1;
  }
  const written = lines.filter((line) => line.toString('latin1').trim() !== '');
  return written.length > 1 && written.every(isFhirJson) && written.every(beginsAtOnce) ? written : [bytes];
}

const beginsAtOnce = (line: Buffer): boolean => line[0] !== 0x20 && line[0] !== 0x09;

/** The facts of an NDJSON file. Throws Fault `usage` with every mistake and its line; then nothing of the file counts. */
export function statedFactsIn(file: string, codes: Codes): StatedFact[] {
  const read = readStatedFacts(readBytes(file), codes);
  if (read.kind === 'facts') return read.facts;
  const text = `nothing was recorded\n${read.mistakes.join('\n')}`;
  throw new Fault({ code: 'usage', where: file, text, next: 'mend these lines and give the file again' });
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Fault(
      { code: 'usage', where: file, text: 'cannot be read', next: 'check the name and the rights' },
      { cause },
    );
  }
}
