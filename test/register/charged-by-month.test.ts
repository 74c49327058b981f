import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Charge, chargedBeside, penceOf, stretchesOf } from '../../src/register/charged.js';
import { type CountedStretch, penceByMonth } from '../../src/register/charged-by-month.js';
import { addDays, type Day } from '../../src/register/day.js';
import { entry, episode, redetained } from '../publish/entries.js';

const charge = (over: Partial<Charge>): Charge => ({
  kind: 'charge',
  id: '00000000-0000-4000-8000-000000000117',
  nhsNumber: '9990000018',
  localIds: [],
  effectiveAt: '2026-03-01T00:00:00Z',
  source: { by: 'person', statedBy: { organisation: 'E08000025', name: 'An Officer', role: 'finance officer' } },
  from: '2026-02-01',
  to: null,
  amountPerWeek: '70.00',
  for: 'residential care',
  ...over,
});
const HOME = [episode()];
const months = (over: Partial<Charge>, today: string, episodes = HOME) => {
  const charged = chargedBeside(charge(over), entry(episodes), today);
  if (charged === null) return null;
  const perWeek = penceOf(charged.charge.amountPerWeek);
  const days = stretchesOf(charged.while)
    .filter(({ first }) => first <= today)
    .map(({ first, last, before }): CountedStretch => {
      return [perWeek, counted(first), Math.min(counted(today), last === null ? Infinity : counted(last)), before];
    });
  return { pence: charged.pence, months: [...penceByMonth(days)] };
};
const counted = (day: Day): number => Date.parse(day) / 86_400_000;

test('a charge is told by the month, from the day of leaving up to today, and not of the days before or to come', () => {
  expect(months({ to: '2027-01-01' }, '2026-05-02')).toEqual({
    pence: 63_000,
    months: [
      ['2026-03', 31_000],
      ['2026-04', 30_000],
      ['2026-05', 2_000],
    ],
  });
  expect(months({ from: '2026-06-01' }, '2026-05-02')).toEqual({ pence: 0, months: [] });
});

test('a month in which nothing was owed is none, and the day on which one time follows another counts once', () => {
  const again = episode({ from: '2026-09-01', anchors: ['RXT|P2'] });
  const away = redetained({ to: '2026-05-10' });
  expect(months({}, '2026-09-07', [away, again])?.months.map(([month]) => month)).toEqual([
    '2026-03',
    '2026-04',
    '2026-05',
    '2026-09',
  ]);
  const atOnce = episode({ from: '2026-05-10', anchors: ['RXT|P2'] });
  expect(months({}, '2026-05-31', [away, atOnce])?.months.at(-1)).toEqual(['2026-05', 31_000]);
});

test('for all amounts, days and todays the months together are what was charged, to the penny', () => {
  const days = fc.integer({ min: 0, max: 900 }).map((days) => addDays('2025-12-01', days));
  fc.assert(
    fc.property(days, days, days, fc.integer({ min: 1, max: 99_999 }), (from, to, today, pence) => {
      const amountPerWeek = (pence / 100).toFixed(2);
      const told = months({ from, to: to < from ? null : to, amountPerWeek }, today);
      const sum = told?.months.reduce((all, [, each]) => all + each, 0);
      expect(sum).toBe(told?.pence);
    }),
  );
});
