import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import {
  answerTo,
  asked,
  BIRMINGHAM,
  id,
  inCommunity,
  news,
  row,
  rulesOf,
  SOLIHULL,
  statusesOf,
  TODAY,
} from './story.js';

const HOME_ON_SECTION: Adt = { ...HOME, periods: [{ ...SECTION_3, to: undefined }] };
const ON_ORDER = [HOME_ON_SECTION, inCommunity('20260302090000', 'CTO', '20260301')];

describe('a section 3 that begins while a community treatment order is in force', () => {
  const section = (from: string): Adt => news('20260605090000', { id: 'P2', from });
  const stay = (admitted: string, left?: string, visit = 'V2'): Adt => ({
    trigger: left === undefined ? 'A01' : 'A03',
    sentAt: '20260702090000',
    visit,
    admitted,
    left,
    destination: left === undefined ? undefined : '19',
  });
  const recalled = (from: string, to?: string) => inCommunity('20260604100000', 'RECALL', from, { communityTo: to });

  test.each<[string, Adt[], number]>([
    ['nobody has admitted or recalled: the order’s section renewed', [], 1],
    ['in hospital since the day before', [stay('20260604080000')], 2],
    ['in hospital from that moment', [stay('20260605')], 2],
    ['in hospital then, and home since', [stay('20260604080000', '20260701100000')], 2],
    ['in hospital then, and once before', [stay('20260401', '20260402', 'V3'), stay('20260604080000')], 2],
    ['admitted only later', [stay('20260610080000')], 1],
    ['back home at that moment', [stay('20260601080000', '20260605')], 1],
    ['recalled the day before, and the recall goes on', [recalled('20260604')], 2],
    ['recalled that day', [recalled('20260605')], 2],
    ['recalled until that day', [recalled('20260603', '20260605')], 2],
    ['a recall that was over', [recalled('20260602', '20260604')], 1],
    ['recalled only later', [recalled('20260606')], 1],
  ])('%s', (_what, messages, episodes) => {
    expect(row([...ON_ORDER, ...messages, section('20260605')]).episodes).toHaveLength(episodes);
  });
});

describe('recall of a conditional discharge', () => {
  const restricted: Partial<Period> = { status: '09' };
  const home: Adt = { ...HOME, periods: [{ ...SECTION_3, status: '09', to: undefined }] };
  const of = (sentAt: string, what: Period['community'], from: string, to?: string) =>
    inCommunity(sentAt, what, from, { ...restricted, communityTo: to });
  const statusAfter = (...messages: Adt[]) => row([home, ...messages]).status;

  test('puts the plan on hold also where the discharge is told to have ended with it', () => {
    const ended = of('20260501090000', 'CD', '20260301', '20260430');
    expect(statusAfter(ended, of('20260502090000', 'RECALL', '20260501'))).toBe('prospective');
  });

  test.each([
    ['in force on the day', '20260302', undefined, 'prospective'],
    ['from that day', '20260501', undefined, 'prospective'],
    ['until that day', '20260302', '20260501', 'prospective'],
    ['over the day before: a recall under an order of another kind is for 72 hours', '20260302', '20260430', 'active'],
    ['begun the day after', '20260502', undefined, 'active'],
  ])('after a leaving that was told by itself, with the discharge %s', (_what, from, to, status) => {
    const recalled = of('20260502090000', 'RECALL', '20260501150000');
    const told = row([home, of('20260501080000', 'CD', from, to), recalled]);
    expect(told.status).toBe(status);
    expect(rulesOf(told).includes('recall-or-revocation')).toBe(status === 'prospective');
  });

  test.each(['S17', 'AWOL', 'CTO'] as const)('%s is no recall', (what) => {
    const discharged = of('20260302090000', 'CD', '20260301');
    expect(statusAfter(discharged, of('20260502090000', what, '20260501'))).toBe('active');
  });

  test('told twice before the person leaves again, it is one time in hospital', () => {
    const recalls = [
      of('20260502090000', 'RECALL', '20260501', '20260510'),
      of('20260602090000', 'RECALL', '20260601'),
    ];
    const again = { ...home, sentAt: '20261001110000', visit: 'V2', admitted: '20260501', left: '20261001100000' };
    const stated = [decisionOf('council', '2026-10-05'), decisionOf('icb', '2026-10-06')];
    const messages = [home, of('20260302090000', 'CD', '20260301'), ...recalls, again];
    expect(row(messages, stated).status).toBe('ended');
    expect(row(messages, [decisionOf('council', '2026-05-15'), decisionOf('icb', '2026-05-20')]).status).toBe('active');
  });
});

