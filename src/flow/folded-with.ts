import { createHash } from 'node:crypto';
import type { Directory } from '../organisations/directory.js';
import { RULES_VERSION } from '../register/rules.js';
import type { Site } from '../site.js';
import { programVersion } from './program.js';

export type FoldTables = { site: Pick<Site, 'policies'>; directory: Pick<Directory, 'version' | 'imported'> };

/** What decides an entry and what its bodies are sent, beside the facts and the day. */
const PARTS = ['rules', 'policies', 'organisations', 'program', 'postcodes', 'gp-practices', 'small-areas'] as const;
export type FoldPart = (typeof PARTS)[number];

/**
 * By what people are folded: one digest for each part. Those of the imported files are last, and there only where the
 * directory knows any: what is asked of the database is given without them, for the database knows what was imported last.
 */
export function foldedWithToday({ site, directory }: FoldTables): string {
  const imported = directory.imported === null ? [] : [directory.imported];
  return [RULES_VERSION, site.policies.version, directory.version, programVersion(), ...imported].join(' ');
}

/** Which parts are others than today's; all of them for an entry that was folded before that was noted. */
export function partsThatDiffer(foldedWith: string, today: string): FoldPart[] {
  const [was, is] = [foldedWith.split(' '), today.split(' ')];
  return PARTS.filter((_, part) => (was[part] ?? '-') !== (is[part] ?? '-'));
}

/** What people are folded by, as short as a person can compare it. */
export const shortName = (foldedWith: string): string =>
  createHash('sha256').update(foldedWith).digest('hex').slice(0, 8);
