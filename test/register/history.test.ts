import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tell } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { asked, BIRMINGHAM, id, idsOf, inCommunity, news, row, SOLIHULL, TODAY } from './story.js';

const entryOf = (messages: readonly Adt[], stated: readonly Stated[] = []) => tell(messages, TODAY, stated).register[0];
const told = (sentAt: string, over: Partial<Adt>): Adt => ({ trigger: 'A08', sentAt, ...over });

describe('a later message corrects an earlier one about the same thing', () => {
  const of = (sentAt: string, council: string): Adt => news(sentAt, { council, commissioner: undefined });

  test('what was said first, and is said again, counts again', () => {
    const messages = [HOME, of('20260401090000', SOLIHULL), of('20260402090000', BIRMINGHAM)];
    expect(row(messages).council.code).toBe(BIRMINGHAM);
    expect(row(messages.toReversed()).council.code).toBe(BIRMINGHAM);
    expect(row(messages.slice(0, 2)).council.code).toBe(SOLIHULL);
  });

  test('so it is with the NHS commissioner', () => {
    const to = (sentAt: string, commissioner: string) => news(sentAt, { council: undefined, commissioner });
    const messages = [HOME, to('20260401090000', 'QWO'), to('20260402090000', '15E')];
    expect(row(messages).icb.code).toBe('QHL');
    expect(row(messages.slice(0, 2)).icb.code).toBe('QWO');
  });

  test('of two rows of one message about one period, the one that stands later', () => {
    const periods = [SOLIHULL, BIRMINGHAM].map((council) => ({ ...SECTION_3, council }));
    expect(row([{ ...HOME, periods }]).council.code).toBe(BIRMINGHAM);
    expect(row([{ ...HOME, periods: periods.toReversed() }]).council.code).toBe(SOLIHULL);
  });

  test('two codes that nobody knows are two questions', () => {
    const periods = ['X98', 'X99'].map((council, index) => ({ ...SECTION_3, id: `P${index}`, council }));
    expect(idsOf(asked(row([{ ...HOME, periods }]), 'unmapped-code')).size).toBe(2);
  });

  test('the last name and birth date that were said; a message that has neither takes neither away', () => {
    const said = [
      told('20260301090000', { family: 'First', birthDate: '19700101' }),
      told('20260302090000', { family: 'Second', birthDate: '19710101' }),
    ];
    const bare = told('20260303090000', { family: '', birthDate: '' });
    expect(entryOf([...said, bare].toReversed())).toMatchObject({ birthDate: '1971-01-01' });
    expect(entryOf(said.toReversed())).toMatchObject({ name: { family: 'Second', given: ['Pat'] } });
    expect(entryOf([bare])).toMatchObject({ name: { family: null, given: ['Pat'] }, birthDate: null });
  });

  test('a notice of death, by the same trust only', () => {
    const died = told('20260601090000', { deathIndicator: 'Y', diedOn: '20260531' });
    const not = told('20260602090000', { deathIndicator: 'N' });
    const elsewhere = { ...died, sender: 'RXX', mrn: 'X1', sentAt: '20260601100000' };
    expect(asked(row([HOME, died]), 'death-unverified')).toHaveLength(1);
    expect(asked(row([HOME, died, not]), 'death-unverified')).toEqual([]);
    expect(asked(row([HOME, elsewhere, not]), 'death-unverified')).toHaveLength(1);
  });

  test('what it was told as late is counted from when it was first told as a section that may qualify', () => {
    const as = (sentAt: string, status: string) => news(sentAt, { status, to: '20260220' });
    const home = { ...HOME, periods: [] };
    const lateOn = (...messages: Adt[]) => entryOf([home, ...messages])?.episodes[0]?.toldLateOn;
    expect(lateOn(as('20260201090000', '02'), as('20260310090000', '03'))).toBe('2026-03-10');
    expect(lateOn(as('20260201090000', '98'), as('20260310090000', '03'))).toBe('2026-03-10');
    expect(lateOn(as('20260201090000', '03'), as('20260310090000', '03'))).toBeNull();
  });
});

