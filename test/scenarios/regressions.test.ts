import { describe, expect, test } from '@jest/globals';
import { publishAfter } from '../../src/publish/publish-after.js';
import { type Adt, HOME as home, OTHER, PERSON, SECTION_3 } from './adt.js';
import { kindsOf, onlyRow, type Stated, sent, tables, tell } from './tell.js';

const ending = (council: string, icb: string): Stated[] =>
  [
    ['council', council],
    ['icb', icb],
  ].map(([body, decidedOn]) => ({
    kind: 'aftercare-decision',
    body,
    decision: 'no-longer-needed',
    decidedOn,
    reasons: ['needs-reassessed-none-remaining'],
    personInvolved: true,
  }));
const determined = (council: string, effectiveOn: string, more: object = {}): Stated => ({
  kind: 'council-determined',
  council,
  effectiveOn,
  standing: 'agreed',
  basis: 'ordinarily-resident-before-detention',
  ...more,
});
const TODAY = '2026-11-21';

describe('what people answered stays answered', () => {
  test('an answer outlives the period getting its end date', () => {
    const unclear = { ...SECTION_3, status: '36', to: undefined };
    const open = tell([{ ...home, periods: [unclear] }]);
    const question = onlyRow(open).questions.find(({ kind }) => kind === 'legal-status-unclear');
    const answer = { kind: 'answer', question: question?.id, option: 'qualifies', because: 'a hospital order' };
    const ended: Adt = { trigger: 'A08', sentAt: '20260401090000', periods: [{ ...unclear, to: '20260301' }] };
    expect(onlyRow(tell([{ ...home, periods: [unclear] }, ended], TODAY, [answer])).status).toBe('active');
  });

  test('answers that contradict each other count for nothing, and the question says so', () => {
    const unclear: Adt = { ...home, periods: [{ ...SECTION_3, status: '36' }] };
    const question = onlyRow(tell([unclear])).questions.find(({ kind }) => kind === 'legal-status-unclear');
    const answers = ['qualifies', 'does-not-qualify'].map((option) => ({
      kind: 'answer',
      question: question?.id,
      option,
      because: 'seen',
    }));
    const row = onlyRow(tell([unclear], TODAY, answers));
    expect(row.status).toBe('not-known');
    expect(row.questions.find(({ id }) => id === question?.id)?.text).toContain('contradict');
  });
});

describe('endings and their taking back', () => {
  test.each([
    ['the day of both decisions', '2026-05-01', '2026-05-01', '2026-05-01'],
    ['the day of the first decision', '2026-05-01', '2026-05-20', '2026-05-01'],
    ['the day of the last decision', '2026-05-01', '2026-05-20', '2026-05-20'],
    ['the beginning: it should never have ended', '2026-05-01', '2026-05-20', '2026-03-01'],
    ['a later day', '2026-05-01', '2026-05-20', '2026-06-01'],
  ])('reinstated from %s: active, and nothing is asked about the ending', (_when, council, icb, from) => {
    const row = onlyRow(
      tell([home], TODAY, [...ending(council, icb), { kind: 'reinstated', from, reason: 'too early' }]),
    );
    expect(row).toMatchObject({ status: 'active', questions: [] });
    expect(row.because.map(({ rule }) => rule)).toContain('reinstatement');
  });

  test('reinstated, and ended again later', () => {
    const again = ending('2026-09-01', '2026-09-05');
    const back = { kind: 'reinstated', from: '2026-06-01', reason: 'too early' };
    const row = onlyRow(tell([home], TODAY, [...ending('2026-05-01', '2026-05-20'), back, ...again]));
    expect(row).toMatchObject({ status: 'ended', episodes: [{ to: '2026-09-05' }] });
  });
});

