import type { Readable } from 'node:stream';

/** Resolves with the first group of the first line that matches; rejects with what was read when the stream ends before. */
export function lineOf(stream: Readable, shape: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      text += chunk;
      for (const line of text.split('\n')) {
        const found = shape.exec(line)?.[1];
        if (found !== undefined) return resolve(found);
      }
    });
    stream.once('end', () => reject(new Error(`a process ended before it was ready:\n${text}`)));
  });
}
