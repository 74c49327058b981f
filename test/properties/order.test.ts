import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Adt, OTHER, PERSON } from '../scenarios/adt.js';
import { type Message, type Stated, tables, tell } from '../scenarios/tell.js';
import { AREAS, POSTCODES, PRACTICES } from '../support/divided.js';
import { CUMBRIA, knowing } from '../support/postcodes.js';
import { retold, type Story, story } from './histories.js';

const imported = { practices: PRACTICES, smallAreas: AREAS };
const knowingFiles = { ...tables, directory: knowing(tables.directory, [...CUMBRIA, ...POSTCODES], imported) };

/** Byte for byte what is said of people and to bodies; the list of messages follows the order in which they came. */
function conclusions(messages: readonly Message[], stated: readonly Stated[]): string {
  const { register, publications } = tell(messages, '2026-11-21', stated, knowingFiles);
  return JSON.stringify({ register, publications });
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 300);

describe('order and repetition do not matter', () => {
  test('whatever the messages, in whatever order and however often they come, the register and every publication are the same', () => {
    const twice = story.chain((told) => fc.tuple(fc.constant(told), retold(told.messages)));
    fc.assert(
      fc.property(twice, ([{ messages, stated }, again]: [Story, Message[]]) => {
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

describe('what is told apart, and what is not', () => {
  const detained: Adt = {
    trigger: 'A08',
    sentAt: '20260301100500',
    controlId: 'M1',
    periods: [{ status: '03', from: '20260101', council: 'E08000025' }],
  };
  const inBothOrders = (first: Adt, second: Adt) => {
    expect(conclusions([detained, second, first], [])).toBe(conclusions([detained, first, second], []));
  };

  test('two cancelled discharges of one stay, sent at the same moment, one of before the detention', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260301120000' };
    inBothOrders(
      { ...cancelled, controlId: 'M2', eventAt: '20251220080000' },
      { ...cancelled, controlId: 'M3', eventAt: '20260301110000' },
    );
  });

  test('two notices of death without a date, sent at the same moment, of events on different days', () => {
    const notice: Adt = { trigger: 'A31', sentAt: '20260301120000', deathIndicator: 'Y' };
    inBothOrders(
      { ...notice, controlId: 'M2', eventAt: '20260220080000' },
      { ...notice, controlId: 'M3', eventAt: '20260301110000' },
    );
  });

  test('local numbers that only look alike when written one after the other stay apart', () => {
    const told = tell([
      { trigger: 'A31', sentAt: '20260301120000', nhsNumber: PERSON, mrn: 'C^^^A:B' },
      { trigger: 'A31', sentAt: '20260301120000', nhsNumber: OTHER, mrn: 'B:C^^^A' },
    ]);
    expect(told.register.map(({ questions }) => questions)).toEqual([[], []]);
  });
});
