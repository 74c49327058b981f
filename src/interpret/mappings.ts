import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '../fault.js';
import { type Codes, loadCodes } from './codes.js';
import { type Feed, readFeed } from './feed.js';

/** The code tables and every feed definition, as one version. */
export type Mappings = { codes: Codes; feeds: ReadonlyMap<string, Feed>; version: string };

/** Reads `mappings/codes` and the named feeds of `mappings/feeds`. Throws Fault `config-invalid`, naming every mistake with its line. */
export function loadMappings(folder: string, feedNames: readonly string[]): Mappings {
  const codes = loadCodes(join(folder, 'codes'));
  const digest = createHash('sha256').update(codes.version);
  const feeds = new Map<string, Feed>();
  for (const name of [...new Set(feedNames)].sort()) {
    const read = readFeed(join(folder, 'feeds', `${name}.yaml`));
    if (read.kind === 'mistakes') throw mistaken(name, read.mistakes);
    feeds.set(name, read.feed);
    digest.update(read.text);
  }
  return { codes, feeds, version: digest.digest('hex').slice(0, 16) };
}

const mistaken = (feed: string, mistakes: readonly string[]): Fault =>
  new Fault({
    code: 'config-invalid',
    where: `feed ${feed}`,
    text: mistakes.join('\n'),
    next: `mend the definition; "aftercare feeds check ${feed}" checks it`,
  });
