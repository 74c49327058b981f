import { describe, expect, test } from '@jest/globals';
import { type Charge, chargedBeside, overlap, penceOf } from '../../src/register/charged.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell, told } from '../scenarios/tell.js';

const TODAY = '2026-11-21';

/** One charge beside what the messages and facts make of the person. */
function beside(over: object, messages: readonly Adt[] = [HOME], others: readonly Stated[] = [], today = TODAY) {
  const stated: Stated = {
    kind: 'charge',
    from: '2026-03-16',
    to: '2026-03-22',
    amountPerWeek: '70.00',
    for: 'meals',
    ...over,
  };
  const [entry] = tell(messages, today, others).register;
  const { facts } = told([], [stated, ...others]);
  const charge = facts.find((fact): fact is Charge => fact.kind === 'charge');
  if (!entry || !charge) throw new Error('the story has nobody, or no charge');
  return chargedBeside(charge, entry, today);
}

const AGAIN: Adt = {
  ...HOME,
  trigger: 'A01',
  sentAt: '20260601100000',
  visit: 'V2',
  admitted: '20260601080000',
  left: '',
  periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '' }],
};
const NOBODY: Adt = { ...HOME, periods: [{ ...SECTION_3, status: '02' }] };
const LATE: Adt = { ...HOME, sentAt: '20260501100500' };

