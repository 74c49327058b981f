import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME as home, OTHER, PERSON, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, sent, tell } from './tell.js';

describe('what senders take back', () => {
  test('16: a discharge is cancelled: prospective again, and a council that heard of it hears so', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260301120000', admitted: '20260101080000' };
    const told = tell([home, cancelled]);
    expect(onlyRow(told)).toMatchObject({ status: 'prospective', episodes: [{ status: 'prospective', from: null }] });
    expect(sent(told)).toEqual(['E08000025: Flag inactive, CarePlan draft']);
    expect(JSON.stringify(told.publications)).toContain('discharge-cancelled');
  });

  test('16: a cancelled discharge of a later stay changes nothing for a person who was owed aftercare before', () => {
    const again: Adt = { ...home, visit: 'V2', sentAt: '20260901100000', admitted: '20260801', left: '20260901' };
    const told = tell([home, again, { trigger: 'A13', visit: 'V2', sentAt: '20260902090000' }]);
    expect(onlyRow(told)).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });

  test('16: cancelled and then discharged after all', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260301120000' };
    const after: Adt = { ...home, sentAt: '20260310100000', left: '20260310090000' };
    expect(onlyRow(tell([home, cancelled, after]))).toMatchObject({
      status: 'active',
      episodes: [{ from: '2026-03-10' }],
    });
  });

  describe('16: a discharge that is cancelled days later', () => {
    const admitted: Adt = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000' };
    const late: Adt = { trigger: 'A13', sentAt: '20260307120000', admitted: '20260101080000' };
    const asked = (messages: Adt[], option?: string) => {
      const [question] = onlyRow(tell(messages)).questions.filter(({ kind }) => kind === 'leave-or-aftercare');
      const answer = { kind: 'answer', question: question?.id, option, because: 'the ward was asked' };
      return onlyRow(tell(messages, '2026-11-21', option === undefined ? [] : [answer]));
    };

    test('16: cancelled days later: never left, or left and came back? Asked, and nothing is taken away meanwhile', () => {
      const open = asked([admitted, home, late]);
      expect(open).toMatchObject({ status: 'active', concurrent: ['inpatient'], episodes: [{ from: '2026-03-01' }] });
      expect(open.questions).toMatchObject([
        { kind: 'leave-or-aftercare', options: ['never-left', 'left-and-came-back'] },
      ]);
      expect(open.questions[0]?.text).toMatch(/2026-03-01 was cancelled on 2026-03-07.*never leave.*readmission/);
    });

    test('never left: prospective, and the council that was told hears so', () => {
      expect(asked([admitted, home, late], 'never-left')).toMatchObject({
        status: 'prospective',
        concurrent: ['inpatient'],
      });
    });

    test('left and came back: a readmission, which takes nothing away', () => {
      const readmitted = asked([admitted, home, late], 'left-and-came-back');
      expect(readmitted).toMatchObject({ status: 'active', concurrent: ['inpatient'], questions: [] });
    });

    test('the answer goes on counting when the person is discharged in the end', () => {
      const after: Adt = { ...home, sentAt: '20260320100000', left: '20260320090000' };
      expect(asked([admitted, home, late, after]).episodes).toMatchObject([{ from: '2026-03-01' }]);
      expect(asked([admitted, home, late, after], 'never-left').episodes).toMatchObject([{ from: '2026-03-20' }]);
      expect(asked([admitted, home, late, after], 'left-and-came-back').questions).toEqual([]);
    });

    test('discharged anew with an earlier time: only the time was wrong', () => {
      const corrected: Adt = { ...home, sentAt: '20260307121000', left: '20260228090000' };
      expect(asked([admitted, home, late, corrected])).toMatchObject({
        status: 'active',
        episodes: [{ from: '2026-02-28' }],
        questions: [],
      });
    });

    test('a cancellation of the same day that is said again days later is of that day', () => {
      const once: Adt = { ...late, sentAt: '20260301120000' };
      expect(asked([admitted, home, once, late])).toMatchObject({ status: 'prospective', episodes: [{ from: null }] });
      expect(kindsOf(asked([admitted, late, home, once]))).toEqual(['no-news-since-transfer']);
    });

    test('what happened that day counts, however late it was sent', () => {
      expect(asked([admitted, home, { ...late, eventAt: '20260301120000' }]).status).toBe('prospective');
    });

    test('of a person whose aftercare goes on already it is not asked', () => {
      const again: Adt = { ...home, visit: 'V2', sentAt: '20260901100000', admitted: '20260801', left: '20260901' };
      const row = asked([home, again, { trigger: 'A13', visit: 'V2', sentAt: '20260910090000' }]);
      expect(row).toMatchObject({ status: 'active', questions: [] });
    });
  });

  test('18 in part: a withdrawn detention freezes the entitlement and asks', () => {
    const withdrawn: Adt = { trigger: 'A08', sentAt: '20260320090000', periods: [{ id: 'P1', action: 'D' }] };
    const row = onlyRow(tell([home, withdrawn]));
    expect(row.status).toBe('active');
    expect(kindsOf(row)).toEqual(['detention-withdrawn']);
    const [question] = row.questions;
    const answered = onlyRow(
      tell([home, withdrawn], '2026-11-21', [
        { kind: 'answer', question: question?.id, option: 'never-detained', because: 'papers were another person' },
      ]),
    );
    expect(answered.status).toBe('entered-in-error');
    expect(answered.questions).toEqual([]);
  });

  test('a period is as its latest statement has it, whichever arrives last', () => {
    const corrected: Adt = {
      trigger: 'A08',
      sentAt: '20260305090000',
      periods: [{ ...SECTION_3, from: '20260105', council: 'E08000029' }],
    };
    for (const order of [
      [home, corrected],
      [corrected, home],
    ]) {
      expect(onlyRow(tell(order))).toMatchObject({
        episodes: [{ qualifying: [{ from: '2026-01-05' }] }],
        council: { code: 'E08000029' },
      });
    }
  });

  test('a late update with an old message time does not reopen a stay', () => {
    const stale: Adt = { trigger: 'A08', sentAt: '20260228090000', admitted: '20260101080000' };
    expect(onlyRow(tell([home, stale]))).toMatchObject({ status: 'active', concurrent: [] });
  });
});

