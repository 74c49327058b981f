import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { troubleIn } from '../../src/fhir/json-scan.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 2_000);

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON as somebody may write it, with something put in, taken out or said twice. */
const nearlyJson = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.constantFrom('', ' ', '\n\t'),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        drop: fc.nat(2),
        put: fc.oneof(
          fc.constantFrom(...'{}[],:"\\-0.eE+u1 \n\u0000\u00a0\ufeff', 'true', 'nul', '\\u00e9', '"a":1,', '01', '1e5'),
          fc.string({ maxLength: 3 }),
        ),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([json, blanks, changes]) =>
    changes.reduce(
      (text, { at, drop, put }) => {
        const from = Math.floor(at * (text.length + 1));
        return text.slice(0, from) + put + text.slice(from + drop);
      },
      json.replaceAll(',', `,${blanks}`),
    ),
  );

describe('the place of what is wrong in JSON', () => {
  test('what JSON.parse refuses is trouble, and what it takes is none but for names said twice', () => {
    fc.assert(
      fc.property(nearlyJson, (text) => {
        const trouble = troubleIn(text, 1_000);
        return isJson(text)
          ? trouble === null || trouble.kind === 'said-twice'
          : trouble !== null && trouble.kind !== 'said-twice';
      }),
      { numRuns: RUNS },
    );
  });

  test('everything before the place could still have become JSON', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.double({ min: 0, max: 1, noNaN: true }), (json, share) => {
        const cut = json.slice(0, Math.floor(share * json.length));
        const trouble = troubleIn(cut, 1_000);
        return trouble === null || (trouble.kind === 'ends-early' ? trouble.at === cut.length : !isJson(cut));
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    ['an object', '{"a":1,"a":2}', ['a']],
    ['one in a list', '[{},{"b":{"a":1,"\\u0061":2}}]', [1, 'b', 'a']],
    ['the first of several', '{"a":{"x":1,"x":1},"a":2}', ['a', 'x']],
    ['a name of every object', '{"__proto__":1,"__proto__":2}', ['__proto__']],
  ])('a name said twice in %s', (_story, text, path) => {
    expect(troubleIn(text, 10)).toMatchObject({ kind: 'said-twice', path });
  });

  test('names are compared within one object only, and as they are written', () => {
    expect(troubleIn('[{"a":1},{"a":1,"A":{"a":1}}]', 10)).toBeNull();
  });

  test('long texts, numbers, lists and nests break nothing', () => {
    const length = 4_000_000;
    expect(troubleIn(`"${'\\n'.repeat(length / 2)}"`, 50)).toBeNull();
    expect(troubleIn('1'.repeat(length), 50)).toBeNull();
    expect(troubleIn(`[${'0,'.repeat(length / 2)}0]`, 50)).toBeNull();
    expect(troubleIn('['.repeat(length), 50)).toMatchObject({ kind: 'too-deep', at: 50 });
    expect(troubleIn(' '.repeat(length), 50)).toMatchObject({ kind: 'ends-early', at: length });
  });
});
