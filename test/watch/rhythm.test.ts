import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bandsIn, missedBetween, rhythmOf } from '../../src/flow/watch-rhythm.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday at midnight, in winter. */
const MONDAY = Date.parse('2026-01-05T00:00:00Z');
const LONDON = bandsIn('Europe/London', []);

/** Slots of `weeks` weeks from a Monday in which `speaks` says that something came. */
function heard(weeks: number, speaks: (day: number, hour: number, minute: number) => boolean, from = MONDAY): number[] {
  const slots: number[] = [];
  for (let at = from; at < from + weeks * 7 * DAY; at += 5 * MINUTE) {
    const inWeek = (at - MONDAY) % (7 * DAY);
    if (speaks(Math.floor(inWeek / DAY), Math.floor(inWeek / HOUR) % 24, Math.floor(inWeek / MINUTE) % 60))
      slots.push(at);
  }
  return slots;
}

const office = (day: number, hour: number, minute: number) => day < 5 && hour >= 9 && hour < 17 && minute % 15 === 0;
const ward = (_day: number, hour: number, minute: number) => (hour >= 7 && hour < 22 ? true : minute % 30 === 0);

/** Whether a feed is silent at `at`, its last message having come at `last`. */
function silent(slots: readonly number[], last: string, at: string, bandOf = LONDON): boolean | null {
  const lastAt = Date.parse(last);
  const rhythm = rhythmOf(
    slots.filter((slot) => slot <= lastAt),
    bandOf,
  );
  return rhythm && missedBetween(lastAt, Date.parse(at), rhythm.usual, bandOf) > rhythm.limit;
}

describe('a feed is silent against its own rhythm', () => {
  const busy = heard(6, ward);
  const office6 = heard(6, office);

  test('a ward that speaks all day is missed within the hour', () => {
    expect(silent(busy, '2026-02-13T10:00:00Z', '2026-02-13T10:20:00Z')).toBe(false);
    expect(silent(busy, '2026-02-13T10:00:00Z', '2026-02-13T11:00:00Z')).toBe(true);
  });

  test('the same hour without a message is nothing at night', () => {
    expect(silent(busy, '2026-02-13T01:00:00Z', '2026-02-13T02:00:00Z')).toBe(false);
    expect(silent(busy, '2026-02-13T01:00:00Z', '2026-02-13T06:00:00Z')).toBe(true);
  });

  test('an office is not missed from Friday evening to Monday morning', () => {
    expect(silent(office6, '2026-02-13T16:45:00Z', '2026-02-16T08:59:00Z')).toBe(false);
    expect(silent(office6, '2026-02-13T16:45:00Z', '2026-02-16T09:30:00Z')).toBe(false);
  });

  test('and is missed when Monday goes on without it', () => {
    expect(silent(office6, '2026-02-13T16:45:00Z', '2026-02-16T11:00:00Z')).toBe(true);
  });

  test('a bank holiday is like a Sunday when the site file says so', () => {
    const day = bandsIn('Europe/London', ['2026-02-16']);
    expect(silent(office6, '2026-02-13T16:45:00Z', '2026-02-16T16:00:00Z', day)).toBe(false);
    expect(silent(office6, '2026-02-13T16:45:00Z', '2026-02-17T09:10:00Z', day)).toBe(false);
    expect(silent(office6, '2026-02-13T16:45:00Z', '2026-02-17T12:00:00Z', day)).toBe(true);
  });

  test('a night that ends an hour earlier in summer is the same night', () => {
    const summer = Date.parse('2026-03-23T00:00:00Z');
    // Written in UTC: the clocks go forward on 29 March, and the office with them.
    const slots = heard(6, office)
      .concat(heard(1, office, summer))
      .filter((slot) => slot < summer + 5 * DAY);
    expect(silent(slots, '2026-03-27T16:45:00Z', '2026-03-30T08:20:00Z')).toBe(false);
  });

  test('a feed that speaks now and then, at any time, is given the time it has always taken', () => {
    // Two messages a working day, the first at an hour that differs from day to day.
    const slots = heard(6, (day, hour, minute) => day < 5 && [9 + ((day * 5) % 7), 16].includes(hour) && minute === 0);
    expect(silent(slots, '2026-02-10T16:00:00Z', '2026-02-12T14:00:00Z')).toBe(false);
    expect(silent(slots, '2026-02-10T16:00:00Z', '2026-02-18T14:00:00Z')).toBe(true);
  });

  test('one outage in the weeks that are learnt from does not make the next one unremarkable', () => {
    const outage = (slot: number) => slot >= MONDAY + 15 * DAY && slot < MONDAY + 17 * DAY;
    expect(
      silent(
        busy.filter((slot) => !outage(slot)),
        '2026-02-13T10:00:00Z',
        '2026-02-13T11:30:00Z',
      ),
    ).toBe(true);
  });

  test('a feed of ten days, or of a few messages, is not judged', () => {
    expect(
      silent(
        busy.filter((slot) => slot < MONDAY + 10 * DAY),
        '2026-02-13T10:00:00Z',
        '2026-03-13T10:00:00Z',
      ),
    ).toBeNull();
    expect(rhythmOf([], LONDON)).toBeNull();
    expect(
      rhythmOf(
        heard(6, (day, hour, minute) => day === 0 && hour === 9 && minute === 0),
        LONDON,
      ),
    ).toBeNull();
  });

  test('a silence of the length of any usual gap is never remarkable', () => {
    const rhythm = rhythmOf(busy, LONDON);
    expect(rhythm).not.toBeNull();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: busy.length - 2 }), (i) => {
        const missed = missedBetween(busy[i] ?? 0, busy[i + 1] ?? 0, rhythm?.usual ?? [], LONDON);
        expect(missed).toBeLessThanOrEqual(rhythm?.limit ?? 0);
      }),
    );
  });

  test('waiting longer never makes a feed less silent', () => {
    const { usual = [] } = rhythmOf(busy, LONDON) ?? {};
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 20_000 }), (a, b) => {
        const until = (minutes: number) => missedBetween(MONDAY, MONDAY + minutes * MINUTE, usual, LONDON);
        expect(until(Math.max(a, b))).toBeGreaterThanOrEqual(until(Math.min(a, b)));
      }),
    );
  });
});
