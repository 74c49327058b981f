import { describe, expect, test } from '@jest/globals';
import { BASE } from '../../src/fhir/s117.js';
import { type Adt, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tell } from './tell.js';

const admitted: Adt = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000' };
const home: Adt = {
  trigger: 'A03',
  sentAt: '20260301100500',
  admitted: '20260101080000',
  left: '20260301100000',
  method: '1',
  destination: '19',
};

describe('who is owed aftercare, and from when', () => {
  test('1: section 2, then home, with no history known: not known, asked, and nobody is told "not entitled"', () => {
    const told = tell([admitted, { ...home, periods: [{ ...SECTION_3, status: '02' }] }]);
    const row = onlyRow(told);
    expect(row.status).toBe('not-known');
    expect(kindsOf(row)).toEqual(['history-unchecked']);
    expect(told.publications).toEqual([]);
    expect(JSON.stringify(told)).not.toMatch(/not entitled/i);
  });

  test('1: section 2, then home, after the history was checked: nothing is asked and nothing is sent', () => {
    const checked = {
      kind: 'history-checked',
      on: '2026-03-01',
      found: 'no-qualifying-detention',
      sources: ['the trust archive'],
    };
    const told = tell([{ ...home, periods: [{ ...SECTION_3, status: '02' }] }], '2026-11-21', [checked]);
    expect(onlyRow(told)).toMatchObject({ status: 'not-known', questions: [] });
    expect(told.publications).toEqual([]);
  });

  test('2: section 2 becomes section 3, then home: prospective at the section 3, active on leaving', () => {
    const section2 = { ...SECTION_3, id: 'P0', status: '02', from: '20251220', to: '20260101' };
    const onWard: Adt = {
      trigger: 'A08',
      sentAt: '20260102090000',
      periods: [section2, { ...SECTION_3, to: undefined }],
    };

    const before = tell([admitted, onWard], '2026-02-01');
    expect(onlyRow(before)).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
    expect(sent(before)).toEqual(['E08000025: CarePlan draft']);

    const after = tell([admitted, onWard, { ...home, periods: [section2, SECTION_3] }]);
    expect(onlyRow(after)).toMatchObject({
      status: 'active',
      episodes: [{ status: 'active', from: '2026-03-01', to: null, qualifying: [{ basis: 's3', from: '2026-01-01' }] }],
      council: { code: 'E08000025', standing: 'provisional' },
      icb: { code: 'QHL', asWritten: '15E', standing: 'provisional' },
      concurrent: [],
      questions: [],
    });
    expect(sent(after)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('2: one hour of section 3 is enough', () => {
    const hour = { ...SECTION_3, from: '20260301090000', to: '20260301095900' };
    expect(onlyRow(tell([{ ...home, periods: [hour] }])).status).toBe('active');
  });

  test('3: section 3, informal for weeks, then home with status informal: active from leaving, by history', () => {
    const informal = { ...SECTION_3, id: 'P2', status: '01', from: '20260220', to: '20260301' };
    const row = onlyRow(tell([{ ...home, periods: [SECTION_3, informal] }]));
    expect(row).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });

  test.each([
    ['53', 'another ward (mental illness, same provider)'],
    ['87', 'a non-NHS hospital'],
  ])('4: section 3, discharged to destination %s, %s: still in hospital, aftercare has not begun', (destination) => {
    const told = tell([admitted, { ...home, destination, periods: [SECTION_3] }]);
    expect(onlyRow(told)).toMatchObject({ status: 'prospective', episodes: [{ status: 'prospective', from: null }] });
    expect(sent(told)).toEqual(['E08000025: CarePlan draft']);
  });

  test('6: section 3, then a community treatment order: active, and the ending is locked', () => {
    const order = { ...SECTION_3, to: undefined, community: 'CTO' as const, communityFrom: '20260301' };
    const decisions = ['council', 'icb'].map((body) => ({
      kind: 'aftercare-decision',
      body,
      decision: 'no-longer-needed',
      decidedOn: '2026-06-01',
      reasons: ['needs-reassessed-none-remaining'],
      personInvolved: true,
    }));
    const row = onlyRow(tell([{ ...home, periods: [order] }], '2026-11-21', decisions));
    expect(row).toMatchObject({ status: 'active', concurrent: ['cto'] });
    expect(kindsOf(row)).toEqual(['ending-proposed', 'ending-proposed']);
  });

  describe('6: an order of which no end is told', () => {
    const order: Adt = {
      ...home,
      periods: [{ ...SECTION_3, to: undefined, community: 'CTO', communityFrom: '20260301' }],
    };
    const back = (status: string): Adt => ({
      ...home,
      sentAt: '20260601100500',
      visit: 'V2',
      admitted: '20260501080000',
      left: '20260601100000',
      periods: [{ ...SECTION_3, id: 'P2', status, from: '20260501', to: '20260601' }],
    });
    const decisions: Stated[] = ['council', 'icb'].map((body) => ({
      ...{ kind: 'aftercare-decision', body, decision: 'no-longer-needed', decidedOn: '2026-07-01' },
      ...{ reasons: ['needs-reassessed-none-remaining'], personInvolved: true },
    }));

    test('6: an order of before a new section 3 is over with it: what both decide after the next leaving ends aftercare', () => {
      const row = onlyRow(tell([order, back('03')], '2026-11-21', decisions));
      expect(row).toMatchObject({ status: 'ended', concurrent: [] });
      expect(row.episodes.map(({ status, from, to }) => [status, from, to])).toEqual([
        ['superseded', '2026-03-01', '2026-05-01'],
        ['ended', '2026-06-01', '2026-07-01'],
      ]);
      expect(row.because.map(({ rule }) => rule)).toContain('order-ended-by-detention');
    });

    test('6: an order that goes on is not over with a section of its recall, or with the section that it is told under', () => {
      const revived = { ...SECTION_3, id: 'P2', from: '20260501', to: undefined };
      const recall = { ...SECTION_3, to: undefined, community: 'RECALL' as const, communityFrom: '20260501' };
      const asOrder = { ...revived, community: 'CTO' as const, communityFrom: '20260301' };
      const recalled: Adt = {
        trigger: 'A08',
        sentAt: '20260501070000',
        visit: 'V2',
        periods: [{ ...recall, communityTo: '20260504' }],
      };
      const held: Adt = {
        trigger: 'A01',
        sentAt: '20260501090000',
        visit: 'V2',
        admitted: '20260501080000',
        periods: [revived],
      };
      const out: Adt = {
        ...home,
        sentAt: '20260504090000',
        visit: 'V2',
        admitted: '20260501080000',
        left: '20260504080000',
      };
      for (const since of [
        [recalled, held, out],
        [held, { ...out, periods: [asOrder] }],
      ]) {
        const row = onlyRow(tell([order, ...since], '2026-11-21', decisions));
        expect(row).toMatchObject({ status: 'active', concurrent: ['cto'] });
        expect(row.questions.map(({ options }) => options)).toEqual([['order-had-ended'], ['order-had-ended']]);
        expect(row.because.map(({ rule }) => rule)).not.toContain('order-ended-by-detention');
      }
    });

    test('6: people who know that it had ended say so of each decision, and then both count', () => {
      const asked = onlyRow(tell([order], '2026-11-21', decisions)).questions;
      expect(asked).toMatchObject([
        { kind: 'ending-proposed', options: ['order-had-ended'], text: expect.stringMatching(/of 2026-03-01 no end/) },
        { kind: 'ending-proposed', options: ['order-had-ended'] },
      ]);
      const answers = asked.map(({ id }): Stated => {
        return {
          kind: 'answer',
          question: id,
          option: 'order-had-ended',
          because: 'discharged by the clinician in May',
        };
      });
      const told = (...stated: Stated[]) => onlyRow(tell([order], '2026-11-21', [...decisions, ...stated]));
      expect(told(...answers.slice(1))).toMatchObject({ status: 'active', questions: { length: 2 } });
      expect(told(...answers)).toMatchObject({ status: 'ended', episodes: [{ to: '2026-07-01' }], questions: [] });
      const ends = { ...SECTION_3, to: undefined, community: 'CTO' as const, communityFrom: '20260301' };
      const later: Adt = { ...home, sentAt: '20260801090000', periods: [{ ...ends, communityTo: '20260901' }] };
      expect(onlyRow(tell([order, later], '2026-11-21', [...decisions, ...answers])).status).toBe('active');
    });

    test('goes on through a stay under section 2, and through its own section renewed', () => {
      const renewed = { ...SECTION_3, id: 'P2', from: '20260901', to: '20270301' };
      const renewal: Adt = { trigger: 'A08', sentAt: '20260901090000', periods: [renewed] };
      for (const since of [back('02'), renewal]) {
        const row = onlyRow(tell([order, since], '2026-11-21', decisions));
        expect(row).toMatchObject({ status: 'active', concurrent: ['cto'], episodes: [{ from: '2026-03-01' }] });
        expect(row.because.map(({ rule }) => rule)).not.toContain('order-ended-by-detention');
      }
    });

    test('a section that follows the new one without an admission is no renewal of the order that is over', () => {
      const third: Adt = {
        trigger: 'A08',
        sentAt: '20260901090000',
        visit: 'V3',
        periods: [{ ...SECTION_3, id: 'P3', from: '20260901', to: undefined }],
      };
      expect(onlyRow(tell([order, back('03'), third])).episodes).toHaveLength(3);
    });
  });

  test.each([
    ['informally', '01'],
    ['under section 2', '02'],
  ])('9: owed aftercare and readmitted %s: nothing changes but that the person is in hospital', (_how, status) => {
    const readmission: Adt = {
      trigger: 'A01',
      sentAt: '20260801090000',
      visit: 'V2',
      admitted: '20260801080000',
      periods: [{ ...SECTION_3, id: 'P2', status, from: '20260801', to: undefined, council: undefined }],
    };
    const told = tell([{ ...home, periods: [SECTION_3] }, readmission]);
    expect(onlyRow(told)).toMatchObject({ status: 'active', concurrent: ['inpatient'] });
    expect(onlyRow(told).episodes).toHaveLength(1);
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('17: the discharge comes first, the section 3 ten days later: entitlement goes back to the day of leaving', () => {
    const late: Adt = { trigger: 'A08', sentAt: '20260311090000', periods: [SECTION_3] };
    expect(onlyRow(tell([home])).status).toBe('not-known');
    expect(onlyRow(tell([home, late]))).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });

  test('17: the section 3 is told ten days after leaving: the council hears why it is late, and is asked to look at its charges', () => {
    const late: Adt = { trigger: 'A08', sentAt: '20260311090000', periods: [SECTION_3] };
    const flagOf = (messages: Adt[], stated: Stated[] = []) => {
      const [publication] = tell(messages, '2026-11-21', stated).publications;
      return publication?.resources.find(({ resourceType }) => resourceType === 'Flag');
    };
    const notice = { url: `${BASE}/StructureDefinition/s117-late-notice`, valueDate: '2026-03-11' };
    const flag = flagOf([home, late]);
    expect(flag).toMatchObject({ period: { start: '2026-03-01' }, extension: expect.arrayContaining([notice]) });
    expect(JSON.stringify(flag)).toContain('owed, and free, since 2026-03-01; look at what was charged since');
    const row = onlyRow(tell([home, late]));
    expect(row.because.map(({ rule }) => rule)).toContain('told-late');

    const known: Adt = { ...admitted, periods: [{ ...SECTION_3, to: undefined }] };
    for (const messages of [
      [known, home, late],
      [{ ...home, periods: [SECTION_3] }, late],
    ]) {
      expect(JSON.stringify(flagOf(messages))).not.toContain('late-notice');
    }
  });

  test('22: died on the ward before leaving: closed, and no new Flag', () => {
    const died: Adt = { ...home, method: '4', destination: '79', deathIndicator: 'Y', diedOn: '20260301' };
    const told = tell([admitted, { ...died, periods: [SECTION_3] }]);
    expect(onlyRow(told)).toMatchObject({ status: 'died', episodes: [{ status: 'died', endedBy: 'died' }] });
    expect(sent(told)).toEqual(['E08000025: CarePlan revoked']);
  });

  describe('22: a death of somebody', () => {
    const dead: Adt = { ...home, method: '4', destination: '79', periods: [SECTION_3] };
    const back: Adt = { trigger: 'A01', sentAt: '20260601090000', visit: 'V2', admitted: '20260601080000' };
    test('22: a death of somebody who is admitted since is asked about, and aftercare goes on meanwhile', () => {
      const elsewhere: Adt = { ...home, visit: 'V0', periods: [SECTION_3] };
      const later: Adt = { ...back, sentAt: '20260310090000', visit: 'V1', admitted: '20260305080000' };
      const gone: Adt = { ...later, trigger: 'A03', left: '20260310080000', method: '4', destination: '79' };
      const row = onlyRow(tell([elsewhere, gone, back]));
      expect(row).toMatchObject({ status: 'active', diedOn: null, concurrent: ['inpatient'] });
      expect(row.questions).toMatchObject([
        {
          kind: 'death-unverified',
          text: expect.stringMatching(/died on 2026-03-10.*admitted to hospital on 2026-06-01/),
        },
      ]);
      expect(onlyRow(tell([elsewhere, gone, back], '2026-05-31'))).toMatchObject({ status: 'died' });
    });

    test('who is detained since neither; a death that is confirmed stands, and one that is not counts for nothing', () => {
      const detained: Adt = {
        trigger: 'A08',
        sentAt: '20260601090000',
        visit: '',
        periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: undefined }],
      };
      const told = (...stated: Stated[]) => onlyRow(tell([dead, detained], '2026-11-21', stated));
      expect(told()).toMatchObject({ status: 'prospective', diedOn: null });
      const [asked] = told().questions;
      expect(asked).toMatchObject({ kind: 'death-unverified', text: expect.stringMatching(/detained on 2026-06-01/) });
      const answered = (option: string) =>
        told({ kind: 'answer', question: asked?.id, option, because: 'asked the family' });
      expect(answered('confirmed')).toMatchObject({ status: 'died', diedOn: '2026-03-01' });
      expect(answered('not-confirmed')).toMatchObject({ status: 'prospective', diedOn: null });
      for (const option of ['confirmed', 'not-confirmed'])
        expect(kindsOf(answered(option))).not.toContain('death-unverified');
    });

    describe('what was answered of it holds', () => {
      const ask = (messages: Adt[], stated: Stated[] = []) =>
        onlyRow(tell(messages, '2026-11-21', stated)).questions.filter(({ kind }) => kind === 'death-unverified');
      const answer = (messages: Adt[], option: string, recorded = '2026-06-10T10:00:00Z'): Stated => ({
        kind: 'answer',
        question: ask(messages)[0]?.id,
        option,
        because: 'asked the family',
        recorded,
      });
      const not = answer([dead, back], 'not-confirmed');
      const confirmed = answer([dead, back], 'confirmed');
      const again: Adt = { ...back, sentAt: '20260801090000', visit: 'V3', admitted: '20260801080000' };

      test('when the admission is cancelled: who was found to be alive has not died of that', () => {
        const cancelled: Adt = { ...back, trigger: 'A11', sentAt: '20260611090000' };
        const row = (...stated: Stated[]) => onlyRow(tell([dead, back, cancelled], '2026-11-21', stated));
        expect(row()).toMatchObject({ status: 'died', diedOn: '2026-03-01' });
        expect(row(not)).toMatchObject({ status: 'prospective', diedOn: null });
        expect(row(not, { kind: 'died', on: '2026-03-01', verified: true })).toMatchObject({ diedOn: '2026-03-01' });
      });

      test('when its time or its destination is corrected, or another sender tells it too', () => {
        const time: Adt = { ...dead, sentAt: '20260612090000', left: '20260301113000', destination: '98' };
        const elsewhere: Adt = { ...dead, sender: 'RXX', mrn: 'L9', visit: 'V9', periods: [] };
        for (const more of [time, elsewhere]) {
          expect(onlyRow(tell([dead, back, more], '2026-11-21', [confirmed]))).toMatchObject({ status: 'died' });
          expect(ask([dead, back, more], [not])).toEqual([]);
        }
      });

      test('but of whoever is admitted after it was confirmed it is asked anew, once for each time', () => {
        const all = [dead, back, again];
        expect(ask(all, [confirmed])).toMatchObject([{ text: expect.stringMatching(/to hospital on 2026-08-01/) }]);
        expect(onlyRow(tell(all, '2026-11-21', [confirmed]))).toMatchObject({ diedOn: null });
        const [second] = ask(all, [confirmed]);
        const twice: Stated = { ...confirmed, question: second?.id, recorded: '2026-08-10T10:00:00Z' };
        expect(onlyRow(tell(all, '2026-11-21', [confirmed, twice]))).toMatchObject({ status: 'died' });
        expect(ask(all, [not])).toEqual([]);
      });

      test('and so of a notice that people confirmed', () => {
        const notice: Adt = {
          trigger: 'A08',
          sentAt: '20260401090000',
          visit: '',
          deathIndicator: 'Y',
          diedOn: '20260331',
        };
        const alive: Adt = { ...home, periods: [SECTION_3] };
        const yes = answer([alive, notice], 'confirmed', '2026-04-10T10:00:00Z');
        expect(onlyRow(tell([alive, notice], '2026-11-21', [yes]))).toMatchObject({ status: 'died' });
        expect(onlyRow(tell([alive, notice, back], '2026-11-21', [yes]))).toMatchObject({ status: 'active' });
        expect(ask([alive, notice, back], [yes])).toHaveLength(1);
      });
    });

    test('is one question, whoever tells of it and in whatever field', () => {
      const inBoth: Adt = { ...dead, deathIndicator: 'Y', diedOn: '20260301' };
      const elsewhere: Adt = { ...dead, sender: 'RXX', mrn: 'L9', visit: 'V9', periods: [] };
      const verified: Stated = { kind: 'died', on: '2026-03-01', verified: true };
      for (const stated of [[], [verified]]) {
        const { questions } = onlyRow(tell([inBoth, elsewhere, back], '2026-11-21', stated));
        expect(questions.filter(({ kind }) => kind === 'death-unverified')).toHaveLength(1);
      }
    });

    test('on the day of an admission, or whose record is closed later, is no doubt', () => {
      const sameDay: Adt = { ...back, sentAt: '20260301120000', admitted: '20260301113000' };
      const closed: Adt = { ...back, trigger: 'A03', admitted: '20260101080000', left: '20260310100000', method: '1' };
      for (const more of [sameDay, closed]) expect(onlyRow(tell([dead, more]))).toMatchObject({ status: 'died' });
    });
  });

  test('33: a tribunal discharges today: active the same day', () => {
    const told = tell([{ ...home, method: '3', periods: [{ ...SECTION_3, to: '20260301' }] }], '2026-03-01');
    expect(onlyRow(told)).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });
});

describe('back in hospital while aftercare is owed', () => {
  const order = { ...SECTION_3, to: undefined, community: 'CTO' as const, communityFrom: '20260301' };
  const onOrder: Adt = { ...home, periods: [order] };

  test('7: recalled on a community treatment order and not revoked: active, unchanged', () => {
    const recalled = { ...order, community: 'RECALL' as const, communityFrom: '20260601', communityTo: '20260603' };
    const story = [onOrder, { trigger: 'A08', sentAt: '20260603090000', periods: [recalled] }];
    expect(onlyRow(tell(story, '2026-06-02'))).toMatchObject({ status: 'active', concurrent: ['cto', 'inpatient'] });
    expect(onlyRow(tell(story))).toMatchObject({ status: 'active', concurrent: ['cto'], questions: [] });
  });

  test('8 in part: the order is revoked: prospective, the Flag stays, the plan waits, and both readings are asked about', () => {
    const revoked = { ...order, community: 'REVOKED' as const, communityFrom: '20260601' };
    const story: Adt[] = [onOrder, { trigger: 'A08', sentAt: '20260603090000', periods: [revoked] }];
    const told = tell(story);
    expect(onlyRow(told)).toMatchObject({ status: 'prospective', concurrent: ['inpatient'] });
    expect(kindsOf(onlyRow(told))).toEqual(['no-news-since-transfer', 'which-council']);
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan on-hold']);

    const again: Adt = { ...home, sentAt: '20260901100000', visit: 'V2', admitted: '20260601', left: '20260901' };
    expect(onlyRow(tell([...story, again]))).toMatchObject({ status: 'active', episodes: [{ from: '2026-03-01' }] });
  });

  test('12 in part: conditionally discharged and recalled: the Flag is kept', () => {
    const discharge = { ...order, status: '09', community: 'CD' as const };
    const recalled = { ...discharge, community: 'RECALL' as const, communityFrom: '20260601' };
    const told = tell([
      { ...home, periods: [discharge] },
      { trigger: 'A08', sentAt: '20260603090000', periods: [recalled] },
    ]);
    expect(onlyRow(told).status).toBe('prospective');
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan on-hold']);
  });

  test('5 in part: overnight leave from hospital: still prospective, marked, and asked about', () => {
    const leave: Adt = { trigger: 'A21', sentAt: '20260201180000' };
    const row = onlyRow(
      tell(
        [admitted, { ...admitted, trigger: 'A08', periods: [{ ...SECTION_3, to: undefined }] }, leave],
        '2026-02-03',
      ),
    );
    expect(row).toMatchObject({ status: 'prospective', concurrent: ['inpatient', 's17-leave'] });
    expect(kindsOf(row)).toEqual(['leave-or-aftercare']);
  });

  test('13 in part: back to prison from section 47: active, in custody', () => {
    const row = onlyRow(tell([{ ...home, destination: '40', periods: [{ ...SECTION_3, status: '15' }] }]));
    expect(row).toMatchObject({ status: 'active', concurrent: ['custody'] });
  });

  test('23 in part: a notice of death in the community is not yet a death: asked about, and active until then', () => {
    const notice: Adt = { trigger: 'A31', sentAt: '20260801090000', deathIndicator: 'Y', diedOn: '20260730' };
    const told = tell([{ ...home, periods: [SECTION_3] }, notice]);
    expect(onlyRow(told).status).toBe('active');
    const [question] = onlyRow(told).questions;
    expect(question?.kind).toBe('death-unverified');
    const answer = {
      kind: 'answer',
      question: question?.id,
      option: 'confirmed',
      because: 'seen on the national record',
    };
    const closed = tell([{ ...home, periods: [SECTION_3] }, notice], '2026-11-21', [answer]);
    expect(onlyRow(closed)).toMatchObject({ status: 'died', diedOn: '2026-07-30' });
    expect(sent(closed)).toEqual(['E08000025: Flag inactive, CarePlan revoked']);
  });
});