describe('orders and leave that are told more than once', () => {
  const order = (sentAt: string, from: string, to: string | undefined, over = {}) =>
    inCommunity(sentAt, 'CTO', from, { communityTo: to, ...over });
  const home = { ...HOME, periods: [{ ...SECTION_3, to: undefined }] };
  /** On an order on a day of April, and on one of June? */
  const inForce = (...messages: Adt[]): boolean[] =>
    ['2026-04-15', '2026-06-15'].map((day) => row([home, ...messages], [], day).concurrent.includes('cto'));

  test.each<[string, Adt[], boolean[]]>([
    [
      'one after another: both',
      [order('20260501090000', '20260301', '20260430'), order('20260502090000', '20260501', undefined)],
      [true, true],
    ],
    [
      'that touch: the later corrects the earlier',
      [order('20260501090000', '20260301', '20260501'), order('20260502090000', '20260501', undefined)],
      [false, true],
    ],
    [
      'told the other way round: both',
      [order('20260601090000', '20260601', undefined), order('20260602090000', '20260401', '20260531')],
      [true, true],
    ],
    [
      'told the other way round, that touch',
      [order('20260601090000', '20260601', undefined), order('20260602090000', '20260401', '20260601')],
      [true, false],
    ],
    [
      'of two periods: both',
      [
        order('20260501090000', '20260301', '20260501'),
        order('20260502090000', '20260501', undefined, { id: 'P2', from: '20260101' }),
      ],
      [true, true],
    ],
    [
      'withdrawn',
      [order('20260501090000', '20260301', undefined), inCommunity('20260502090000', 'CTO', '', { action: 'D' })],
      [false, false],
    ],
    [
      'withdrawn by another trust, of a period of its own',
      [
        order('20260501090000', '20260301', undefined),
        { ...inCommunity('20260502090000', 'CTO', '', { action: 'D' }), sender: 'RXX', mrn: 'X1' },
      ],
      [true, true],
    ],
  ])('%s', (_what, messages, expected) => {
    expect(inForce(...messages)).toEqual(expected);
  });

  test('of two leaves that go on, the one that began first is asked about', () => {
    const leave = (sentAt: string, period: string, from: string) =>
      inCommunity(sentAt, 'S17', from, { id: period, from: '20260101' });
    const inHospital = { trigger: 'A01', sentAt: '20260101090000', admitted: '20260101080000' };
    const messages = [inHospital, leave('20260220090000', 'P1', '20260210'), leave('20260221090000', 'P2', '20260201')];
    const [question] = asked(row(messages), 'leave-or-aftercare');
    expect(question?.text).toContain('since 2026-02-01');
  });
});

describe('what people state', () => {
  const review = (over: object = {}): Stated => ({
    kind: 'review',
    heldOn: '2026-04-10',
    attended: ['person'],
    outcome: 'continue',
    ...over,
  });
  const reviews = (...stated: Stated[]) =>
    row([HOME], stated).clocks.filter(({ kind, doneOn }) => kind === 'review' && doneOn !== null);
  const byAnother = { statedBy: { organisation: 'QHL', name: 'Another', role: 'nurse' } };

  test('recorded twice is one, under the first of its ids, whichever came first', () => {
    const [first, second] = [review({ id: id(1) }), review({ id: id(2) })];
    for (const stated of [
      [first, second],
      [second, first],
    ]) {
      expect(reviews(...stated)).toHaveLength(1);
      expect(row([HOME], stated).clocks.find(({ startedOn }) => startedOn === '2026-04-10')?.facts).toEqual([id(1)]);
    }
  });

  test('stated by two is two', () => {
    expect(reviews(review(), review(byAnother))).toHaveLength(2);
  });

  test('in whatever order it is recorded, is read in the order of its days', () => {
    const held = ['2026-06-01', '2026-04-10', '2026-05-01'].map((heldOn) => review({ heldOn }));
    expect(reviews(...held).map(({ doneOn }) => doneOn)).toEqual(['2026-04-10', '2026-05-01', '2026-06-01']);
  });
});

describe('what people withdraw', () => {
  const withdrawn = (fact: string, own: string): Stated => ({ kind: 'withdrawn', fact, id: own, because: 'a slip' });
  const both = [decisionOf('council', '2026-05-01', { id: id(1) }), decisionOf('icb', '2026-05-02', { id: id(2) })];
  const statusWith = (...stated: Stated[]) => row([HOME], [...both, ...stated]).status;

  test('is gone, under whichever of its ids', () => {
    expect(statusWith()).toBe('ended');
    expect(statusWith(withdrawn(id(2), id(3)))).toBe('active');
    expect(statusWith({ ...both[1], id: id(4), kind: 'aftercare-decision' }, withdrawn(id(4), id(3)))).toBe('active');
  });

  test('each withdrawal takes its own away and no other', () => {
    const review: Stated = {
      kind: 'review',
      heldOn: '2026-04-10',
      attended: ['person'],
      outcome: 'continue',
      id: id(5),
    };
    const told = row([HOME], [...both, review, withdrawn(id(2), id(3)), withdrawn(id(5), id(6))]);
    expect(told.status).toBe('active');
    expect(told.clocks.every(({ doneOn }) => doneOn === null)).toBe(true);
    expect(statusWith(withdrawn(id(9), id(3)))).toBe('ended');
  });

  test('two withdrawals of each other, or one of itself, take nothing else away', () => {
    expect(statusWith(withdrawn(id(4), id(3)), withdrawn(id(3), id(4)))).toBe('ended');
    expect(statusWith(withdrawn(id(3), id(3)))).toBe('ended');
  });

  test('a withdrawal of a withdrawal of a withdrawal', () => {
    const [first, second, third] = [withdrawn(id(2), id(3)), withdrawn(id(3), id(4)), withdrawn(id(4), id(5))];
    expect(statusWith(first, second)).toBe('ended');
    expect(statusWith(first, second, third)).toBe('active');
  });

  test('what a message told may be withdrawn too, and what people state of the same stays', () => {
    const left = entryOf([HOME])?.because.find(({ rule }) => rule === 'leaving-hospital')?.facts[0];
    expect(row([HOME], [withdrawn(String(left), id(3))]).status).toBe('prospective');
  });
});
