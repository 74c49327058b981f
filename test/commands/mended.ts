import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { loadMappings, type Mappings } from '../../src/interpret/mappings.js';
import { MAPPINGS } from '../../src/tables.js';

const folder = mkdtempSync(join(tmpdir(), 'aftercare-mended-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let copies = 0;

/** The mappings as somebody has mended them: with further rows in some code tables. */
export function mendedMappings(rows: Record<string, string>): Mappings {
  const copy = join(folder, String(++copies));
  cpSync(MAPPINGS, copy, { recursive: true });
  for (const [table, row] of Object.entries(rows)) appendFileSync(join(copy, 'codes', `${table}.csv`), `${row}\n`);
  return loadMappings(copy, ['zmh']);
}

const ENGLAND = 'https://fhir.hl7.org.uk/CodeSystem';

/** A destination of nobody's list, which a trust has explained. */
export const ZZ_IS_HOME = {
  'discharge-destination': `${ENGLAND}/UKCore-DischargeDestinationEngland,ZZ,Home,left,,practice`,
};

/** A section that one trust writes in its own way. */
export const Q3_IS_SECTION_3 = {
  'legal-status-england': `${ENGLAND}/UKCore-LegalStatusClassificationEngland,Q3,Section 3,yes,s3,,practice`,
};
