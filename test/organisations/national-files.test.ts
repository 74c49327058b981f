import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areaFile } from '../../src/organisations/area-file.js';
import type { Membership } from '../../src/organisations/directory.js';
import { type Joined, joined } from '../../src/organisations/memberships.js';
import { practiceFile } from '../../src/organisations/practice-file.js';
import { subIcbFile } from '../../src/organisations/sub-icb-file.js';
import { areaText, type PracticeLine, practiceText } from '../support/national-files.js';
import { directory } from './tables.js';

const PRACTICE: PracticeLine = { code: 'Y99911', commissioner: '92A', joined: '20260401' };

describe('the GP practices of ODS', () => {
  const read = (row: PracticeLine, columns?: number) => {
    const line = practiceText([row], columns).trimEnd();
    return practiceFile(line)?.read(line);
  };
  const JOINED = { commissioner: '92A', from: '2026-04-01', to: null, before: null };

  test.each([27, 26, 23, 17])('of %d columns: found by their places', (columns) => {
    expect(read({ ...PRACTICE, name: 'SMITH, JONES & PARTNERS' }, columns)).toEqual({
      kind: 'practice',
      practice: {
        code: 'Y99911',
        name: 'SMITH, JONES & PARTNERS',
        status: 'A',
        openedOn: '1974-04-01',
        closedOn: null,
        joined: JOINED,
      },
    });
  });

  test('with a header that somebody put above it', () => {
    const header = ['Organisation Code', 'Name', ...Array<string>(25).fill('Null')].join(',');
    expect(practiceFile(header)).toMatchObject({ isHeader: true });
  });

  test('without quotes, and with a byte order mark', () => {
    const line = `\uFEFF${practiceText([PRACTICE]).trimEnd().replace('1 THE STREET, THE TOWN', '1 THE STREET').replaceAll('"', '')}`;
    expect(practiceFile(line)?.read(line)).toMatchObject({
      kind: 'practice',
      practice: { code: 'Y99911', joined: JOINED },
    });
  });

  test.each<[string, Partial<PracticeLine>, object]>([
    ['a prison', { setting: '25' }, { kind: 'left-out', why: 'setting' }],
    ['what the file does not name', { setting: '' }, { kind: 'left-out', why: 'setting' }],
    ['without a commissioner', { commissioner: '' }, { kind: 'left-out', why: 'commissioner' }],
    ['a day that does not exist', { joined: '20260431' }, { kind: 'refused', why: 'day' }],
    ['left before it joined', { left: '20250101' }, { kind: 'refused', why: 'day' }],
    ['no code of a commissioner', { commissioner: 'NHS ESSEX' }, { kind: 'refused', why: 'commissioner' }],
  ])('%s', (_story, over, expected) => {
    expect(read({ ...PRACTICE, ...over })).toEqual(expected);
  });

  test('a practice that closed has left its commissioner', () => {
    expect(read({ ...PRACTICE, joined: '20210401', closed: '20250930', status: 'C' })).toMatchObject({
      practice: { closedOn: '2025-09-30', joined: { from: '2021-04-01', to: '2025-09-30' } },
    });
  });

  test('a list of practices that move to another place says from where to where, and when', () => {
    const header = 'code,name,type,old_sub_icb,new_sub_icb,new_icb,effective_date,note,source';
    const file = practiceFile(header);
    expect(file?.isHeader).toBe(true);
    expect(file?.read('Y99911,THE SURGERY,GP PRACTICE,D4U1Y,92A,S9B9J,2026-04-01,,ods')).toMatchObject({
      practice: { code: 'Y99911', joined: { ...JOINED, before: 'D4U1Y' } },
    });
    expect(file?.read('U12345,A NETWORK,PRIMARY CARE NETWORK,D4U1Y,92A,S9B9J,2026-04-01,,ods')).toEqual({
      kind: 'left-out',
      why: 'setting',
    });
  });

  test('another file is none', () => {
    for (const first of ['', 'pcds,oslaua,oscty', 'code,kind,name', '{"Organisation":{}}', '00C,16C,R,20200401,'])
      expect(practiceFile(first)).toBeNull();
  });
});

