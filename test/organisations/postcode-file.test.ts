import { describe, expect, test } from '@jest/globals';
import { postcodeFile } from '../../src/organisations/postcode-file.js';
import { postcodeText } from '../support/postcodes.js';

const read = (header: string, line: string) => {
  const file = postcodeFile(header);
  if (file.kind === 'problem') throw new Error(file.text);
  return file.read(line);
};

/** The beginnings and ends of real headers: years and order differ, and what stands between them is of no use here. */
const EDITIONS = [
  ['2013', 'pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,osward,lsoa11,msoa11,ccg'],
  ['2023', 'pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,lsoa11,msoa11,sicbl,icb,lsoa21'],
  ['2025', 'pcd7,pcd8,pcds,dointr,doterm,cty25cd,lad25cd,lsoa21cd,lsoa11cd,sicbl24cd,icb23cd'],
] as const;

const CELLS: Record<string, string> = {
  pcd: 'CA117QS',
  pcd2: 'CA11 7QS',
  pcd7: 'CA117QS',
  pcd8: 'CA11 7QS',
  pcds: 'CA11 7QS',
  dointr: '198001',
  doterm: '202402',
  lad25cd: 'E06000064',
  oslaua: 'E06000064',
  oscty: 'E99999999',
  cty25cd: 'E99999999',
  lsoa11: 'E01019330',
  lsoa11cd: 'E01019330',
  ccg: 'E38000215',
  sicbl: 'E38000215',
  sicbl24cd: 'E38000215',
};

describe('every edition names its columns in its own way', () => {
  test.each(EDITIONS)('%s: found by the names of its header', (_edition, header) => {
    const line = header
      .split(',')
      .map((column) => `"${CELLS[column] ?? ''}"`)
      .join(',');
    expect(read(header, line)).toMatchObject({
      kind: 'area',
      postcode: 'CA117QS',
      area: { council: 'E06000064', lsoa11: 'E01019330', subIcb: 'E38000215', introducedOn: '1980-01-01' },
      month: '2024-02',
    });
  });

  test('with a byte order mark, capitals and blanks', () => {
    expect(read('\uFEFF"PCDS" , OSLAUA,OSCTY', '"CA11 7QS" ,E06000064,')).toMatchObject({ kind: 'area' });
  });

  test('a file without the columns that are needed names those it lacks', () => {
    expect(postcodeFile('nhs_number,name')).toEqual({
      kind: 'problem',
      text: 'has no column for postcode, district, county',
    });
    expect(postcodeFile('')).toMatchObject({ kind: 'problem' });
  });
});

describe('the council of a postcode', () => {
  const council = (district: string, county: string) =>
    read('pcds,oslaua,oscty', `"CA11 7QS","${district}","${county}"`);

  test('is the district where it has social services, and else its county', () => {
    expect(council('E08000025', 'E99999999')).toMatchObject({ area: { council: 'E08000025' } });
    expect(council('E07000246', 'E10000027')).toMatchObject({ area: { council: 'E10000027' } });
    expect(council('W06000015', 'W99999999')).toMatchObject({ area: { council: 'W06000015' } });
  });

  test('is left out where section 117 does not run, or where the file does not say it', () => {
    for (const district of ['S12000033', 'N09000003', 'L99999999', 'M99999999'])
      expect(council(district, '')).toEqual({ kind: 'left-out', why: 'outside' });
    expect(council('', '')).toEqual({ kind: 'left-out', why: 'nowhere' });
    expect(council('E99999999', 'E99999999')).toEqual({ kind: 'left-out', why: 'nowhere' });
  });

  test('a row that cannot be used says why', () => {
    expect(council('E07000246', 'E99999999')).toEqual({ kind: 'refused', why: 'county' });
    expect(council('00QA', '00')).toEqual({ kind: 'refused', why: 'code' });
    expect(read('pcds,oslaua,oscty', 'CA11 7QS,E06000064')).toEqual({ kind: 'refused', why: 'cells' });
    expect(read('pcds,oslaua,oscty', 'Penrith,E06000064,')).toEqual({ kind: 'refused', why: 'postcode' });
    expect(read('pcds,oslaua,oscty', '"CA11 7QS,E06000064,')).toMatchObject({ kind: expect.any(String) });
  });

  test('a comma within quotation marks is part of a cell', () => {
    expect(read('pcds,name,oslaua,oscty', '"CA11 7QS","Penrith, Eden","E06000064",""')).toMatchObject({ kind: 'area' });
  });
});

test('the file that other tests write has the columns of the real one', () => {
  const [header = '', line = ''] = postcodeText([{ postcode: 'CA11 7QS', district: 'E06000064' }]).split('\r\n');
  expect(header.split(',')).toHaveLength(35);
  expect(read(header, line)).toMatchObject({ area: { council: 'E06000064', icb: 'E54000050', lsoa11: null } });
});
