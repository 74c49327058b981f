import { readFileSync } from 'node:fs';
import { Fault } from '../fault.js';
import { splitMessages } from '../hl7v2/batch.js';
import type { Codes } from '../interpret/codes.js';
import { readStatedFacts } from '../interpret/stated.js';
import type { StatedFact } from '../register/fact.js';

/** One message of a file, by its place there from 0. */
export type Given = { file: string; index: number; bytes: Uint8Array };

/** The messages of a file: one, many, or an FHS/BHS batch. */
export const messagesIn = (file: string): Given[] =>
  splitMessages(readBytes(file)).map((bytes, index) => ({ file, index, bytes }));

/** The facts of an NDJSON file. Throws Fault `usage` with every mistake and its line; then nothing of the file counts. */
export function statedFactsIn(file: string, codes: Codes): StatedFact[] {
  const read = readStatedFacts(readBytes(file).toString('utf8'), codes);
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