describe('to whom a practice belonged', () => {
  const TODAY = '2026-11-21';
  const said = (commissioner: string, from: string | null = null, to: string | null = null): Joined => ({
    commissioner,
    from,
    to,
    before: null,
  });
  const after = (...files: Joined[]) => files.reduce<Membership[]>((known, file) => joined(known, file, TODAY), []);
  const spans = (memberships: readonly Membership[]) =>
    memberships.map(({ commissioner, from, to }) => `${commissioner} ${from ?? '…'} ${to ?? '…'}`);

  test.each<[string, Joined[], string[]]>([
    ['as the file says', [said('A', '2013-04-01')], ['A 2013-04-01 …']],
    [
      'with another since its own day',
      [said('A', '2013-04-01'), said('B', '2026-04-01')],
      ['A 2013-04-01 2026-03-31', 'B 2026-04-01 …'],
    ],
    ['with another, no day given: since the import', [said('A'), said('B')], ['A … 2026-11-20', 'B 2026-11-21 …']],
    [
      'the day is known better later',
      [said('A'), said('B'), said('B', '2026-04-01')],
      ['A … 2026-03-31', 'B 2026-04-01 …'],
    ],
    [
      'an older file comes after the newer',
      [said('B', '2026-04-01'), said('A', '2013-04-01')],
      ['A 2013-04-01 2026-03-31', 'B 2026-04-01 …'],
    ],
    ['of one day: the last file corrects', [said('A', '2026-04-01'), said('B', '2026-04-01')], ['B 2026-04-01 …']],
    [
      'back where it was',
      [said('A', '2013-04-01'), said('B', '2018-04-01'), said('A', '2021-04-01')],
      ['A 2013-04-01 2018-03-31', 'B 2018-04-01 2021-03-31', 'A 2021-04-01 …'],
    ],
    ['closed', [said('A', '2013-04-01'), said('A', '2013-04-01', '2025-09-30')], ['A 2013-04-01 2025-09-30']],
    [
      'closed, then followed by nothing of its own',
      [said('A', '2013-04-01', '2025-09-30'), said('B', '2026-04-01')],
      ['A 2013-04-01 2025-09-30', 'B 2026-04-01 …'],
    ],
    [
      'where a list of moves says with whom before',
      [{ ...said('B', '2026-04-01'), before: 'A' }],
      ['A … 2026-03-31', 'B 2026-04-01 …'],
    ],
  ])('%s', (_story, files, expected) => {
    expect(spans(after(...files))).toEqual(expected);
  });

  const file = fc.record({
    commissioner: fc.constantFrom('A', 'B', 'C'),
    from: fc.constantFrom<string | null>(null, '2013-04-01', '2018-04-01', '2026-04-01'),
    to: fc.constantFrom<string | null>(null, null, '2026-10-01'),
    before: fc.constantFrom<string | null>(null, 'A', 'D'),
  });

  test('whatever files come: the same file again changes nothing, and on no day it is with two', () => {
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 6 }), (files) => {
        const known = after(...files);
        const [last] = files.slice(-1);
        if (last) expect(joined(known, last, TODAY)).toEqual(known);
        for (const [at, { to }] of known.entries()) {
          const next = known[at + 1];
          if (next) expect(to !== null && to < (next.from ?? '')).toBe(true);
        }
      }),
    );
  });
});