describe('the same detention, said in other ways', () => {
  test('the section renewed as a new period during a community treatment order is no re-detention', () => {
    const order = { ...SECTION_3, to: '20260630', community: 'CTO' as const, communityFrom: '20260301' };
    const renewed: Adt = {
      trigger: 'A08',
      sentAt: '20260701090000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260701', to: undefined, council: undefined }],
    };
    const row = onlyRow(tell([{ ...home, periods: [order] }, renewed]));
    expect(row).toMatchObject({ status: 'active', concurrent: ['cto'] });
    expect(row.episodes).toHaveLength(1);
  });

  test('a corrected start of a community treatment order replaces the first, and a withdrawal needs no start', () => {
    const order = { ...SECTION_3, to: undefined, community: 'CTO' as const };
    const first: Adt = { trigger: 'A08', sentAt: '20260301090000', periods: [{ ...order, communityFrom: '20260301' }] };
    const corrected: Adt = { ...first, sentAt: '20260302090000', periods: [{ ...order, communityFrom: '20260310' }] };
    expect(onlyRow(tell([first, corrected]))).toMatchObject({ episodes: [{ from: '2026-03-10' }] });
    const withdrawn: Adt = {
      ...first,
      sentAt: '20260303090000',
      periods: [{ id: 'P1', action: 'D', community: 'CTO' }],
    };
    expect(onlyRow(tell([first, corrected, withdrawn]))).toMatchObject({
      status: 'prospective',
      concurrent: ['inpatient'],
    });
  });

  test('a cancelled discharge whose visit number is missing means the last discharge', () => {
    const cancelled: Adt = { trigger: 'A13', sentAt: '20260301120000', visit: '' };
    const row = onlyRow(tell([home, cancelled]));
    expect(row.status).toBe('prospective');
    expect(row.because.map(({ rule }) => rule)).toContain('discharge-cancelled');
  });
});

describe('who is responsible', () => {
  test.each([
    ['a code that nobody knows', determined('E08000999', '2026-04-01')],
    ['a code in a later message that nobody knows', null],
  ])('%s takes the duty from nobody', (_what, fact) => {
    const wrong: Adt = { trigger: 'A08', sentAt: '20260401090000', periods: [{ ...SECTION_3, council: 'X99' }] };
    const told = fact ? tell([home], TODAY, [fact]) : tell([home, wrong]);
    expect(onlyRow(told).council).toMatchObject({ code: 'E08000025', standing: 'provisional' });
    expect(kindsOf(onlyRow(told))).toContain('unmapped-code');
    expect(sent(told)).toEqual(['E08000025: Flag active, CarePlan draft']);
  });

  test('people who record that it is unknown name nobody', () => {
    const told = tell([home], TODAY, [determined('E08000029', '2026-04-01', { standing: 'unknown' })]);
    expect(onlyRow(told).council).toMatchObject({ code: null, standing: 'unknown' });
    expect(kindsOf(onlyRow(told))).toEqual(['which-council']);
    expect(sent(told)).toEqual([]);
  });

  test('determinations of two records that were merged contradict each other: disputed, and asked', () => {
    const elsewhere: Adt = { ...home, nhsNumber: OTHER, mrn: 'L2', visit: 'V9', periods: [{ ...SECTION_3, id: 'P9' }] };
    const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
    const facts = [determined('E08000025', '2026-03-01'), determined('E08000029', '2026-03-02', { nhsNumber: OTHER })];
    const row = onlyRow(tell([home, elsewhere, merge], TODAY, facts));
    expect(row.council).toMatchObject({ standing: 'disputed', candidates: ['E08000025', 'E08000029'] });
    expect(kindsOf(row)).toEqual(['council-disputed']);
    const settled = onlyRow(tell([home, elsewhere, merge], TODAY, [...facts, determined('E08000029', '2026-08-01')]));
    expect(settled.council).toMatchObject({ code: 'E08000029', standing: 'agreed' });
  });

  test('two ICBs determined for one day: disputed, and asked', () => {
    const icbs = ['QHL', 'QT6'].map((icb) => ({
      kind: 'icb-determined',
      icb,
      effectiveOn: '2026-04-01',
      standing: 'agreed',
      basis: 'x',
    }));
    const row = onlyRow(tell([home], TODAY, icbs));
    expect(row.icb).toMatchObject({ standing: 'disputed', candidates: ['QHL', 'QT6'] });
    expect(kindsOf(row)).toEqual(['which-icb']);
  });
});

