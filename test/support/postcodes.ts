import { writeFileSync } from 'node:fs';
import type { Area, Directory } from '../../src/organisations/directory.js';
import { type Imported, NOTHING_IMPORTED, withImported } from '../../src/organisations/imported.js';
import { postcodeFile } from '../../src/organisations/postcode-file.js';

/** A row of the file; what is left out is as the file writes that there is none. */
export type Row = {
  postcode: string;
  district: string;
  county?: string;
  introduced?: string;
  ended?: string;
  icb?: string;
  lsoa?: string;
};

/** How the ONS Postcode Directory of May 2026 names and orders its columns. */
const HEADER =
  'pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,lad25cd,wd25cd,nhser24cd,ctry25cd,rgn25cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,wz11cd,sicbl26cd,bua24cd,ruc21ind,oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,icb26cd';

const WRITTEN: Record<string, (row: Row) => string> = {
  pcd7: ({ postcode }) => postcode.replace(' ', '').padEnd(7),
  pcd8: ({ postcode }) => postcode,
  pcds: ({ postcode }) => postcode,
  dointr: ({ introduced = '198001' }) => introduced,
  doterm: ({ ended = '' }) => ended,
  cty25cd: ({ county = 'E99999999' }) => county,
  lad25cd: ({ district }) => district,
  lsoa21cd: ({ lsoa = 'E01019330' }) => lsoa,
  sicbl26cd: () => 'E38000215',
  icb26cd: ({ icb = 'E54000050' }) => icb,
};
const PLAIN = new Set(['lat', 'long', 'imd20ind']);

const lineOf = (row: Row): string =>
  HEADER.split(',')
    .map((column) => (PLAIN.has(column) ? '54.6' : `"${WRITTEN[column]?.(row) ?? ''}"`))
    .join(',');

/** The file's text, as the ONS writes it. */
export const postcodeText = (rows: readonly Row[]): string => `${[HEADER, ...rows.map(lineOf)].join('\r\n')}\r\n`;

export function writePostcodes(file: string, rows: readonly Row[]): void {
  writeFileSync(file, postcodeText(rows));
}

/** The directory, as it knows postcodes once such a file was imported. */
export function knowing(directory: Directory, rows: readonly Row[], also: Partial<Imported> = {}): Directory {
  const [header = '', ...lines] = postcodeText(rows).trimEnd().split('\r\n');
  const file = postcodeFile(header);
  if (file.kind === 'problem') throw new Error(file.text);
  const areas = new Map<string, Area>();
  for (const line of lines) {
    const row = file.read(line);
    if (row.kind === 'area') areas.set(row.postcode, row.area);
  }
  return withImported(directory, { edition: 'of the test', ...NOTHING_IMPORTED, areas, ...also });
}

/** Penrith lies in Westmorland and Furness since Cumbria was divided, Carlisle in Cumberland. */
export const CUMBRIA: readonly Row[] = [
  { postcode: 'CA11 7QS', district: 'E06000064' },
  { postcode: 'CA3 8QG', district: 'E06000063' },
];
