import { describe, expect, test } from '@jest/globals';
import { addDays, addMonths } from '../../src/register/day.js';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { onlyRow, tell } from './tell.js';

const NEVER = '99991231';
const running = { ...SECTION_3, to: NEVER };
const admitted: Adt = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000', periods: [running] };

/** What differs only in how "no end" is written gives the same entry, to the next day on which it changes. */
const same = (written: readonly Adt[], plain: readonly Adt[], asOf: string) => {
  const timeless = (messages: readonly Adt[]) => {
    const row = onlyRow(tell(messages, asOf));
    // The facts differ by what was written, and so by their ids.
    return JSON.parse(JSON.stringify(row, (key, value) => (key === 'facts' ? undefined : value)));
  };
  expect(timeless(written)).toEqual(timeless(plain));
};

describe('an end on the last day of the calendar is none', () => {
  const plain = { ...admitted, periods: [{ ...SECTION_3, to: undefined }] };

  test.each(['2026-02-01', '2026-03-20', '2026-11-21'])('of a detention, on %s', (asOf) => {
    same([admitted], [plain], asOf);
  });

  test('of a stay: the person is still there', () => {
    const planned: Adt = { ...HOME, sentAt: '20260102090000', left: `${NEVER}235900`, periods: [running] };
    expect(onlyRow(tell([admitted, planned], '2026-02-01'))).toMatchObject({
      status: 'prospective',
      concurrent: ['inpatient'],
    });
    expect(onlyRow(tell([admitted, planned], '2026-02-01')).nextChangeOn?.slice(0, 4)).not.toBe('9999');
  });

  test('of a community treatment order: nothing can end on it', () => {
    const order = { ...running, community: 'CTO' as const, communityFrom: '20260301' };
    const until = (communityTo?: string): Adt => ({
      ...HOME,
      periods: [{ ...order, ...(communityTo ? { communityTo } : {}) }],
    });
    same([until(NEVER)], [until()], '2026-11-21');
    expect(onlyRow(tell([until(NEVER)])).concurrent).toEqual(['cto']);
  });
});

test('no day comes after the last of the calendar', () => {
  expect(addDays('9999-12-31', 1)).toBe('9999-12-31');
  expect(addMonths('9999-12-01', 1)).toBe('9999-12-31');
  expect(addDays('9999-12-30', 1)).toBe('9999-12-31');
});
