import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createFramer, framed } from '../../src/wire/mllp-frame.js';

const LIMIT = 64;

/** What a framer makes of a stream that arrives in these pieces. */
function framesIn(pieces: Uint8Array[], maxFrameBytes = LIMIT): string[] {
  const framer = createFramer({ maxFrameBytes });
  return pieces
    .flatMap((piece) => framer.push(Buffer.from(piece)))
    .map((event) =>
      event.kind === 'frame' ? event.bytes.toString('latin1') : `over:${event.head.toString('latin1')}`,
    );
}

const inOne = (text: string) => framesIn([Buffer.from(text, 'latin1')]);

describe('what a stream holds', () => {
  test.each([
    { story: 'one frame', stream: '\vone\x1c\r', frames: ['one'] },
    { story: 'an empty frame', stream: '\v\x1c\r', frames: [''] },
    { story: 'three coalesced', stream: '\vone\x1c\r\vtwo\x1c\r\vthree\x1c\r', frames: ['one', 'two', 'three'] },
    { story: 'garbage before VT', stream: 'GET /\r\n\vone\x1c\r', frames: ['one'] },
    { story: 'garbage between frames', stream: '\vone\x1c\r\n\n junk \vtwo\x1c\r', frames: ['one', 'two'] },
    { story: 'FS without CR', stream: '\vone\x1c\vtwo\x1c', frames: ['one', 'two'] },
    { story: 'a half frame is none', stream: '\vone\x1c\r\vtw', frames: ['one'] },
    { story: 'an end without a beginning', stream: 'one\x1c\r\vtwo\x1c\r', frames: ['two'] },
    { story: 'a sender that began again', stream: '\vMSH|half\r\vMSH|whole\r\x1c\r', frames: ['MSH|whole\r'] },
    { story: 'a vertical tab inside a text', stream: '\vMSH|\rOBX|a\vb\r\x1c\r', frames: ['MSH|\rOBX|a\vb\r'] },
  ])('$story', ({ stream, frames }) => {
    expect(inOne(stream)).toEqual(frames);
    expect(framesIn([...Buffer.from(stream, 'latin1')].map((byte) => Buffer.of(byte)))).toEqual(frames);
  });
});

describe('the limit', () => {
  test('exactly the limit is a frame, one more is not', () => {
    expect(inOne(`\v${'x'.repeat(LIMIT)}\x1c\r`)).toEqual(['x'.repeat(LIMIT)]);
    expect(inOne(`\v${'x'.repeat(LIMIT + 1)}\x1c\r`)).toEqual([`over:${'x'.repeat(LIMIT)}`]);
  });

  test('an oversize frame is told once, before its end, and the next frame is read', () => {
    const framer = createFramer({ maxFrameBytes: LIMIT });
    expect(framer.push(Buffer.from(`\v${'x'.repeat(LIMIT)}`))).toEqual([]);
    expect(framer.push(Buffer.from('xx')).map(({ kind }) => kind)).toEqual(['oversize']);
    expect(framer.push(Buffer.from('x'.repeat(10 * LIMIT)))).toEqual([]);
    expect(framer.isInside()).toBe(true);
    expect(framer.push(Buffer.from('\x1c\r\vnext\x1c\r'))).toEqual([{ kind: 'frame', bytes: Buffer.from('next') }]);
    expect(framer.isInside()).toBe(false);
  });

  test('the head of a large frame is cut to what a header needs', () => {
    const [head = ''] = framesIn([Buffer.from(`\vMSH${'x'.repeat(1_000_000)}`)], 500_000);
    expect(head).toHaveLength('over:'.length + 4_096);
  });
});

test('for all frames and all ways to cut the stream: the same frames', () => {
  const content = fc
    .uint8Array({ maxLength: 2 * LIMIT })
    .map((bytes) => bytes.map((byte) => (byte === 0x1c || byte === 0x0b ? 0x20 : byte)));
  const junk = fc.string({ maxLength: 5 }).map((text) => Buffer.from(text.replace(/\v/g, ' ')));
  const stream = fc.array(fc.tuple(junk, content), { maxLength: 8 });
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 20 }), (parts, cuts) => {
      const bytes = Buffer.concat(parts.flatMap(([before, message]) => [before, framed(message)]));
      const expected = parts.map(([, message]) => {
        const text = Buffer.from(message).toString('latin1');
        return text.length > LIMIT ? `over:${text.slice(0, LIMIT)}` : text;
      });
      expect(framesIn(cutAt(bytes, cuts))).toEqual(expected);
    }),
  );
});

test('for all bytes whatever: the frames do not depend on how the stream was cut, and none is above the limit', () => {
  const noise = fc.array(fc.constantFrom('\v', '\x1c', '\r', '\n', 'M', 'S', 'H', '|', 'x'.repeat(20)), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(noise, fc.array(fc.nat(), { maxLength: 20 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      const frames = framesIn([bytes]);
      expect(framesIn(cutAt(bytes, cuts))).toEqual(frames);
      for (const frame of frames) expect(frame.replace(/^over:/, '').length).toBeLessThanOrEqual(LIMIT);
    }),
  );
});

function cutAt(bytes: Buffer, cuts: number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}
