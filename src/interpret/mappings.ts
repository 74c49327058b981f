import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '../fault.js';
import { type Codes, loadCodes } from './codes.js';
import type { Feed } from './feed.js';
import { readFeed } from './feed-file.js';
import { type FhirFeed, isFhirFeed, readFhirFeed } from './fhir/feed.js';

/** The code tables and every feed definition, as one version. */
export type Mappings = {
  codes: Codes;
  feeds: ReadonlyMap<string, Feed>;
  fhirFeeds: ReadonlyMap<string, FhirFeed>;
  version: string;
};

/** Reads the FHIR of every sender whose feed is not itself one of FHIR. */
export const USUAL_FHIR_FEED = 'fhir-ukcore';

/** Reads `mappings/codes` and the named feeds of `mappings/feeds`. Throws Fault `config-invalid`, naming every mistake with its line. */
export function loadMappings(folder: string, feedNames: readonly string[]): Mappings {
  const codes = loadCodes(join(folder, 'codes'));
  const digest = createHash('sha256').update(codes.version);
  const feeds = new Map<string, Feed>();
  const mistakes: string[] = [];
  const fhirFeeds = new Map<string, FhirFeed>();
  for (const name of [...new Set([...feedNames, USUAL_FHIR_FEED])].sort()) {
    const file = join(folder, 'feeds', `${name}.yaml`);
    const read = isFhirFeed(file) ? readFhirFeed(file) : readFeed(file, codes);
    if (read.kind === 'mistakes') {
      mistakes.push(...read.mistakes);
      continue;
    }
    if (read.feed.format === 'fhir') fhirFeeds.set(name, read.feed);
    else feeds.set(name, read.feed);
    digest.update(read.text);
  }
  if (mistakes.length > 0) throw mistaken(mistakes);
  return { codes, feeds, fhirFeeds, version: digest.digest('hex').slice(0, 16) };
}

const mistaken = (mistakes: readonly string[]): Fault =>
  new Fault({
    code: 'config-invalid',
    where: 'mappings/feeds',
    text: `${mistakes.length} mistake(s) in the feed definitions:\n${mistakes.join('\n')}`,
    next: 'mend the lines named; "aftercare feeds check" checks them',
  });
