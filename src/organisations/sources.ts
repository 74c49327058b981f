import { join } from 'node:path';
import { z } from 'zod';
import { readTable, refuseMistakes } from './table.js';

/** Where a fact about a body is from. `licence` is null where there is none to name. */
export type Source = { key: string; title: string; licence: string | null };

const SourceRow: z.ZodType<Source> = z.strictObject({
  key: z.string().regex(/^[a-z0-9-]+$/, 'not a key: small letters, digits and hyphens'),
  title: z.string().min(1, 'is empty'),
  licence: z.string().transform((text) => (text === '' ? null : text)),
});

/** Reads `sources.csv` of a folder. Throws Fault `config-invalid` for a file that cannot be read. */
export function loadSources(folder: string): Source[] {
  const { rows, mistakes } = readTable(join(folder, 'sources.csv'), SourceRow);
  refuseMistakes(folder, mistakes);
  return rows.map(({ value }) => value);
}
