import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, tell } from './tell.js';

const TODAY = '2026-11-21';
const BIRMINGHAM = 'E08000025';
const SOLIHULL = 'E08000029';

const status = (sentAt: string, community: Period['community'], from: string, to?: string): Adt => ({
  trigger: 'A08',
  sentAt,
  periods: [{ ...SECTION_3, to: undefined, community, communityFrom: from, communityTo: to }],
});
const ON_ORDER: Adt[] = [
  { ...HOME, periods: [{ ...SECTION_3, to: undefined }] },
  status('20260302090000', 'CTO', '20260301', '20260501'),
];
const REVOKED = status('20260502090000', 'REVOKED', '20260501');
const LEFT_AGAIN: Adt = {
  ...HOME,
  sentAt: '20261001110000',
  visit: 'V2',
  admitted: '20260501',
  left: '20261001100000',
};

const decision = (body: string, decidedOn: string, over: object = {}): Stated => ({
  kind: 'aftercare-decision',
  body,
  decision: 'no-longer-needed',
  decidedOn,
  reasons: ['needs-reassessed-none-remaining'],
  personInvolved: true,
  ...over,
});
const both = (first: string, second: string) => [decision('council', first), decision('icb', second)];
const determined = (council: string, effectiveOn: string): Stated => ({
  kind: 'council-determined',
  effectiveOn,
  council,
  standing: 'agreed',
  basis: null,
});
const row = (messages: Adt[], stated: Stated[] = [], asOf = TODAY) => onlyRow(tell(messages, asOf, stated));
const questionOf = (messages: Adt[], text: RegExp, stated: Stated[] = []) =>
  row(messages, stated).questions.find((question) => text.test(question.text))?.id;
const answer = (question: string | undefined, option: string): Stated => ({
  kind: 'answer',
  question,
  option,
  because: 'seen',
});

describe('back in hospital by revocation', () => {
  test('what both bodies decide meanwhile ends nothing when the person leaves again', () => {
    const stated = both('2026-06-01', '2026-06-02');
    expect(row([...ON_ORDER, REVOKED], stated).status).toBe('prospective');
    const left = row([...ON_ORDER, REVOKED, LEFT_AGAIN], stated);
    expect(left.status).toBe('active');
    expect(left.questions.map(({ text }) => text).join()).toContain('back in hospital');
    expect(row([...ON_ORDER, REVOKED, LEFT_AGAIN], both('2026-10-10', '2026-10-11')).status).toBe('ended');
  });

  test('the section renewed, or reported by the other hospital, is no new detention', () => {
    const renewed: Adt = {
      trigger: 'A08',
      sentAt: '20260702090000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: undefined }],
    };
    const { episodes } = row([...ON_ORDER, REVOKED, renewed]);
    expect(episodes.map((episode) => episode.status)).toEqual(['active']);
  });

  test('people decide that a new duty follows: the first is superseded, its council provides until another is recorded', () => {
    const messages = [...ON_ORDER, REVOKED];
    const newDuty = answer(questionOf(messages, /One reading: a new duty/), 'new-duty');
    const decided = row(messages, [newDuty]);
    expect(decided.episodes.map(({ status, council }) => [status, council.code])).toEqual([
      ['superseded', BIRMINGHAM],
      ['prospective', BIRMINGHAM],
    ]);
    expect(decided.council.standing).toBe('provisional');
    expect(kindsOf(decided)).toContain('which-council');
    const recorded = row(messages, [newDuty, determined(SOLIHULL, '2026-05-10')]);
    expect(recorded.episodes.map(({ status, council }) => [status, council.code])).toEqual([
      ['superseded', BIRMINGHAM],
      ['prospective', SOLIHULL],
    ]);
    expect(kindsOf(recorded)).not.toContain('which-council');
  });

  test('an answer outlives the time of day being told later', () => {
    const messages = [...ON_ORDER, REVOKED];
    const goesOn = answer(questionOf(messages, /One reading: a new duty/), 'first-duty-goes-on');
    const timed = status('20260503090000', 'REVOKED', '20260501143000');
    expect(kindsOf(row([...messages, timed], [goesOn]))).not.toContain('which-council');
  });
});

test('12: a conditional discharge that was told after the leaving is recalled as any other', () => {
  const restricted = { ...SECTION_3, status: '09', to: undefined };
  const messages: Adt[] = [
    { ...HOME, periods: [restricted] },
    {
      trigger: 'A08',
      sentAt: '20260303090000',
      periods: [{ ...restricted, community: 'CD', communityFrom: '20260302' }],
    },
    {
      trigger: 'A08',
      sentAt: '20260602090000',
      periods: [{ ...restricted, community: 'RECALL', communityFrom: '20260601' }],
    },
  ];
  expect(row(messages).status).toBe('prospective');
  expect(kindsOf(row(messages))).toContain('which-council');
});

