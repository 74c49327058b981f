import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { acknowledge, acknowledgementBytes } from '../../src/hl7v2/acknowledgement.js';
import { splitMessages } from '../../src/hl7v2/batch.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { parseMessage } from '../../src/hl7v2/parse.js';
import { instantOf } from '../../src/hl7v2/time.js';
import { bytesOf, er7, MSH } from './adt.js';

const DISCHARGE = bytesOf(
  er7(
    MSH,
    'EVN|A03|20260301100000',
    'PID|1||9990000018^^^NHS^NH~77^^^RXT&1.2&ISO^MR||O\\T\\Shea^Ann||19700203|F',
    'PV1|1|I|||||||||||||||||V1|||||||||||||||||19|19||||||||20260101|20260301100000',
    'ZMH|1|P1|03^Section 3^MHACT-ENG|20260101|""|||CTO~AWOL|||E08000025^^^GSS|B1 1AA',
  ),
);

/** Bytes that mean something to some part of the reader, and any other. */
const byte = fc.oneof(fc.constantFrom(...Buffer.from('|^~\\&\r\n\v\x1c"#MSHX.+\0')), fc.integer({ min: 0, max: 255 }));

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), bytes: fc.array(byte, { minLength: 1, maxLength: 4 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    bytes: fc.array(byte, { minLength: 1, maxLength: 40 }),
  }),
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.nat(),
    bytes: fc.array(byte, { minLength: 1, maxLength: 30 }),
  }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat(), bytes: fc.constant<number[]>([]) }),
);
type Mutation = { kind: 'set' | 'insert' | 'cut' | 'end'; at: number; bytes: number[] };

function mutated(mutations: Mutation[]): Uint8Array {
  return mutations.reduce<Uint8Array>((message, { kind, at, bytes }) => {
    const place = at % (message.length + 1);
    const until = { set: place + bytes.length, insert: place, cut: place + bytes.length, end: message.length }[kind];
    const middle = kind === 'set' || kind === 'insert' ? bytes : [];
    return Buffer.concat([message.subarray(0, place), Buffer.from(middle), message.subarray(until)]);
  }, DISCHARGE);
}

/** Reads everything that a message offers. */
function readAll(bytes: Uint8Array): void {
  const parsed = parseMessage(bytes);
  if ('unreadable' in parsed) {
    expect(parsed.unreadable.code).toMatch(/^(hl7-unreadable|charset-invalid)$/);
    return;
  }
  expect(readHeader(bytes)).toEqual(parsed.message.header);
  for (const name of ['MSH', 'EVN', 'PID', 'PV1', 'ZMH']) {
    for (const segment of parsed.message.segments(name)) {
      for (let field = 1; field < 50; field += 1) {
        const count = segment.repetitions(field);
        for (let repetition = 0; repetition <= count; repetition += 1) {
          const value = segment.at(field, repetition, '4.2');
          expect(value === null || value.length > 0).toBe(true);
        }
        if (segment.isDeleted(`${field}`)) expect(segment.value(`${field}`)).toBeNull();
        instantOf(segment.value(`${field}`) ?? '', 'Europe/London');
      }
    }
  }
}

test('for all mutations of a message: read or refused, never thrown', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => readAll(mutated(mutations))),
    {
      numRuns: 400,
    },
  );
});

test('for all bytes whatever: read or refused, never thrown', () => {
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), (bytes) => {
      readAll(Buffer.from(bytes));
      splitMessages(Buffer.from(bytes));
    }),
    { numRuns: 300 },
  );
});

test('for all readable headers: the acknowledgement echoes the control ID byte for byte and can be read', () => {
  fc.assert(
    fc.property(fc.array(mutation, { maxLength: 4 }), (mutations) => {
      const bytes = mutated(mutations);
      const header = readHeader(bytes);
      if (!header) return;
      const text = acknowledge(header, { code: 'AE', text: 'a|b^c\\d', errorLocation: 'PID-3' }, new Date(0), 'X1');
      const answer = acknowledgementBytes(text, header);
      const echoed = Buffer.from(header.controlId, header.encoding);
      expect(Buffer.from(bytes).includes(echoed)).toBe(true);
      expect(Buffer.from(answer).includes(Buffer.concat([Buffer.from(`AE${header.separators.field}`), echoed]))).toBe(
        true,
      );
      expect(readHeader(answer)?.controlId).toBe('X1');
    }),
    { numRuns: 300 },
  );
});
