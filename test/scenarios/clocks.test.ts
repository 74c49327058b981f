import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, tablesWith, tell } from './tell.js';

const ADMITTED: Adt = {
  trigger: 'A01',
  sentAt: '20260101090000',
  admitted: '20260101080000',
  periods: [{ ...SECTION_3, to: undefined }],
};
const TODAY = '2026-11-21';

const PLAN: Stated = {
  kind: 'plan',
  agreedOn: '2026-02-25',
  lead: { name: 'Sam Example', role: 'care coordinator' },
  needs: [{ text: 'A home', services: [{ text: 'Supported living', provider: 'Example Homes', fundedBy: 's117' }] }],
  reviewDue: '2026-04-01',
  crisisPlan: 'Whom to ring, and when',
  participants: ['the person', 'council', 'ICB'],
  copyGivenOn: '2026-02-26',
};
const FOLLOWED_UP: Stated = { kind: 'review', heldOn: '2026-03-03', attended: ['person'], outcome: 'follow-up' };
const review = (heldOn: string, over: object = {}): Stated => ({
  kind: 'review',
  heldOn,
  attended: ['person', 'council', 'icb'],
  outcome: 'continue',
  ...over,
});

/** `review 2026-04-12 overdue`; what was done has its day. */
const clocks = (messages: Adt[], asOf = TODAY, stated: Stated[] = [], settings: object = {}): string[] =>
  onlyRow(tell(messages, asOf, stated, tablesWith(settings))).clocks.map(
    ({ kind, dueOn, doneOn, state }) => `${kind} ${dueOn ?? 'on leaving'} ${doneOn ? `done ${doneOn}` : state}`,
  );

