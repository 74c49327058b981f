import { describe, expect, test } from '@jest/globals';
import { median, row } from '../../src/bench/figures.js';
import { stillOpen, unless } from '../../src/bench/settled.js';

describe('a figure beside its target', () => {
  test.each([
    { story: 'at least: as much is enough', figure: 500, target: { least: 500 }, met: true },
    { story: 'at least: less is not', figure: 499.9, target: { least: 500 }, met: false },
    { story: 'at most: as much is good enough', figure: 40, target: { most: 40 }, met: true },
    {
      story: 'at most: a little more is not, though it looks the same when it is rounded',
      figure: 40.04,
      target: { most: 40 },
      met: false,
    },
  ])('$story', ({ figure, target, met }) => {
    expect(row('acks', 'anything', [figure, 'ms'], target).met).toBe(met);
  });

  test('where nothing was promised it is neither met nor missed', () => {
    expect(row('disk', 'the log', [12.345, 'KB'])).toMatchObject({ figure: 12.3, target: null, met: null });
  });

  test('the one in the middle, and of none nothing', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([])).toBe(0);
  });
});

describe('a count that is wrong', () => {
  test('is said with what it is and what it should be', () => {
    expect(unless('messages in the inbox', 99, 100)).toEqual(['messages in the inbox: 99, and not 100']);
    expect(unless('messages in the inbox', 100, 100)).toEqual([]);
  });

  test('also what nobody has confirmed', () => {
    const open = { uninterpreted: 0, unfolded: 0, undelivered: 3 };
    expect(stillOpen('people', open)).toEqual([expect.stringContaining('0 messages, 0 persons, 3 deliveries')]);
    expect(stillOpen('people', { ...open, undelivered: 0 })).toEqual([]);
  });
});
