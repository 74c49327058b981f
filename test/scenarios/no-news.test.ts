import { describe, expect, test } from '@jest/globals';
import type { StatedFact } from '../../src/register/fact.js';
import { fold } from '../../src/register/fold.js';
import { personsOf } from '../../src/register/identity.js';
import { type Adt, HOME, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, tables, tablesWith, tell, told } from './tell.js';

const asked = (messages: Adt[], asOf: string, stated: Stated[] = [], settings: object = {}) =>
  onlyRow(tell(messages, asOf, stated, tablesWith(settings))).questions;

/** As the store has it: what people state was recorded on that day. */
const recordedOn = (day: string, messages: Adt[], stated: Stated[]) => {
  const { messages: read, facts } = told(messages, stated);
  const source = { by: 'person' as const, statedAt: `${day}T12:00:00Z` };
  const recorded = facts.map((fact): StatedFact => ({ ...fact, source: { ...fact.source, ...source } }));
  const [person] = personsOf([...read, ...recorded]);
  if (!person) throw new Error('the story has a person');
  return (asOf: string) => fold(person, tables.directory, tables.site, asOf).questions;
};

describe('moved to a hospital that sends nothing', () => {
  const moved: Adt = { ...HOME, destination: '87', periods: [{ ...SECTION_3, to: undefined }] };

  test('is asked about after the partnership’s interval, and is prospective meanwhile', () => {
    expect(asked([moved], '2026-05-23')).toEqual([]);
    expect(asked([moved], '2026-05-24')).toMatchObject([
      { kind: 'no-news-since-transfer', options: ['still-in-hospital'] },
    ]);
    expect(onlyRow(tell([moved], '2026-11-21')).status).toBe('prospective');
    const monthly = { partnerships: [{ council: 'E08000025', icb: 'QHL', askNoNewsAfterWeeks: 4 }] };
    expect(asked([moved], '2026-03-29', [], monthly)).toHaveLength(1);
  });

  test('an answer is good for one interval; then it is asked again, as another question', () => {
    const [first] = asked([moved], '2026-06-01');
    const answer: Stated = { kind: 'answer', question: first?.id, option: 'still-in-hospital', because: 'rang them' };
    expect(asked([moved], '2026-08-15', [answer])).toEqual([]);
    const later = recordedOn('2026-06-01', [moved], [answer]);
    expect(later('2026-08-23')).toEqual([]);
    const [second, ...others] = later('2026-08-24');
    expect(others).toEqual([]);
    expect(second?.kind).toBe('no-news-since-transfer');
    expect(second?.id).not.toBe(first?.id);
  });

  test('news of a stay elsewhere settles it', () => {
    const there: Adt = {
      trigger: 'A01',
      sender: 'RXX',
      sentAt: '20260302090000',
      mrn: 'X1',
      visit: 'X-1',
      admitted: '20260301120000',
    };
    expect(asked([moved, there], '2026-11-21')).toEqual([]);
  });
});

describe('absent without leave', () => {
  const absent: Adt = {
    trigger: 'A08',
    sentAt: '20260115090000',
    admitted: '20260101080000',
    periods: [{ ...SECTION_3, to: undefined, community: 'AWOL', communityFrom: '20260115' }],
  };
  const admitted: Adt = {
    ...absent,
    trigger: 'A01',
    sentAt: '20260101090000',
    periods: [{ ...SECTION_3, to: undefined }],
  };

  test('for six months: asked whether detention has lapsed, with the section that says so', () => {
    expect(asked([admitted, absent], '2026-07-14')).toEqual([]);
    const [question] = asked([admitted, absent], '2026-07-15');
    expect(question).toMatchObject({ kind: 'leave-or-aftercare', options: ['may-be-taken-back'] });
    expect(question?.text).toContain('s18(4)');
    expect(onlyRow(tell([admitted, absent], '2026-11-21')).concurrent).toContain('awol');
  });

  test('who says that the person left hospital then settles it', () => {
    const left: Stated = { kind: 'left-hospital', on: '2026-07-15' };
    const row = onlyRow(tell([admitted, absent], '2026-11-21', [left]));
    expect(row).toMatchObject({ status: 'active', episodes: [{ from: '2026-07-15' }] });
  });
});

test('a detention of long ago: the answer that the person is still in hospital is asked for again', () => {
  const papers: Stated = {
    kind: 'detention',
    section: { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' },
    from: '2026-01-01',
    to: '2026-02-01',
    certainty: 'papers-seen',
  };
  const [first] = asked([], '2026-03-01', [papers]).filter(({ kind }) => kind === 'leave-or-aftercare');
  const answer: Stated = { kind: 'answer', question: first?.id, option: 'still-in-hospital', because: 'on the ward' };
  const later = recordedOn('2026-03-01', [], [papers, answer]);
  const kinds = (asOf: string) => later(asOf).map(({ kind }) => kind);
  expect(kinds('2026-03-01')).not.toContain('leave-or-aftercare');
  expect(kinds('2026-05-23')).not.toContain('leave-or-aftercare');
  expect(kinds('2026-05-24')).toContain('leave-or-aftercare');
});

test('to Scotland, after leaving: asked, and active; to Wales: nothing is asked', () => {
  const moved = (postcode: string, sentAt = '20260601090000'): Adt => ({ trigger: 'A31', sentAt, postcode });
  expect(asked([HOME, moved('EH1 1AA')], '2026-11-21')).toMatchObject([
    { kind: 'moved-abroad', options: ['duty-goes-on'], text: expect.stringContaining('Scotland') },
  ]);
  expect(onlyRow(tell([HOME, moved('EH1 1AA')], '2026-11-21')).status).toBe('active');
  expect(asked([HOME, moved('CF10 1AA')], '2026-11-21')).toEqual([]);
  expect(asked([HOME, moved('TD15 1AA')], '2026-11-21')).toEqual([]);
  expect(asked([HOME, moved('EH1 1AA'), moved('B1 1AA', '20260701090000')], '2026-11-21')).toEqual([]);
});
