import { describe, expect, test } from '@jest/globals';
import { type Adt, HOME, type Period, SECTION_3 } from './adt.js';
import { onlyRow, type Stated, tell } from './tell.js';

const TODAY = '2026-11-21';
const SECTION = { system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland', code: '03' };

/** `superseded 2026-03-01 to 2026-06-01`, in their order. */
const episodes = (messages: Adt[], stated: Stated[] = [], asOf = TODAY): string[] =>
  onlyRow(tell(messages, asOf, stated)).episodes.map(({ status, from, to }) => `${status} ${from} to ${to}`);

const readmitted = (at: string, over: Partial<Period> = {}): Adt => ({
  trigger: 'A01',
  sentAt: `${at.slice(0, 8)}235900`,
  visit: 'V2',
  admitted: at,
  periods: [{ ...SECTION_3, id: 'P2', from: at.slice(0, 8), to: undefined, ...over }],
});
const TWO = ['superseded 2026-03-01 to 2026-06-01', 'prospective null to null'];

describe('a section of which only the day is told, on the day of readmission', () => {
  test('is a new detention', () => {
    expect(episodes([HOME, readmitted('20260601080000')])).toEqual(TWO);
  });

  test('also where the old period ended, by day, on that day', () => {
    const long = { ...HOME, periods: [{ ...SECTION_3, to: '20260601' }] };
    expect(episodes([long, readmitted('20260601080000')])).toEqual(TWO);
  });

  test('also during a community treatment order, of which it is no renewal', () => {
    const order = { ...SECTION_3, to: undefined, community: 'CTO' as const, communityFrom: '20260301' };
    const onOrder: Adt = { ...HOME, periods: [order] };
    expect(episodes([onOrder, readmitted('20260601080000')])).toEqual(TWO);
    expect(episodes([onOrder, readmitted('20260601080000', { from: '20260601120000' })])).toEqual(TWO);
  });

  test('also where the person had left by what a person states', () => {
    const left: Stated = { kind: 'left-hospital', on: '2026-03-01' };
    const admitted: Adt = { ...HOME, trigger: 'A01', left: undefined };
    expect(episodes([admitted, readmitted('20260601080000')], [left])).toEqual(TWO);
    const again: Stated = { kind: 'detention', section: SECTION, from: '2026-06-01', certainty: 'papers-seen' };
    expect(episodes([HOME, { ...readmitted('20260601080000'), periods: [] }], [again])).toEqual(TWO);
  });

  test('also on the very day of leaving, if the person came back after it', () => {
    const back = readmitted('20260301180000');
    expect(episodes([HOME, back])).toEqual(['superseded 2026-03-01 to 2026-03-01', 'prospective null to null']);
    expect(episodes([HOME, readmitted('20260301180000', { from: '20260301200000' })])).toEqual([
      'superseded 2026-03-01 to 2026-03-01',
      'prospective null to null',
    ]);
  });

  test('but of the stay that ended that day where nobody came back', () => {
    const second: Adt = {
      trigger: 'A08',
      sentAt: '20260302090000',
      periods: [{ ...SECTION_3, id: 'P2', from: '20260301' }],
    };
    expect(episodes([HOME, second])).toEqual(['active 2026-03-01 to null']);
  });
});