describe('look-ups of small areas', () => {
  const read = (text: string) => {
    const [header = '', ...lines] = text.trimEnd().split('\n');
    return lines.map((line) => areaFile(header)?.read(line));
  };
  const area = { lsoa: 'E01030001', subIcb: '92A', icb: 'QXU' };

  test.each([
    ['22', '2022-07-01'],
    ['23', '2023-04-01'],
    ['26', '2026-04-01'],
  ])('of 20%s: the edition is from %s', (year, from) => {
    expect(read(areaText([area], year))).toEqual([
      { kind: 'areas', lsoa: 'E01030001', areas: [{ from, subIcb: '92A', icb: 'QXU', council: 'E07000214' }] },
    ]);
  });

  test('of 2011, with CCGs', () => {
    const header = 'LSOA11CD,LSOA11NM,CCG21CD,CCG21CDH,CCG21NM,STP21CD,STP21CDH,STP21NM';
    expect(areaFile(header)?.read('E01019727,High Peak 004A,E38000182,01Y,NHS,E54000007,QOP,GM')).toMatchObject({
      areas: [{ from: '2021-04-01', subIcb: '01Y', icb: null, council: null }],
    });
  });

  test.each([
    [
      'Frimley',
      'lsoa11_code,ltla22_code,old_sub_icb,old_icb,new_sub_icb,new_icb,effective_date',
      'E01022890,E07000089,D4U1Y,QNQ,D9Y0V,QRL,2026-04-01',
      '2026-04-01',
      'D9Y0V',
      'QRL',
    ],
    [
      'the CCGs of 2022',
      'lsoa11_code,ltla22_code,ccg_ods_code,default_icb_ods_code,actual_sub_icb_ods_code,actual_icb_ods_code,effective_date',
      'E01019727,E07000037,01Y,QOP,15M,QJ2,2022-07-01',
      '2022-07-01',
      '15M',
      'QJ2',
    ],
  ])('a list of the areas that moved: %s', (_story, header, line, from, subIcb, icb) => {
    expect(areaFile(header)?.read(line)).toMatchObject({ kind: 'areas', areas: [{ from, subIcb, icb }] });
  });

  test('of several editions in one file, each from its day on', () => {
    const header = 'lsoa11_code,ltla22_code,sub_icb_2022,icb_2022,sub_icb_2026,icb_2026';
    expect(areaFile(header)?.read('E01022890,E07000089,D4U1Y,QNQ,D9Y0V,QRL')).toMatchObject({
      areas: [
        { from: '2022-07-01', subIcb: 'D4U1Y', icb: 'QNQ' },
        { from: '2026-04-01', subIcb: 'D9Y0V', icb: 'QRL' },
      ],
    });
  });

  test.each([
    ['of Wales', { ...area, lsoa: 'W01000001', subIcb: '' }, { kind: 'left-out', why: 'outside' }],
    ['that the file does not place', { ...area, subIcb: '' }, { kind: 'left-out', why: 'nowhere' }],
    ['without a code', { ...area, lsoa: 'Hart 001A' }, { kind: 'refused', why: 'area' }],
    ['with a GSS code where the ODS code belongs', { ...area, subIcb: 'E38000246' }, { kind: 'refused', why: 'code' }],
  ])('%s', (_story, given, expected) => {
    expect(read(areaText([given]))).toEqual([expected]);
  });

  test('another file is none', () => {
    for (const header of ['', 'pcds,oslaua,lsoa21cd,sicbl', 'SICBL23CD,SICBL23CDH,ICB23CD,ICB23CDH'])
      expect(areaFile(header)).toBeNull();
  });
});

describe('look-ups of sub-ICB locations', () => {
  const HEADER = 'SICBL23CD,SICBL23CDH,SICBL23NM,ICB23CD,ICB23CDH,ICB23NM';
  const read = (line: string) => subIcbFile(HEADER, directory)?.read(line);

  test('what the tables have too is the same; what they have otherwise is named', () => {
    expect(read('E38000264,92A,x,E54000063,QXU,x')).toEqual({ kind: 'compared', differing: [] });
    expect(read('E38000999,92A,x,E54000034,QNQ,x')).toEqual({
      kind: 'compared',
      differing: [
        { code: '92A', of: 'icb', file: 'QNQ', tables: 'QXU' },
        { code: '92A', of: 'gss', file: 'E38000999', tables: 'E38000264' },
      ],
    });
  });

  test('a location of which the tables know nothing on that day', () => {
    expect(read('E38000999,U2G6B,x,E54000070,S0E4D,x')).toEqual({
      kind: 'compared',
      differing: [{ code: 'U2G6B', of: 'icb', file: 'S0E4D', tables: null }],
    });
    expect(read('W99999999,,x,W99999999,,x')).toEqual({ kind: 'left-out', why: 'nowhere' });
  });
});
