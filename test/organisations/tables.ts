import { fileURLToPath } from 'node:url';
import type { Resolution } from '../../src/organisations/directory.js';
import { loadDirectory } from '../../src/organisations/load.js';
import { BodyRow, SuccessionRow } from '../../src/organisations/rows.js';
import { readTable } from '../../src/organisations/table.js';

/** The folder as shipped, and what it holds. */
export const FOLDER = fileURLToPath(new URL('../../mappings/organisations', import.meta.url));
export const directory = loadDirectory(FOLDER);
export const spans = readTable(`${FOLDER}/bodies.csv`, BodyRow).rows.map((row) => row.value);
export const successions = readTable(`${FOLDER}/successions.csv`, SuccessionRow).rows.map((row) => row.value);

/** The day up to which the tables were compared with public files. */
export const TODAY = '2026-11-21';

/** The answer in one line: the body, or the bodies it may be and what would tell them apart. */
export function answer(resolution: Resolution): string {
  if (resolution.kind === 'unknown') return 'unknown';
  if (resolution.kind === 'found') return resolution.body.code;
  return `${resolution.candidates.map(({ code }) => code).join(' or ')} by ${resolution.resolveBy}`;
}