describe('who the person is', () => {
  test('19: two records are merged: the survivor has the union of the histories and one Flag', () => {
    const elsewhere: Adt = { ...home, sender: 'RXT', nhsNumber: OTHER, mrn: 'L2', visit: 'V9' };
    const informal: Adt = { trigger: 'A01', sentAt: '20260701090000', mrn: 'L1', visit: 'V3', admitted: '20260701' };
    const merge: Adt = {
      trigger: 'A40',
      sentAt: '20260702090000',
      mrn: 'L1',
      mergedAway: { nhsNumber: OTHER, mrn: 'L2' },
    };
    const told = tell([elsewhere, informal, merge]);
    const row = onlyRow(told);
    expect(row).toMatchObject({
      nhsNumber: PERSON,
      formerNhsNumbers: [OTHER],
      status: 'active',
      concurrent: ['inpatient'],
    });
    expect(told.publications.flatMap((p) => p.resources.filter((r) => r.resourceType === 'Flag'))).toHaveLength(1);
  });

  test('19: merged records that name different councils for one detention: both shown, one provisional', () => {
    const elsewhere: Adt = {
      ...home,
      nhsNumber: OTHER,
      mrn: 'L2',
      visit: 'V9',
      periods: [{ ...SECTION_3, id: 'P9', council: 'E08000029' }],
    };
    const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
    const row = onlyRow(tell([home, elsewhere, merge]));
    expect(row.status).toBe('active');
    const question = row.questions.find(({ kind }) => kind === 'which-council');
    expect(question?.options).toEqual(['E08000025', 'E08000029']);
  });

  test.each([
    ['no NHS number', { nhsNumber: null }],
    ['an NHS number that fails its check', { nhsNumber: '9990000019' }],
  ])('21: %s: the register keeps the person locally, asks, and sends nothing', (_what, wrong) => {
    const told = tell([{ ...home, ...wrong }]);
    const row = onlyRow(told);
    expect(row).toMatchObject({ nhsNumber: null, localId: 'L1', status: 'active' });
    expect(kindsOf(row)).toEqual(['identity-unverified']);
    expect(told.publications).toEqual([]);
  });

  test('21: an NHS number that was not traced: held until it is', () => {
    const untraced = tell([{ ...home, numberStatus: '02' }]);
    expect(kindsOf(onlyRow(untraced))).toEqual(['identity-unverified']);
    expect(untraced.publications).toEqual([]);

    const traced = tell([
      { ...home, numberStatus: '02' },
      { trigger: 'A31', sentAt: '20260402090000', numberStatus: '01' },
    ]);
    expect(onlyRow(traced).questions).toEqual([]);
    expect(traced.publications).toHaveLength(1);
  });

  test('a number that arrives later takes over what was known of the local record', () => {
    const told = tell([
      { ...home, nhsNumber: null },
      { trigger: 'A31', sentAt: '20260402090000' },
    ]);
    expect(onlyRow(told)).toMatchObject({ nhsNumber: PERSON, status: 'active' });
  });

  test('21: a number that failed its check, then the right one: nothing is held any longer', () => {
    const told = tell([
      { ...home, nhsNumber: '9990000019' },
      { trigger: 'A31', sentAt: '20260402090000' },
    ]);
    expect(onlyRow(told)).toMatchObject({ nhsNumber: PERSON, status: 'active', questions: [] });
    expect(told.publications).toHaveLength(1);
  });

  test('a later message with a bare PID takes no name and no birth date away', () => {
    const bare =
      'MSH|^~\\&|EPR|RXT|AB|QHL|20260601090000||ADT^A31|BARE|P|2.5\rEVN|A31|20260601090000\rPID|1||9990000018^^^NHS^NH';
    const [entry] = tell([home, bare]).register;
    expect(entry).toMatchObject({ name: { family: 'Example', given: ['Pat'] }, birthDate: '1980-01-02' });
  });

  test('one local record sent with two NHS numbers, and no merge: nothing is joined, both are asked about, nothing is sent', () => {
    const told = tell([home, { trigger: 'A31', sentAt: '20260402090000', nhsNumber: OTHER }]);
    expect(told.register).toHaveLength(2);
    expect(told.register.every((entry) => entry.questions.some(({ kind }) => kind === 'identity-conflict'))).toBe(true);
    expect(told.publications).toEqual([]);
  });
});
