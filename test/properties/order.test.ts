import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Adt } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { retold, type Story, story } from './histories.js';

/** Byte for byte what is said of people and to bodies; the list of messages follows the order in which they came. */
function conclusions(messages: readonly Adt[], stated: readonly Stated[]): string {
  const { register, publications } = tell(messages, '2026-11-21', stated);
  return JSON.stringify({ register, publications });
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 300);

describe('order and repetition do not matter', () => {
  test('whatever the messages, in whatever order and however often they come, the register and every publication are the same', () => {
    const twice = story.chain((told) => fc.tuple(fc.constant(told), retold(told.messages)));
    fc.assert(
      fc.property(twice, ([{ messages, stated }, again]: [Story, Adt[]]) => {
        expect(conclusions(again, stated)).toBe(conclusions(messages, stated));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);

  test('facts that people state may be read in any order', () => {
    const twice = story.chain((told) =>
      fc.tuple(fc.constant(told), fc.shuffledSubarray(told.stated, { minLength: told.stated.length })),
    );
    fc.assert(
      fc.property(twice, ([{ messages, stated }, again]) => {
        expect(conclusions(messages, [...again, ...again])).toBe(conclusions(messages, stated));
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
