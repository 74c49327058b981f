import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'aftercare-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A place for a file that is not there yet. */
export const newFile = (name: string): string => join(folder, `${++files}-${name}`);

export function written(name: string, content: string | Buffer): string {
  const file = newFile(name);
  writeFileSync(file, content);
  return file;
}

export const OFFICE = 'mappings/load/mha-office.yaml';
export const COUNCIL = 'mappings/load/council-register.yaml';

const OFFICE_COLUMNS = [
  'NHS Number',
  'Hospital Number',
  'Name',
  'Section',
  'Start Date',
  'End Date',
  'Date Left Hospital',
  'Council Before Detention',
] as const;

export type Paper = Partial<Record<(typeof OFFICE_COLUMNS)[number], string>>;

/** Invented, as everybody here. */
export const PAPER: Paper = {
  'NHS Number': '999 000 0018',
  Name: 'Anna Beispiel',
  Section: 'Section 3',
  'Start Date': '01/05/1984',
  'End Date': '01/09/1984',
  'Date Left Hospital': '01/09/1984',
  'Council Before Detention': 'Birmingham',
};

/** The list of an office, as its spreadsheet program saves it. */
export function papers(rows: readonly Paper[], separator = ','): string {
  const cell = (text: string) =>
    text.includes(separator) || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text;
  return [
    OFFICE_COLUMNS.join(separator),
    ...rows.map((row) => OFFICE_COLUMNS.map((name) => cell(row[name] ?? '')).join(separator)),
  ].join('\r\n');
}
