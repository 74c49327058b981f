import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isNativeError } from 'node:util/types';
import type { Fault } from '../fault.js';

/** `mostChars`: in one line. `unusable`: says why a file cannot be used, and what to give instead. */
type How = { digest: Hash; mostChars: number; unusable(file: string, text: string): Fault };

const CHUNK_BYTES = 1 << 20;

/**
 * The lines of a file in UTF-8, as many at a time as one reading brings; lines end in LF or CRLF. Throws what `unusable`
 * makes of a file that cannot be read, is in UTF-16, or has a line that is too long to be one.
 */
export async function* linesOf(file: string, { digest, mostChars, unusable }: How): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  // Pieces of a line are put together once: a long line would else be looked through again with each.
  let begun: string[] = [];
  let chars = 0;
  let line = 1;
  for await (const chunk of chunksOf(file, unusable)) {
    if (line === 1 && chars === 0 && isUtf16(chunk)) throw unusable(file, 'is in UTF-16: save it as UTF-8');
    digest.update(chunk);
    const text = decoder.decode(chunk, { stream: true });
    begun.push(text);
    chars += text.length;
    if (text.includes('\n')) {
      const lines = begun.join('').split(/\r?\n/);
      const rest = lines.pop() ?? '';
      line += lines.length;
      [begun, chars] = [[rest], rest.length];
      yield lines;
    }
    if (chars > mostChars) throw unusable(file, `line ${line} is longer than a line of such a file can be`);
  }
  const rest = begun.join('');
  if (rest !== '') yield [rest];
}

async function* chunksOf(file: string, unusable: How['unusable']): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    if (!isNativeError(error) || !('code' in error)) throw error;
    throw unusable(file, `cannot be read (${String(error.code)})`);
  }
}

/** By the mark with which such a file begins. */
const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
