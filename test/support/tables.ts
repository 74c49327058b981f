import { siteFromObject } from '../../src/site.js';
import { type Tables, tablesFor } from '../../src/tables.js';

/** What councils and ICBs have agreed, as in a site file. */
export type Partnerships = readonly Record<string, unknown>[];

/** `E08000025-children` beside `E08000025` is its system for children. */
function councilRow(gss: string, url: string, councils: Record<string, string>) {
  const childrens = councils[`${gss}-children`];
  const childrensDestination = childrens === undefined ? null : { kind: 'fhir', url: childrens };
  return { gss, destination: { kind: 'fhir', url }, childrensDestination };
}

/** The tables of a partnership of one trust and one ICB, with councils that are told at their addresses. */
export function tablesWith(
  councils: Record<string, string>,
  partnerships: Partnerships = [],
  icbs: Record<string, string> = {},
  senders: readonly Record<string, unknown>[] = [],
): Tables {
  const read = siteFromObject({
    name: 'Test partnership',
    receiving: ['QHL'],
    senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }, ...senders],
    councils: Object.entries(councils).flatMap(([gss, url]) =>
      gss.includes('-') ? [] : [councilRow(gss, url, councils)],
    ),
    icbs: [{ ods: 'QHL' }, ...Object.entries(icbs).map(([ods, url]) => ({ ods, destination: { kind: 'fhir', url } }))],
    partnerships,
  });
  if (read.kind === 'problems') throw new Error(read.problems.join('\n'));
  return tablesFor(read.site);
}
