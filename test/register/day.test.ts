import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, addMonths, isDay, isStartOfDay, londonDay } from '../../src/register/day.js';
import { ruleOn } from '../../src/register/rule.js';
import { ordinaryResidence } from '../../src/register/rules/ordinary-residence.js';
import { placementDeeming } from '../../src/register/rules/placement-deeming.js';
import { residentBefore2015 } from '../../src/register/rules/residence-before-2015.js';

describe('days are days in London', () => {
  test.each([
    ['2026-01-15T23:30:00Z', '2026-01-15'],
    ['2026-07-15T22:59:59Z', '2026-07-15'],
    ['2026-07-15T23:00:00Z', '2026-07-16'],
    ['2026-07-15T22:59:59.999Z', '2026-07-15'],
    ['1943-07-15T22:30:00Z', '1943-07-16'],
    ['1899-12-31T12:00:00Z', '1899-12-31'],
    ['2026-03-01T10:00:00+02:00', '2026-03-01'],
    ['2026-03-01T00:30:00+02:00', '2026-02-28'],
  ])('%s is %s', (at, day) => {
    expect(londonDay(at)).toBe(day);
  });

  test('for all moments, as the calendar has it', () => {
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });
    const moment = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, (at) => {
        expect(londonDay(at.toISOString())).toBe(calendar.format(at));
      }),
      { numRuns: 300 },
    );
  });

  test('for all moments, its first is the one before which it was another day', () => {
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });
    const hour = fc.integer({ min: Date.UTC(1900, 0, 2) / 3_600_000, max: Date.UTC(2100, 0, 1) / 3_600_000 });
    const aside = fc.constantFrom(-1, 0, 1, 60_000, 1_800_000);
    fc.assert(
      fc.property(hour, aside, (hours, ms) => {
        const at = hours * 3_600_000 + ms;
        const isStart = calendar.format(at - 1) !== calendar.format(at);
        expect(isStartOfDay(new Date(at).toISOString())).toBe(isStart);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['2026-01-15T00:00:00Z', true],
    ['2026-01-15T00:00:01Z', false],
    ['2026-01-14T23:59:59Z', false],
    ['2026-07-14T23:00:00Z', true],
    ['2026-07-15T00:00:00Z', false],
  ])('%s is the first moment of one: %s', (at, isStart) => {
    expect(isStartOfDay(at)).toBe(isStart);
  });
});

describe('counting days and months', () => {
  test.each([
    ['2026-02-27', 2, '2026-03-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-03-28', 2, '2026-03-30'],
    ['2026-01-01', -1, '2025-12-31'],
  ])('%s and %s days: %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });

  test.each([
    ['2026-08-31', 6, '2027-02-28'],
    ['2023-08-31', 6, '2024-02-29'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2026-01-28', 1, '2026-02-28'],
    ['2026-01-15', 12, '2027-01-15'],
    ['2026-12-31', 2, '2027-02-28'],
    ['2026-10-31', 1, '2026-11-30'],
  ])('%s and %s months: %s', (day, months, expected) => {
    expect(addMonths(day, months)).toBe(expected);
  });

  test.each([
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-1-1', false],
    ['x2026-01-01', false],
    ['2026-01-01T00:00:00Z', false],
  ])('%s is a day: %s', (text, is) => {
    expect(isDay(text)).toBe(is);
  });
});

describe('of rules that follow each other', () => {
  const rules = [residentBefore2015, ordinaryResidence] as const;

  test('the one of the day; before all, the first; after all, the last', () => {
    expect(ruleOn('2015-03-31', rules)).toBe(residentBefore2015);
    expect(ruleOn('2015-04-01', rules)).toBe(ordinaryResidence);
    expect(ruleOn('2099-01-01', rules)).toBe(ordinaryResidence);
    expect(ruleOn('1950-01-01', [ordinaryResidence, ordinaryResidence])).toBe(ordinaryResidence);
  });

  test('one that nobody has commenced is never the law', () => {
    expect(ruleOn('2099-01-01', [ordinaryResidence, placementDeeming])).toBe(ordinaryResidence);
  });
});
