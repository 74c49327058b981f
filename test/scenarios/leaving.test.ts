import { describe, expect, test } from '@jest/globals';
import type { Adt } from './adt.js';
import { kindsOf, onlyRow, tell } from './tell.js';

const FROM_THE_MORNING = { id: 'P1', status: '03', from: '20260301090000', council: 'E08000025' };

const discharged = (left: string, over: Partial<Adt> = {}): Adt => ({
  trigger: 'A03',
  sentAt: '20260302090000',
  admitted: '20260201080000',
  left,
  periods: [FROM_THE_MORNING],
  ...over,
});

describe('a leaving of which only the day is told', () => {
  test('comes after a section that began that day: an hour of section 3 is enough', () => {
    expect(onlyRow(tell([discharged('20260301')]))).toMatchObject({ status: 'active', concurrent: [] });
  });

  test('a new section on the next day is a re-detention as ever', () => {
    const again: Adt = {
      trigger: 'A01',
      sentAt: '20260303090000',
      visit: 'V2',
      admitted: '20260302100000',
      periods: [{ ...FROM_THE_MORNING, id: 'P2', from: '20260302110000' }],
    };
    expect(onlyRow(tell([discharged('20260301'), again])).episodes.map(({ status }) => status)).toEqual([
      'superseded',
      'prospective',
    ]);
  });
});

describe('a detention after which nobody has told of a leaving', () => {
  const papers: Adt = {
    trigger: 'A08',
    sentAt: '20260401090000',
    periods: [{ id: 'P1', status: '03', from: '19840501', to: '19840901', council: 'E08000025' }],
  };

  test('long ago, with no stay to be seen: not said to be in hospital, and somebody is asked', () => {
    const row = onlyRow(tell([papers]));
    expect(row).toMatchObject({ status: 'prospective', concurrent: [] });
    expect(kindsOf(row)).toContain('leave-or-aftercare');
  });

  test('the question names the law, and the reasons say on what it rests', () => {
    const { questions, because } = onlyRow(tell([papers]));
    const asked = questions.find(({ kind }) => kind === 'leave-or-aftercare');
    expect(asked?.text).toContain('Mental Health Act 1983 s117(1)');
    expect(because).toContainEqual(
      expect.objectContaining({ rule: 'leaving-hospital', cites: 'MHA 1983 s117(1)', facts: asked?.facts }),
    );
  });

  test('once the leaving is recorded, aftercare has been owed since then and nothing is asked', () => {
    const row = onlyRow(tell([papers], '2026-11-21', [{ kind: 'left-hospital', on: '1984-09-01' }]));
    expect(row).toMatchObject({ status: 'active', episodes: [{ from: '1984-09-01' }] });
    expect(kindsOf(row)).not.toContain('leave-or-aftercare');
  });

  test('while the stay goes on, the person is in hospital and nobody is asked', () => {
    const row = onlyRow(tell([{ ...papers, trigger: 'A01', admitted: '19840501' }]));
    expect(row).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
    expect(kindsOf(row)).not.toContain('leave-or-aftercare');
  });
});

describe('a sender that gives no visit numbers', () => {
  const home = discharged('20260401100000', { visit: '', sentAt: '20260401110000' });

  test('the end that a discharge tells is the end of the admission beside it', () => {
    expect(onlyRow(tell([home]))).toMatchObject({ status: 'active', concurrent: [] });
  });

  test('and of one that was told before', () => {
    const admission: Adt = { trigger: 'A01', sentAt: '20260201090000', visit: '', admitted: '20260201080000' };
    const discharge = { ...home, admitted: '' };
    expect(onlyRow(tell([admission, discharge]))).toMatchObject({ status: 'active', concurrent: [] });
  });

  test('a cancelled discharge opens that stay again', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260402090000', visit: '' };
    expect(onlyRow(tell([home, cancelled]))).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
  });

  test('a second admission is a stay of its own', () => {
    const again: Adt = { trigger: 'A01', sentAt: '20260501090000', visit: '', admitted: '20260501080000' };
    expect(onlyRow(tell([home, again]))).toMatchObject({ status: 'active', concurrent: ['inpatient'] });
  });
});
