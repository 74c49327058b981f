import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpretBytes } from '../../src/flow/admit.js';
import { digestOfMessage } from '../../src/flow/digest.js';
import { readHeader } from '../../src/hl7v2/header.js';
import { readFeedExamples } from '../../src/interpret/feed-example.js';
import { loadMappings } from '../../src/interpret/mappings.js';
import { isNhsNumber } from '../../src/interpret/nhs-number.js';
import { MAPPINGS } from '../../src/tables.js';

/** Feeds of HL7 v2 messages; those of FHIR have tests of their own. */
const FEEDS = ['itk-hl7uk', 'mha-office', 'millennium-2.3', 'obx', 'simhospital', 'zmh'];

const mappings = loadMappings(MAPPINGS, FEEDS);
const examples = FEEDS.flatMap((feed) =>
  readFeedExamples(join(MAPPINGS, 'feeds', feed, 'examples')).examples.map((example) => ({ ...example, feed })),
);
const meaning = (feed: string, bytes: Uint8Array) =>
  interpretBytes(bytes, { ods: 'RXT', feed, timeZone: 'Europe/London' }, mappings);

describe('the examples are fit to be shown', () => {
  test.each(examples)(
    '$feed $name: one whole message, segments ended by CR, an invented person',
    ({ bytes, expected }) => {
      const text = Buffer.from(bytes).toString('latin1');
      expect(text).toMatch(/^MSH[^\n]*\r$/);
      const numbers = expected?.facts.flatMap(({ nhsNumber }) => nhsNumber ?? []) ?? [];
      for (const number of numbers) {
        expect(number).toMatch(/^999/);
        expect(isNhsNumber(number)).toBe(true);
      }
    },
  );

  test.each(FEEDS)('%s: no two are the same message, and each has a control ID of its own', (feed) => {
    const own = examples.filter((example) => example.feed === feed);
    expect(new Set(own.map(({ bytes }) => digestOfMessage(bytes).toString('hex'))).size).toBe(own.length);
    expect(new Set(own.map(({ bytes }) => readHeader(bytes)?.controlId)).size).toBe(own.length);
    expect(own.length).toBeGreaterThan(15);
  });
});

describe('whatever a message has become on its way', () => {
  const anExample = fc.constantFrom(...examples.map(({ feed, bytes }) => ({ feed, bytes: Buffer.from(bytes) })));
  const odd = fc.constantFrom(
    '',
    '""',
    '|',
    '^',
    '~',
    '\r',
    'ZMH|',
    'OBX|',
    'ZLS|',
    'PID|',
    'MRG||',
    '\\F',
    '20260230',
    'é',
    '\0',
  );
  const damage = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), odd });

  function damaged(bytes: Buffer, wounds: readonly { at: number; cut: number; odd: string }[]): Buffer {
    return wounds.reduce((whole, { at, cut, odd: put }) => {
      const from = Math.floor(at * whole.length);
      return Buffer.concat([whole.subarray(0, from), Buffer.from(put), whole.subarray(from + cut)]);
    }, bytes);
  }

  test('it is interpreted, ignored or parked with a place and a next step; we never fail on it', () => {
    fc.assert(
      fc.property(anExample, fc.array(damage, { minLength: 1, maxLength: 4 }), ({ feed, bytes }, wounds) => {
        const { outcome, fault, facts } = meaning(feed, damaged(bytes, wounds));
        if (outcome !== 'parked') return fault === null;
        return fault.code !== 'interpret-failed' && fault.where !== '' && fault.next !== '' && facts.length === 0;
      }),
      { numRuns: 2_000 },
    );
  });

  test('a fault repeats nothing of the person', () => {
    fc.assert(
      fc.property(anExample, fc.array(damage, { minLength: 1, maxLength: 4 }), ({ feed, bytes }, wounds) => {
        const said = JSON.stringify(meaning(feed, damaged(bytes, wounds)).fault);
        return !/999\d{7}|Example|Sample|Instance|Specimen|Pattern|Invented|Robin|Sasha|B99|E99/i.test(said);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the same bytes mean the same, facts, ids and all, and no fact is said twice', () => {
    fc.assert(
      fc.property(anExample, ({ feed, bytes }) => {
        const [once, again] = [meaning(feed, bytes), meaning(feed, Buffer.from(bytes))];
        expect(again).toEqual(once);
        const ids = once.facts.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe('a message says the same however it is written', () => {
  test.each(examples)('$feed $name: with other line ends', ({ feed, bytes }) => {
    const text = Buffer.from(bytes).toString('latin1');
    for (const end of ['\n', '\r\n']) {
      expect(meaning(feed, Buffer.from(text.replaceAll('\r', end), 'latin1'))).toEqual(meaning(feed, bytes));
    }
  });
});