describe('a charge beside the register', () => {
  test('of one week while aftercare is owed: the week, and no more', () => {
    expect(beside({})).toMatchObject({
      kinds: ['charged-while-owed'],
      while: [{ from: '2026-03-16', to: '2026-03-22' }],
      pence: 7_000,
    });
  });

  test('that began before counts from the day of leaving, that goes on up to today, that is to come not yet', () => {
    expect(beside({ from: '2026-02-01', to: '2026-03-07' })).toMatchObject({
      while: [{ from: '2026-03-01', to: '2026-03-07' }],
      pence: 7_000,
    });
    expect(beside({ from: '2026-11-15', to: null })).toMatchObject({
      while: [{ from: '2026-11-15', to: null }],
      pence: 7_000,
    });
    expect(beside({ from: '2026-11-15', to: '2027-11-15' })?.pence).toBe(7_000);
    expect(beside({ from: '2026-12-01', to: null })?.pence).toBe(0);
  });

  test('of the day of leaving alone is a seventh; of the day before nothing', () => {
    expect(beside({ from: '2026-02-01', to: '2026-03-01' })?.pence).toBe(1_000);
    expect(beside({ from: '2026-02-01', to: '2026-02-28' })).toBeNull();
  });

  test('pence are counted, and no fraction of one', () => {
    expect(['7', '7.5', '7.05', '0.10', '120.50'].map(penceOf)).toEqual([700, 750, 705, 10, 12_050]);
    expect(beside({ amountPerWeek: '0.10', to: '2026-03-16' })?.pence).toBe(1);
  });

  test('through a second detention: only while at home, and no day twice', () => {
    const back: Adt = {
      ...AGAIN,
      trigger: 'A03',
      sentAt: '20260801100500',
      left: '20260801100000',
      method: '1',
      destination: '19',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260801' }],
    };
    const found = beside({ from: '2026-01-01', to: null }, [HOME, AGAIN, back]);
    expect(found?.while).toEqual([
      { from: '2026-03-01', to: '2026-06-01' },
      { from: '2026-08-01', to: null },
    ]);
    expect(found?.pence).toBe((93 + 113) * 1_000);
  });

  test('a day on which one time ends and the next begins counts once', () => {
    const sameDay: Adt = {
      ...AGAIN,
      trigger: 'A03',
      sentAt: '20260601180000',
      left: '20260601170000',
      method: '1',
      destination: '19',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260601' }],
    };
    const found = beside({ from: '2026-01-01', to: '2026-06-07' }, [HOME, AGAIN, sameDay]);
    expect(found?.while).toEqual([
      { from: '2026-03-01', to: '2026-06-01' },
      { from: '2026-06-01', to: '2026-06-07' },
    ]);
    expect(found?.pence).toBe((93 + 6) * 1_000);
  });

  test('of somebody who has not left hospital, or whose detention never was, is said of neither', () => {
    expect(beside({ from: '2026-01-01', to: null }, [{ ...AGAIN, visit: 'V1' }])).toBeNull();
    const gone: Adt = { trigger: 'A08', sentAt: '20260310090000', periods: [{ id: 'P1', action: 'D' }] };
    const question = tell([HOME, gone], TODAY).register[0]?.questions.find(
      ({ kind }) => kind === 'detention-withdrawn',
    );
    const never: Stated = { kind: 'answer', question: question?.id, option: 'never-detained', because: 'papers' };
    expect(beside({ recordedAs: 'care-act' }, [HOME, gone])?.kinds).toEqual([
      'charged-while-owed',
      'recorded-as-care-act',
    ]);
    expect(beside({ recordedAs: 'care-act' }, [HOME, gone], [never])).toBeNull();
  });

  test('as Care Act is said of whoever has a qualifying detention, and of nobody else', () => {
    expect(beside({ recordedAs: 'care-act' })?.kinds).toEqual(['charged-while-owed', 'recorded-as-care-act']);
    expect(beside({ recordedAs: 's117' })?.kinds).toEqual(['charged-while-owed']);
    expect(beside({ from: '2025-01-01', to: '2025-02-01', recordedAs: 'care-act' })).toMatchObject({
      kinds: ['recorded-as-care-act'],
      while: [],
      pence: 0,
    });
    expect(beside({ recordedAs: 'care-act' }, [NOBODY])).toBeNull();
  });

  test('from before the detention was told, late, is found late; one of after it is not', () => {
    expect(beside({}, [LATE])?.kinds).toEqual(['charged-while-owed', 'found-late']);
    expect(beside({ from: '2026-05-01', to: null }, [LATE])?.kinds).toEqual(['charged-while-owed']);
  });

  test('for accommodation that the plan calls aftercare is said, and not for another need', () => {
    const plan = (meetsNeed: boolean): Stated => ({
      kind: 'plan',
      agreedOn: '2026-03-02',
      needs: [],
      accommodation: { meetsNeed, because: 'as agreed' },
    });
    expect(beside({ accommodation: true }, [HOME], [plan(true)])?.kinds).toEqual([
      'charged-while-owed',
      'accommodation-in-plan',
    ]);
    expect(beside({ accommodation: true }, [HOME], [plan(false)])?.kinds).toEqual(['charged-while-owed']);
    expect(beside({ accommodation: true })?.kinds).toEqual(['charged-while-owed']);
    const { accommodation: _, ...silent } = plan(true);
    expect(beside({ accommodation: true }, [HOME], [silent as Stated])?.kinds).toEqual(['charged-while-owed']);
    expect(beside({ accommodation: false }, [HOME], [plan(true)])?.kinds).toEqual(['charged-while-owed']);
    expect(beside({ accommodation: true, from: '2025-01-01', to: '2025-02-01' }, [HOME], [plan(true)])).toBeNull();
  });
});

test('two times share the days that both have, whichever is named first', () => {
  const a = { from: '2026-01-01', to: '2026-01-31' };
  const b = { from: '2026-01-31', to: null };
  expect(overlap(a, b)).toEqual([{ from: '2026-01-31', to: '2026-01-31' }]);
  expect(overlap(b, a)).toEqual([{ from: '2026-01-31', to: '2026-01-31' }]);
  expect(overlap(a, { from: '2026-02-01', to: null })).toEqual([]);
  const within = { from: '2026-01-10', to: '2026-01-20' };
  expect([overlap(a, within), overlap(within, a)]).toEqual([[within], [within]]);
  expect(overlap({ from: '2026-01-01', to: null }, b)).toEqual([{ from: '2026-01-31', to: null }]);
});
