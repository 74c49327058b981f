import { siteFromObject } from '../site.js';
import { type Tables, tablesFor } from '../tables.js';
import { siteOf } from './house.js';

/** What the service of a bench goes by, for what is measured without it. */
export function benchTables(): Tables {
  const read = siteFromObject(siteOf('http://127.0.0.1:9/fhir'));
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  return tablesFor(read.site);
}