test('detained again and nobody says where: who was responsible provides, and it is asked', () => {
  const again: Adt = {
    ...HOME,
    sentAt: '20260701100000',
    visit: 'V2',
    admitted: '20260601',
    left: '20260701090000',
    periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260620', council: undefined }],
  };
  const told = tell([HOME, again], TODAY);
  expect(onlyRow(told).council).toMatchObject({ code: BIRMINGHAM, standing: 'provisional' });
  expect(kindsOf(onlyRow(told))).toEqual(['which-council']);
  expect(told.publications.map(({ to }) => to)).toEqual([BIRMINGHAM]);
});

describe('in prison', () => {
  const toPrison: Adt = { ...HOME, destination: '40', periods: [{ ...SECTION_3, status: '15' }] };

  test('until released, however that is told', () => {
    const released: Stated = { kind: 'left-hospital', on: '2026-08-01' };
    expect(row([toPrison]).concurrent).toEqual(['custody']);
    expect(row([toPrison], [released]).concurrent).toEqual([]);
    expect(row([toPrison], [released]).clocks.map(({ kind }) => kind)).toContain('review');
  });

  test('nobody is in prison for ever in silence: it is asked when the release is to be, and asked again', () => {
    const asked = (asOf: string, stated: Stated[] = []) =>
      row([toPrison], stated, asOf).questions.filter(({ kind }) => kind === 'no-news-since-transfer');
    expect(asked('2026-05-23')).toEqual([]);
    const [first] = asked('2026-05-24');
    expect(first).toMatchObject({ options: ['still-in-prison'] });
    expect(first?.text).toMatch(/In prison since 2026-03-01.*tell whoever leads before it.*ss50, 53/);
    const stays = answer(first?.id, 'still-in-prison');
    expect(asked('2026-05-24', [stays])).toEqual([]);
    expect(asked('2026-08-15', [stays])).toEqual([]);
    expect(asked('2026-08-16', [stays])).toMatchObject([{ options: ['still-in-prison'] }]);
    expect(asked('2026-08-16', [stays])[0]?.id).not.toBe(first?.id);
    expect(asked(TODAY, [{ kind: 'left-hospital', on: '2026-05-30' }])).toEqual([]);
  });

  test('reviews are due from the release, not from the day of going to prison; no follow-up after hospital is', () => {
    const released: Stated = { kind: 'left-hospital', on: '2026-08-01' };
    const due = row([toPrison], [released], '2026-08-02').clocks.map(({ kind, dueOn }) => `${kind} ${dueOn}`);
    expect(due).toEqual(['plan 2026-03-01', 'review 2026-09-12']);
  });

  test('a police station is none', () => {
    expect(row([{ ...toPrison, destination: '42' }]).concurrent).toEqual([]);
  });
});

describe('decisions', () => {
  test('a trust proposes, whichever body it says it decides for', () => {
    const byTrust = { statedBy: { organisation: 'RXT', name: 'A Clinician', role: 'consultant' } };
    const stated = [decision('council', '2026-10-01'), decision('icb', '2026-10-02', byTrust)];
    expect(row([HOME], stated).status).toBe('active');
    expect(kindsOf(row([HOME], stated))).toEqual(['ending-incomplete', 'ending-proposed']);
  });

  test('after the person has died they end nothing', () => {
    const died: Stated = { kind: 'died', on: '2026-06-01', verified: true };
    const dead = row([HOME], [died, ...both('2026-07-01', '2026-07-02')]);
    expect(dead.status).toBe('died');
    expect(kindsOf(dead)).toEqual(['charges-unchecked']);
  });

  test('of a duty that a new detention has ended, nobody is asked for the other', () => {
    const again: Adt = {
      ...HOME,
      sentAt: '20260701100000',
      visit: 'V2',
      admitted: '20260601',
      left: '20260701090000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260601', to: '20260620' }],
    };
    expect(row([HOME, again], [decision('council', '2026-05-01')]).questions).toEqual([]);
  });

  test('an ending that two officers take back is taken back once, and the next one counts', () => {
    const back = (from: string): Stated => ({ kind: 'reinstated', from, reason: 'too early' });
    const stated = [...both('2026-05-01', '2026-05-02'), back('2026-06-01'), back('2026-06-02')];
    expect(row([HOME], stated).status).toBe('active');
    expect(row([HOME], [...stated, ...both('2026-10-01', '2026-10-02')]).status).toBe('ended');
  });
});

test('a withdrawal that was itself withdrawn takes nothing away', () => {
  const section = { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' };
  const [fact, gone, back] = ['1', '2', '3'].map((digit) => `a0000000-0000-4000-8000-00000000000${digit}`);
  const papers = {
    id: fact,
    kind: 'detention',
    section,
    from: '1984-05-01',
    to: '1984-09-01',
    certainty: 'papers-seen',
  };
  const withdrawn = { id: gone, kind: 'withdrawn', fact: fact?.toUpperCase(), because: 'a slip' };
  const undone = { id: back, kind: 'withdrawn', fact: gone, because: 'it was right' };
  expect(row([], [papers]).status).toBe('prospective');
  expect(row([], [papers, withdrawn]).status).toBe('not-known');
  expect(row([], [papers, withdrawn, undone]).status).toBe('prospective');
});
