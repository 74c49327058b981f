import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { interpretBytes } from '../../src/flow/admit.js';
import { digestOfMessage } from '../../src/flow/receive.js';
import { readFeedExamples } from '../../src/interpret/feed-example.js';
import { loadMappings } from '../../src/interpret/mappings.js';
import { isNhsNumber } from '../../src/interpret/nhs-number.js';
import { MAPPINGS } from '../../src/tables.js';

const mappings = loadMappings(MAPPINGS, ['zmh']);
const sender = { ods: 'RXT', application: null, name: 'A trust', feed: 'zmh', timeZone: 'Europe/London' };
const { examples } = readFeedExamples(join(MAPPINGS, 'feeds/zmh/examples'));
const meaning = (bytes: Uint8Array) => interpretBytes(bytes, sender, mappings);

describe('the examples are fit to be shown', () => {
  test.each(examples)('$name: one whole message, segments ended by CR, an invented person', ({ bytes, expected }) => {
    const text = Buffer.from(bytes).toString('latin1');
    expect(text).toMatch(/^MSH[^\n]*\r$/);
    const numbers = expected?.facts.flatMap(({ nhsNumber }) => nhsNumber ?? []) ?? [];
    for (const number of numbers) {
      expect(number).toMatch(/^999/);
      expect(isNhsNumber(number)).toBe(true);
    }
  });

  test('no two are the same message, and each has a control ID of its own', () => {
    expect(new Set(examples.map(({ bytes }) => digestOfMessage(bytes).toString('hex'))).size).toBe(examples.length);
    const ids = examples.map(({ bytes }) => /ZMH\d{5}/.exec(Buffer.from(bytes).toString('latin1'))?.[0]);
    expect(new Set(ids).size).toBe(examples.length);
  });
});

describe('whatever a message has become on its way', () => {
  const anExample = fc.constantFrom(...examples.map(({ bytes }) => Buffer.from(bytes)));
  const odd = fc.constantFrom('', '""', '|', '^', '~', '\r', 'ZMH|', 'PID|', 'MRG||', '\\F', '20260230', 'é', '\0');
  const damage = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(40), odd });

  function damaged(bytes: Buffer, wounds: readonly { at: number; cut: number; odd: string }[]): Buffer {
    return wounds.reduce((whole, { at, cut, odd: put }) => {
      const from = Math.floor(at * whole.length);
      return Buffer.concat([whole.subarray(0, from), Buffer.from(put), whole.subarray(from + cut)]);
    }, bytes);
  }

  test('it is interpreted, ignored or parked with a place and a next step; we never fail on it', () => {
    fc.assert(
      fc.property(anExample, fc.array(damage, { minLength: 1, maxLength: 4 }), (bytes, wounds) => {
        const { outcome, fault, facts } = meaning(damaged(bytes, wounds));
        if (outcome !== 'parked') return fault === null;
        return fault.code !== 'interpret-failed' && fault.where !== '' && fault.next !== '' && facts.length === 0;
      }),
      { numRuns: 1_500 },
    );
  });

  test('a fault repeats nothing of the person', () => {
    fc.assert(
      fc.property(anExample, fc.array(damage, { minLength: 1, maxLength: 4 }), (bytes, wounds) => {
        const said = JSON.stringify(meaning(damaged(bytes, wounds)).fault);
        return !/999\d{7}|Example|Sample|Instance|Specimen|Pattern|Invented|B99/.test(said);
      }),
      { numRuns: 1_500 },
    );
  });

  test('the same bytes mean the same, facts, ids and all, and no fact is said twice', () => {
    fc.assert(
      fc.property(anExample, (bytes) => {
        const [once, again] = [meaning(bytes), meaning(Buffer.from(bytes))];
        expect(again).toEqual(once);
        const ids = once.facts.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

describe('a message says the same however it is written', () => {
  test.each(examples)('$name: with other line ends', ({ bytes }) => {
    const text = Buffer.from(bytes).toString('latin1');
    for (const end of ['\n', '\r\n']) {
      expect(meaning(Buffer.from(text.replaceAll('\r', end), 'latin1'))).toEqual(meaning(bytes));
    }
  });
});