describe('what cannot have been', () => {
  test('a death before the recorded leaving: no leaving after it, and no period that ends before it begins', () => {
    const told = tell([home], TODAY, [{ kind: 'died', on: '2026-02-01', verified: true }]);
    expect(onlyRow(told)).toMatchObject({ status: 'died', episodes: [{ from: null, to: '2026-02-01' }] });
    expect(sent(told)).toEqual(['E08000025: CarePlan revoked']);
  });

  test('a detention that never was: entered in error, and whoever was told hears so', () => {
    const withdrawn: Adt = { trigger: 'A08', sentAt: '20260320090000', periods: [{ id: 'P1', action: 'D' }] };
    const [question] = onlyRow(tell([home, withdrawn])).questions;
    const answer = { kind: 'answer', question: question?.id, option: 'never-detained', because: 'another person' };
    const told = tell([home, withdrawn], TODAY, [answer]);
    expect(onlyRow(told)).toMatchObject({
      status: 'entered-in-error',
      episodes: [{ status: 'entered-in-error', endedBy: 'recorded-in-error' }],
    });
    expect(sent(told)).toEqual(['E08000025: Flag entered-in-error, CarePlan entered-in-error']);
  });

  test('a Flag that was told does not outlive the discharge turning out to be a transfer', () => {
    const { policies } = tables.site;
    const [before] = tell([home]).register;
    const transfer: Adt = { ...home, sentAt: '20260302090000', destination: '53' };
    const [after] = tell([home, transfer]).register;
    if (!before || !after) throw new Error('nobody was folded');
    const told = publishAfter(before, policies, []);
    const [now] = publishAfter(after, policies, told);
    expect(now?.episodes[0]?.flag).toEqual({ status: 'inactive', reason: 'discharge-cancelled' });
  });

  test('one message with two NHS numbers: nothing is sent until it is known which is right', () => {
    const both = home.nhsNumber ?? PERSON;
    const told = tell([{ ...home, nhsNumber: `${both}^^^NHS^NH~${OTHER}` }]);
    expect(kindsOf(onlyRow(told))).toEqual(['identity-unverified']);
    expect(told.publications).toEqual([]);
  });

  test('a retired number stays retired when two local records of it are merged later', () => {
    const merge: Adt = {
      trigger: 'A40',
      sentAt: '20260702090000',
      nhsNumber: OTHER,
      mrn: 'L2',
      mergedAway: { nhsNumber: PERSON },
    };
    const locals: Adt = { trigger: 'A40', sentAt: '20260703090000', mergedAway: { nhsNumber: PERSON, mrn: 'L3' } };
    const later: Adt = { trigger: 'A31', sentAt: '20260704090000' };
    expect(onlyRow(tell([home, merge, locals, later]))).toMatchObject({ nhsNumber: OTHER, formerNhsNumbers: [PERSON] });
  });

  test('a separation that was withdrawn separates nobody', () => {
    const merge: Adt = { trigger: 'A40', sentAt: '20260702090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
    const id = '9f0c2a52-6a55-4f6e-9a51-1f6a3f1f9a01';
    const separated = { kind: 'identity-separated', id, from: OTHER };
    expect(tell([home, merge], TODAY, [separated]).register.length).toBeGreaterThan(0);
    const back = { kind: 'withdrawn', fact: id, because: 'a mistake' };
    expect(onlyRow(tell([home, merge], TODAY, [separated, back])).formerNhsNumbers).toEqual([OTHER]);
  });
});
