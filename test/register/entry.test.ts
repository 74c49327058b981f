import { describe, expect, test } from '@jest/globals';
import { RULES_VERSION } from '../../src/register/rules.js';
import { type Adt, HOME, SECTION_3 } from '../scenarios/adt.js';
import { type Stated, tables, tell } from '../scenarios/tell.js';
import { decisionOf } from '../scenarios/thirty-four/decision.js';
import { answerTo, asked, inCommunity, news, row, rulesOf, SOLIHULL, statusesOf, TODAY } from './story.js';

const entryOf = (messages: readonly Adt[], stated: readonly Stated[] = [], asOf = TODAY) => {
  const [entry] = tell(messages, asOf, stated).register;
  if (!entry) throw new Error('the story has nobody');
  return entry;
};
const both = [decisionOf('council', '2026-05-01'), decisionOf('icb', '2026-05-20')];
const died: Stated = { kind: 'died', on: '2026-06-01', verified: true };
const IN_HOSPITAL: Adt = {
  trigger: 'A01',
  sentAt: '20260101090000',
  admitted: '20260101080000',
  periods: [{ ...SECTION_3, to: undefined }],
};
const detained = (from: string, left: string, over: object = {}): Adt => ({
  ...HOME,
  sentAt: `${left}235900`,
  visit: `V${from}`,
  admitted: `${from}080000`,
  left: `${left}100000`,
  periods: [{ ...SECTION_3, id: `P${from}`, from, to: left, ...over }],
});

test('the reasons of a plain leaving are those and no more', () => {
  expect(rulesOf(row([HOME]))).toEqual([
    'qualifying-detention',
    'leaving-hospital',
    'responsible-icb',
    'ordinary-residence',
  ]);
});

test('an entry says by which rules, organisations and policies it was folded', () => {
  expect(entryOf([HOME]).foldedWith).toEqual({
    rules: RULES_VERSION,
    directory: tables.directory.version,
    policies: expect.stringMatching(/./),
  });
});

describe('whoever turns eighteen', () => {
  const leftOn5February = detained('20260101', '20260205');
  test.each([
    ['20080228', '2026-02-28'],
    ['20080229', '2026-03-01'],
    ['20060227', '2026-03-06'],
  ])('born on %s: looked at again on %s', (birthDate, on) => {
    expect(row([{ ...leftOn5February, birthDate }], [], '2026-02-27').nextChangeOn).toBe(on);
  });
});

describe('whoever has died', () => {
  test('on the day of leaving hospital had left it', () => {
    expect(row([HOME], [{ ...died, on: '2026-03-01' }])).toMatchObject({
      status: 'died',
      episodes: [{ status: 'died', from: '2026-03-01', to: '2026-03-01' }],
    });
  });

  test('on an order, or recalled, is so no more', () => {
    expect(row([HOME, inCommunity('20260302090000', 'CTO', '20260301')], [died]).concurrent).toEqual([]);
    const restricted = { status: '09' };
    const recalled = [
      { ...HOME, periods: [{ ...SECTION_3, ...restricted, to: undefined }] },
      inCommunity('20260302090000', 'CD', '20260301', restricted),
      inCommunity('20260502090000', 'RECALL', '20260501', restricted),
    ];
    expect(row(recalled).status).toBe('prospective');
    expect(row(recalled, [died])).toMatchObject({ status: 'died', concurrent: [] });
  });
});

describe('custody', () => {
  const toPrison: Adt = { ...HOME, destination: '40', periods: [{ ...SECTION_3, status: '15' }] };
  const section = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
  const again: Stated[] = [
    {
      kind: 'detention',
      section: { system: section, code: '03' },
      from: '2026-07-01',
      to: '2026-08-01',
      certainty: 'papers-seen',
    },
    { kind: 'left-hospital', on: '2026-08-01' },
  ];

  test('is of the latest duty: whoever was detained again and went home is in prison no more', () => {
    expect(rulesOf(row([toPrison]))).toContain('custody');
    const told = row([toPrison], again);
    expect(statusesOf(told)).toEqual(['superseded', 'active']);
    expect(rulesOf(told)).not.toContain('custody');
    expect(told.concurrent).toEqual([]);
  });
});

describe('before the person leaves', () => {
  test('both bodies’ decisions end nothing', () => {
    expect(row([IN_HOSPITAL], both)).toMatchObject({ status: 'prospective', episodes: [{ status: 'prospective' }] });
  });

  test('and after an ending nobody is asked whether the person has moved', () => {
    const scotland = news('20260601090000', {});
    const moved = { ...scotland, postcode: 'EH1 1AA' };
    expect(asked(row([HOME, moved]), 'moved-abroad')).toHaveLength(1);
    expect(asked(row([HOME, moved], both), 'moved-abroad')).toEqual([]);
  });
});

