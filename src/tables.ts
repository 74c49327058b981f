import { fileURLToPath } from 'node:url';
import { Fault } from './fault.js';
import { loadMappings, type Mappings } from './interpret/mappings.js';
import type { Directory } from './organisations/directory.js';
import { loadDirectory } from './organisations/load.js';
import { parseSite, readSiteText, type Site, type SiteText } from './site.js';
import type { SiteUse } from './site-file.js';

/** Everything that is data and not in the database: who is connected, what codes mean, who the bodies are. */
export type Tables = { site: Site; mappings: Mappings; directory: Directory };

/** Feeds, code tables and organisations, as they are installed with the service. */
export const MAPPINGS = fileURLToPath(new URL('../mappings/', import.meta.url));

/** Reads and checks them all; `siteFile` null is the demonstration site. Throws Fault `config-invalid` with a line for every problem. */
export function openTables(siteFile: string | null, use: SiteUse = 'deliver'): Tables {
  return tablesOf(openSiteText(siteFile), use);
}

/** The text alone, for those who must all go by the same. Throws Fault `config-invalid` where it cannot be read. */
export function openSiteText(siteFile: string | null): SiteText {
  const read = readSiteText(siteFile);
  if ('problems' in read) throw unusable(read.problems);
  return read;
}

/** The tables of a site file's text. Throws as `openTables`. */
export function tablesOf({ text, file }: SiteText, use: SiteUse = 'deliver'): Tables {
  const read = parseSite(text, file, undefined, use);
  if (read.kind === 'problems') throw unusable(read.problems);
  return tablesFor(read.site);
}

const unusable = (problems: string[]): Fault =>
  new Fault({
    code: 'config-invalid',
    where: 'site file',
    text: `cannot be used\n${problems.join('\n')}`,
    next: 'site.example.yaml explains every setting',
  });

/** The tables of a site that is known already. */
export const tablesFor = (site: Site): Tables => ({
  site,
  mappings: loadMappings(
    MAPPINGS,
    site.senders.map((sender) => sender.feed),
  ),
  directory: loadDirectory(`${MAPPINGS}organisations`),
});