describe('revocation of a community treatment order', () => {
  const revokedAt = (at: string) => inCommunity('20260502090000', 'REVOKED', at);
  const REVOKED = [...ON_ORDER, revokedAt('20260501')];

  test('later on the first day of the order: back in hospital', () => {
    const order = [{ ...HOME_ON_SECTION, left: '', trigger: 'A01' }, inCommunity('20260302090000', 'CTO', '20260301')];
    expect(row([...order, revokedAt('20260301150000')]).status).toBe('prospective');
  });

  test('a stay that comes after it, and is no return, leaves the time in hospital as it was', () => {
    const stays = [
      { ...HOME_ON_SECTION, sentAt: '20261001110000', visit: 'V2', admitted: '20260501', left: '20261001100000' },
      { ...HOME_ON_SECTION, sentAt: '20261102110000', visit: 'V3', admitted: '20261101', left: '20261102100000' },
    ];
    const stated = [decisionOf('council', '2026-10-15'), decisionOf('icb', '2026-10-16')];
    expect(row([...REVOKED, ...stays], stated).episodes).toMatchObject([{ status: 'ended', to: '2026-10-16' }]);
  });

  const determined = (effectiveOn: string): Stated => ({
    kind: 'council-determined',
    effectiveOn,
    council: BIRMINGHAM,
    standing: 'agreed',
  });
  const review: Stated = { kind: 'review', heldOn: '2026-06-01', attended: ['person'], outcome: 'continue' };

  test.each<[string, Stated, number]>([
    ['from the day of the return: settled', determined('2026-05-01'), 0],
    ['from before it: still asked', determined('2026-04-01'), 1],
    ['from a day to come: still asked', determined('2026-12-01'), 1],
    ['not at all, though a review was held: still asked', review, 1],
  ])('the council is determined %s', (_what, stated, questions) => {
    expect(asked(row(REVOKED, [stated]), 'which-council')).toHaveLength(questions);
  });

  test('the question and the reason rest on what was told; two returns are two questions', () => {
    const [question] = asked(row(REVOKED), 'which-council');
    const [told] = row(REVOKED).because.filter(({ rule }) => rule === 'recall-or-revocation');
    expect(question?.facts).toHaveLength(1);
    expect(told?.facts).toEqual(question?.facts);
    const again = [
      { ...HOME_ON_SECTION, sentAt: '20260601110000', visit: 'V2', admitted: '20260501', left: '20260601100000' },
      inCommunity('20260902090000', 'REVOKED', '20260901', { id: 'P2', from: '20260201' }),
    ];
    expect(asked(row([...REVOKED, ...again]), 'which-council')).toHaveLength(2);
  });

  test('decided to be a new duty: a detention of its own, which rests on the decision as well', () => {
    const [question] = asked(row(REVOKED), 'which-council');
    const decided = [answerTo(question, 'new-duty', { id: id(1) })];
    const [entry] = tell(REVOKED, TODAY, decided).register;
    const [first, second] = entry?.episodes ?? [];
    expect(second?.anchors).toEqual([expect.stringMatching(/REVOKED.*\|new-duty$/)]);
    expect(first?.anchors).not.toEqual(expect.arrayContaining(second?.anchors ?? []));
    expect(asked(row(REVOKED, decided), 'which-council')).toMatchObject([{ facts: expect.arrayContaining([id(1)]) }]);
  });
});

describe('what stands beside detentions and leavings puts nothing out of order', () => {
  test('absence without leave between a leaving and a new detention', () => {
    const again = {
      ...HOME,
      sentAt: '20260801100500',
      visit: 'V2',
      admitted: '20260701080000',
      left: '20260801100000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: '20260801', council: SOLIHULL }],
    };
    const absent = [
      inCommunity('20260110090000', 'AWOL', '20260105', { communityTo: '20260106' }),
      inCommunity('20260710090000', 'S17', '20260705', { id: 'P2', from: '20260701', communityTo: '20260706' }),
    ];
    expect(statusesOf(row([...absent, again, HOME]))).toEqual(['superseded', 'active']);
  });
});