describe('a detention that never was', () => {
  const withdrawn = [HOME, news('20260402090000', { action: 'D' })];
  const never = () => asked(row(withdrawn), 'detention-withdrawn').map((each) => answerTo(each, 'never-detained'));

  test('and nothing else: an episode that says so, in which nothing is due, and about which nothing is asked', () => {
    const entry = entryOf(withdrawn, never());
    expect(entry).toMatchObject({ status: 'entered-in-error', clocks: [], questions: [] });
    expect(entry.episodes).toMatchObject([
      {
        status: 'entered-in-error',
        from: null,
        to: null,
        endedBy: 'recorded-in-error',
        onHold: false,
        inCustody: false,
      },
    ]);
    expect(rulesOf(row(withdrawn, never()))).not.toContain('silence-is-not-a-no');
  });

  test('is told to whoever people had named for it', () => {
    const named: Stated = {
      kind: 'council-determined',
      effectiveOn: '2025-12-01',
      council: SOLIHULL,
      standing: 'agreed',
    };
    expect(entryOf(withdrawn, [...never(), named]).council.code).toBe(SOLIHULL);
  });
});

describe('several duties', () => {
  test('the NHS side goes back to the first of them, however many there are', () => {
    const three = [
      detained('20240101', '20240201', { commissioner: '15E' }),
      detained('20250101', '20250201', { commissioner: 'QWO' }),
      detained('20260101', '20260201', { commissioner: 'QWO' }),
    ];
    expect(row(three).icb.code).toBe('QHL');
    const ended = [decisionOf('council', '2024-05-01'), decisionOf('icb', '2024-05-02')];
    expect(row(three, ended).icb.code).toBe('QWO');
  });
});

describe('what a council is told by', () => {
  test('the detentions of an episode stand in the order of their numbers', () => {
    const renewed = { ...SECTION_3, id: 'A1', from: '20260201', to: '20260220' };
    expect(entryOf([{ ...HOME, periods: [{ ...SECTION_3, id: 'Z1' }, renewed] }]).episodes[0]?.anchors).toEqual([
      'RXT|A1',
      'RXT|Z1',
    ]);
  });

  test('a discharge that was cancelled, only of the detention that it was from, and only until the person leaves', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260302090000', admitted: '20260101080000' };
    const of = (...messages: Adt[]) => entryOf([...messages]).episodes[0]?.dischargeCancelled;
    expect(of(HOME, cancelled)).toBe(true);
    expect(row([HOME, cancelled]).because.find(({ rule }) => rule === 'discharge-cancelled')?.facts).toHaveLength(1);
    expect(of(HOME, cancelled, detained('20260310', '20260401'))).toBe(false);
    const earlier: Adt[] = [
      { ...HOME, visit: 'V0', sentAt: '20251201110000', admitted: '20251101', left: '20251201100000', periods: [] },
      { ...cancelled, visit: 'V0', sentAt: '20251202090000', admitted: '20251101' },
    ];
    expect(of(...earlier, IN_HOSPITAL)).toBe(false);
    const atItsBeginning = { ...cancelled, visit: 'V0', sentAt: '20251202090000', eventAt: '20260101000000' };
    expect(of(...earlier.slice(0, 1), atItsBeginning, IN_HOSPITAL)).toBe(true);
  });

  test('late news of the detention, from the first day that any of it was told, and only where none was told in time', () => {
    const late = (id: string, sentAt: string, from: string): Adt => news(sentAt, { id, from, to: '20260220' });
    const home: Adt = { ...HOME, periods: [] };
    const lateOn = (...messages: Adt[]) => entryOf([home, ...messages]).episodes[0]?.toldLateOn;
    expect(lateOn(late('P1', '20260310090000', '20260101'))).toBe('2026-03-10');
    const { because } = row([home, late('P1', '20260310090000', '20260101')]);
    expect(because.find(({ rule }) => rule === 'told-late')?.facts).toEqual(
      because.find(({ rule }) => rule === 'qualifying-detention')?.facts,
    );
    expect(lateOn(late('P1', '20260320090000', '20260101'), late('P2', '20260310090000', '20260201'))).toBe(
      '2026-03-10',
    );
    expect(lateOn(late('P1', '20260220090000', '20260101'), late('P2', '20260310090000', '20260201'))).toBeNull();
    expect(lateOn(late('P1', '20260301090000', '20260101'))).toBeNull();
  });

  test('what people state has no such time', () => {
    const system = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland';
    const papers = {
      kind: 'detention',
      section: { system, code: '03' },
      from: '2026-01-01',
      to: '2026-02-20',
      certainty: 'papers-seen',
    };
    expect(entryOf([{ ...HOME, periods: [] }], [papers]).episodes[0]?.toldLateOn).toBeNull();
  });
});