describe('what is due', () => {
  test('planning starts with the first qualifying status, and is due when the person leaves hospital', () => {
    expect(clocks([ADMITTED], '2026-01-05')).toEqual(['plan on leaving running']);
    expect(clocks([ADMITTED, HOME], '2026-03-01')).toContain('plan 2026-03-01 running');
    expect(clocks([ADMITTED, HOME], '2026-03-02')).toContain('plan 2026-03-01 overdue');
  });

  test('a plan without all that the ombudsmen ask for is none yet, and the register says what it lacks', () => {
    const bare = { kind: 'plan', agreedOn: '2026-02-25' };
    expect(clocks([HOME], '2026-03-02', [bare])).toContain('plan 2026-03-01 overdue');
    expect(onlyRow(tell([HOME], TODAY, [bare])).episodes[0]?.plan?.lacks).toEqual([
      'lead',
      'needs',
      'review-date',
      'crisis-plan',
      'participants',
      'copy-given',
    ]);
    expect(clocks([HOME], TODAY, [PLAN])).toContain('plan 2026-03-01 done 2026-02-25');
    expect(onlyRow(tell([HOME], TODAY, [PLAN])).episodes[0]?.plan?.lacks).toEqual([]);
  });

  test('follow-up is due within the hours of the partnership', () => {
    expect(clocks([HOME], '2026-03-02')).toContain('follow-up 2026-03-04 running');
    expect(clocks([HOME], TODAY, [FOLLOWED_UP])).toContain('follow-up 2026-03-04 done 2026-03-03');
    const within24 = { partnerships: [{ council: 'E08000025', icb: 'QHL', followUpHours: 24 }] };
    expect(clocks([HOME], '2026-03-02', [], within24)).toContain('follow-up 2026-03-02 running');
  });

  test('the first contact after leaving is no review', () => {
    expect(clocks([HOME], '2026-04-01', [FOLLOWED_UP])).toContain('review 2026-04-12 running');
  });

  test('a review that is not held is overdue, then chased, then escalated', () => {
    expect(clocks([HOME], '2026-04-12')).toContain('review 2026-04-12 running');
    expect(clocks([HOME], '2026-04-13')).toContain('review 2026-04-12 overdue');
    expect(clocks([HOME], '2026-04-20')).toContain('review 2026-04-12 chased');
    expect(clocks([HOME], '2026-05-11')).toContain('review 2026-04-12 escalated');
  });

  test('after the first review the interval of the partnership counts; people may agree an earlier day, not a later one', () => {
    expect(clocks([HOME], TODAY, [review('2026-04-10')])).toEqual([
      'plan 2026-03-01 escalated',
      'follow-up 2026-03-04 done 2026-04-10',
      'review 2026-04-12 done 2026-04-10',
      'review 2027-04-10 running',
    ]);
    const sixMonthly = { partnerships: [{ council: 'E08000025', icb: 'QHL', reviewMonths: 6 }] };
    expect(clocks([HOME], TODAY, [review('2026-08-31')], sixMonthly)).toContain('review 2027-02-28 running');
    expect(clocks([HOME], TODAY, [review('2026-04-10', { nextDue: '2026-12-01' })])).toContain(
      'review 2026-12-01 running',
    );
    expect(clocks([HOME], TODAY, [review('2026-04-10', { nextDue: '2030-01-01' })])).toContain(
      'review 2027-04-10 running',
    );
  });

  test('a review that names nobody who attended is none', () => {
    expect(clocks([HOME], TODAY, [review('2026-04-10', { attended: [] })])).toContain('review 2026-04-12 escalated');
  });

  test('9: back in hospital informally, the plan is reviewed before the person leaves again', () => {
    const back: Adt = { trigger: 'A01', sentAt: '20260601090000', visit: 'V2', admitted: '20260601080000' };
    const again: Adt = { ...back, trigger: 'A03', sentAt: '20260610090000', left: '20260610080000', destination: '19' };
    expect(clocks([HOME, back], '2026-06-05')).toContain('review-after-readmission on leaving running');
    expect(clocks([HOME, back, again], '2026-06-11')).toContain('review-after-readmission 2026-06-10 overdue');
    expect(clocks([HOME, back, again], TODAY, [review('2026-06-09')])).toContain(
      'review-after-readmission 2026-06-10 done 2026-06-09',
    );
  });

  describe('follow-up is due after each leaving', () => {
    const back: Adt = { trigger: 'A01', sentAt: '20260601090000', visit: 'V2', admitted: '20260601080000' };
    const again: Adt = { ...back, trigger: 'A03', sentAt: '20260610090000', left: '20260610080000', destination: '19' };
    const followUps = (messages: Adt[], stated: Stated[] = []) =>
      clocks(messages, '2026-06-12', stated).filter((clock) => clock.startsWith('follow-up'));

    test('follow-up is due after each leaving', () => {
      expect(followUps([HOME, back], [FOLLOWED_UP])).toEqual(['follow-up 2026-03-04 done 2026-03-03']);
      expect(followUps([HOME, back, again], [FOLLOWED_UP])).toEqual([
        'follow-up 2026-03-04 done 2026-03-03',
        'follow-up 2026-06-13 running',
      ]);
      const contact: Stated = { ...FOLLOWED_UP, heldOn: '2026-06-11' };
      expect(followUps([HOME, back, again], [FOLLOWED_UP, contact])).toEqual([
        'follow-up 2026-03-04 done 2026-03-03',
        'follow-up 2026-06-13 done 2026-06-11',
      ]);
    });

    test('also after a recall on an order', () => {
      const order = { ...SECTION_3, to: undefined };
      const messages: Adt[] = [
        { ...HOME, periods: [{ ...order, community: 'CTO', communityFrom: '20260301' }] },
        {
          trigger: 'A08',
          sentAt: '20260502090000',
          periods: [{ ...order, community: 'REVOKED', communityFrom: '20260501' }],
        },
        { ...HOME, sentAt: '20260610090000', visit: 'V2', left: '20260610080000', admitted: undefined, periods: [] },
      ];
      expect(followUps(messages)).toEqual(['follow-up 2026-03-04 escalated', 'follow-up 2026-06-13 running']);
    });

    test('not after a transfer, nor for an order that is told beside the discharge', () => {
      expect(followUps([HOME, back, { ...again, destination: '53' }], [FOLLOWED_UP])).toHaveLength(1);
      const order = { ...SECTION_3, to: undefined, community: 'CTO' as const, communityFrom: '20260301' };
      expect(followUps([{ ...HOME, periods: [order] }])).toHaveLength(1);
    });
  });

  test('clocks are folded: a discharge that was cancelled takes them away, a late one sets them by its own day', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260302090000' };
    expect(clocks([ADMITTED, HOME, cancelled], '2026-05-01')).toEqual(['plan on leaving running']);
    const late = { ...HOME, sentAt: '20261120090000' };
    expect(clocks([late], '2026-11-21')).toContain('review 2026-04-12 escalated');
  });

  test('in prison nothing of it is due', () => {
    const s47 = { ...SECTION_3, status: '15' };
    const toPrison: Adt = { ...HOME, destination: '40', periods: [s47] };
    expect(clocks([toPrison])).toEqual(['plan 2026-03-01 escalated']);
  });

  test('of a duty that is over only what was done remains', () => {
    const died: Stated = { kind: 'died', on: '2026-08-01', verified: true };
    expect(clocks([HOME], TODAY, [died, review('2026-04-10')])).toEqual([
      'follow-up 2026-03-04 done 2026-04-10',
      'review 2026-04-12 done 2026-04-10',
    ]);
  });
});

describe('what an ending needs', () => {
  const decision = (body: string, decidedOn: string): Stated => ({
    kind: 'aftercare-decision',
    body,
    decision: 'no-longer-needed',
    decidedOn,
    reasons: ['needs-reassessed-none-remaining'],
    personInvolved: true,
  });

  test('the other body’s decision is due after the first', () => {
    const one = [decision('council', '2026-10-01')];
    expect(clocks([HOME], '2026-10-15', one)).toContain('other-decision 2026-10-29 running');
    expect(clocks([HOME], TODAY, one)).toContain('other-decision 2026-10-29 chased');
  });

  test('the written notice is due after an ending', () => {
    const both = [decision('council', '2026-10-01'), decision('icb', '2026-10-02')];
    expect(clocks([HOME], TODAY, both)).toContain('notice 2026-10-16 escalated');
    expect(clocks([HOME], TODAY, [...both, { kind: 'notice-given', on: '2026-10-05' }])).toContain(
      'notice 2026-10-16 done 2026-10-05',
    );
  });
});
