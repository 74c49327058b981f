import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { instantOf } from '../../src/hl7v2/time.js';

const LONDON = 'Europe/London';

describe('as a moment', () => {
  test.each([
    { ts: '20260301', zone: LONDON, instant: '2026-03-01T00:00:00Z', day: '2026-03-01', precision: 'day' },
    { ts: '20260601', zone: LONDON, instant: '2026-05-31T23:00:00Z', day: '2026-06-01', precision: 'day' },
    { ts: '2026060110', zone: LONDON, instant: '2026-06-01T09:00:00Z', day: '2026-06-01', precision: 'hour' },
    { ts: '202606011030', zone: LONDON, instant: '2026-06-01T09:30:00Z', day: '2026-06-01', precision: 'minute' },
    { ts: '20260601103015', zone: LONDON, instant: '2026-06-01T09:30:15Z', day: '2026-06-01', precision: 'second' },
    { ts: '20260601103015.000', zone: LONDON, instant: '2026-06-01T09:30:15Z', day: '2026-06-01', precision: 'second' },
    {
      ts: '20260601103015.5',
      zone: LONDON,
      instant: '2026-06-01T09:30:15.500Z',
      day: '2026-06-01',
      precision: 'second',
    },
    {
      ts: '20260601103015.1234',
      zone: LONDON,
      instant: '2026-06-01T09:30:15.123Z',
      day: '2026-06-01',
      precision: 'second',
    },
    { ts: '20260601103015+0100', zone: 'UTC', instant: '2026-06-01T09:30:15Z', day: '2026-06-01', precision: 'second' },
    {
      ts: '20260601103015.5-0500',
      zone: LONDON,
      instant: '2026-06-01T15:30:15.500Z',
      day: '2026-06-01',
      precision: 'second',
    },
    {
      ts: '20260601233000+0000',
      zone: LONDON,
      instant: '2026-06-01T23:30:00Z',
      day: '2026-06-02',
      precision: 'second',
    },
    { ts: '20260601+0000', zone: LONDON, instant: '2026-06-01T00:00:00Z', day: '2026-06-01', precision: 'day' },
    { ts: ' 20260301 ', zone: LONDON, instant: '2026-03-01T00:00:00Z', day: '2026-03-01', precision: 'day' },
    { ts: '20240229', zone: LONDON, instant: '2024-02-29T00:00:00Z', day: '2024-02-29', precision: 'day' },
    { ts: '20260601', zone: 'America/New_York', instant: '2026-06-01T04:00:00Z', day: '2026-06-01', precision: 'day' },
  ])('$ts in $zone', ({ ts, zone, instant, day, precision }) => {
    expect(instantOf(ts, zone)).toEqual({ instant, day, precision });
  });
});

describe('when the clocks change in London', () => {
  test.each([
    { story: 'the last minute of winter time', ts: '202603290059', instant: '2026-03-29T00:59:00Z' },
    {
      story: 'the hour that is missing counts on from winter time',
      ts: '202603290130',
      instant: '2026-03-29T01:30:00Z',
    },
    { story: 'the first minute of summer time', ts: '202603290200', instant: '2026-03-29T01:00:00Z' },
    { story: 'before the repeated hour', ts: '202610250059', instant: '2026-10-24T23:59:00Z' },
    { story: 'the repeated hour is its first occurrence', ts: '202610250130', instant: '2026-10-25T00:30:00Z' },
    { story: 'after the repeated hour', ts: '202610250200', instant: '2026-10-25T02:00:00Z' },
    { story: 'the day of the change begins in winter time', ts: '20260329', instant: '2026-03-29T00:00:00Z' },
    { story: 'the day of the change begins in summer time', ts: '20261025', instant: '2026-10-24T23:00:00Z' },
    { story: 'British Standard Time of 1970', ts: '19700203', instant: '1970-02-02T23:00:00Z' },
  ])('$story', ({ ts, instant }) => {
    expect(instantOf(ts, LONDON)?.instant).toBe(instant);
  });
});

test.each([
  ...['', '2026', '202603', '20260230', '20250229', '20261301', '20260001', '20260300', '2026030124', '202603011060'],
  ...['20260301100060', '2026-03-01', '20260301T1000', '20260301100000Z', '20260301100000+1', '20260301100000+1560'],
  ...['20260301100000+1500', '00000000', '00010101', '2026030', '202603011', '""', 'yesterday', '20260301100000.'],
])('%j is no moment', (ts) => {
  expect(instantOf(ts, LONDON)).toBeNull();
});

test('for all moments and zones: written in local time and read back, it is the same or its clock’s twin', () => {
  const zone = fc.constantFrom(LONDON, 'UTC', 'Europe/Dublin', 'America/New_York', 'Australia/Lord_Howe');
  const at = fc.date({ min: new Date('1980-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(at, zone, (date, timeZone) => {
      const local = wallClock(date, timeZone);
      const moment = instantOf(local, timeZone);
      expect(wallClock(new Date(moment?.instant ?? Number.NaN), timeZone)).toBe(local);
    }),
  );
});

function wallClock(date: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
    .format(date)
    .replace(/\D/g, '');
}
