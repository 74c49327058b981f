import { describe, expect, test } from '@jest/globals';
import { COUNCILS, MESSAGE_BYTES, messageOf, type People, TRUSTS } from '../../src/bench/messages.js';
import { explain } from '../../src/flow/explain.js';
import { nhsNumber } from '../../src/invented.js';
import { siteFromObject } from '../../src/site.js';
import { tablesFor } from '../../src/tables.js';

const read = siteFromObject({
  name: 'Bench',
  senders: TRUSTS.map((ods) => ({ ods, name: 'Invented trust', feed: 'zmh' })),
  councils: COUNCILS.map((gss) => ({ gss })),
  icbs: [{ ods: 'QHL' }],
});
if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
const tables = tablesFor(read.site);

const explained = (people: People, count: number) =>
  explain(
    Array.from({ length: count }, (_, index) => ({ file: 'bench', index, bytes: messageOf(index, people) })),
    [],
    '2026-11-21',
    tables,
  );

describe('the people of the bench', () => {
  test('are given numbers that begin 999, pass modulus 11 and are never given twice', () => {
    const numbers = Array.from({ length: 5_000 }, (_, nth) => nhsNumber(nth));
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) {
      const [check = Number.NaN, ...rest] = [...number].map(Number).reverse();
      expect(number).toMatch(/^999\d{7}$/);
      expect((11 - (rest.reduce((sum, digit, place) => sum + digit * (place + 2), 0) % 11)) % 11).toBe(check);
    }
  });
});

describe('the messages of the bench', () => {
  test('are all as long as the table of figures says', () => {
    const people = { run: 'a', first: 0, persons: 20 };
    const kinds = ['discharge', 'course', 'town'] as const;
    const lengths = kinds.flatMap((kind) =>
      Array.from({ length: 400 }, (_, nth) => messageOf(nth, { ...people, kind }).length),
    );
    expect(new Set(lengths)).toEqual(new Set([MESSAGE_BYTES]));
  });

  test('discharges: each is another person, owed aftercare, and the council is told', () => {
    const { messages, register, publications } = explained({ kind: 'discharge', run: 'a', first: 0, persons: 0 }, 10);
    expect(messages.map(({ outcome }) => outcome)).toEqual(Array(10).fill('interpreted'));
    expect(register.map(({ status }) => status)).toEqual(Array(10).fill('active'));
    expect(new Set(publications.map(({ to }) => to))).toEqual(new Set([COUNCILS[0]]));
  });

  test('a course: ten messages a person, two stays, all understood', () => {
    const { messages, register } = explained({ kind: 'course', run: 'a', first: 0, persons: 4 }, 40);
    expect(messages.map(({ outcome }) => outcome)).toEqual(Array(40).fill('interpreted'));
    expect(register.map(({ status, episodes }) => [status, episodes.length])).toEqual([
      ['active', 2], // detained again under section 3
      ['active', 1], // the second time for assessment
      ['active', 2],
      ['active', 1],
    ]);
  });

  test('a town: everybody whom the console has to show', () => {
    const { messages, register } = explained({ kind: 'town', run: 'a', first: 0, persons: 20 }, 400);
    expect(new Set(messages.map(({ outcome }) => outcome))).toEqual(new Set(['interpreted', 'parked', 'ignored']));
    expect(new Set(messages.map(({ sender }) => sender))).toEqual(new Set(TRUSTS));
    expect(new Set(register.map(({ status }) => status))).toEqual(
      new Set(['not-known', 'prospective', 'active', 'died']),
    );
    expect(register.flatMap(({ questions }) => questions.map(({ kind }) => kind))).toContain('which-council');
  });
});
