import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Explanation, explain } from '../../../src/flow/explain.js';
import { readStatedFacts } from '../../../src/interpret/stated.js';
import { siteFromObject } from '../../../src/site.js';
import { tablesFor } from '../../../src/tables.js';
import { statedBy } from '../../support/stated-by.js';
import type { Stated } from '../tell.js';

/** One trust with two feeds, and trusts with one. The Mental Health Act office may belong to any of them. */
const site = siteFromObject({
  name: 'Test partnership',
  senders: [
    { ods: 'RXT', application: 'PAS', name: 'A trust, record system', feed: 'itk-hl7uk' },
    { ods: 'RXT', application: 'MHA', name: 'A trust, Mental Health Act office', feed: 'mha-office' },
    { ods: 'RXT', application: 'HNAM', name: 'A trust, Millennium', feed: 'millennium-2.3' },
    { ods: 'RXT', application: 'CARENOTES', name: 'A trust, observations', feed: 'obx' },
    { ods: 'RXT', application: 'SIMHOSP', name: 'A simulated trust', feed: 'simhospital' },
    { ods: 'RXT', application: 'EPR', name: 'A trust, recommended feed', feed: 'zmh' },
  ],
  councils: [{ gss: 'E08000025' }, { gss: 'E08000029' }],
  icbs: [{ ods: 'QHL' }],
});
if (site.kind === 'problems') throw new Error(site.problems.join('\n'));

const tables = tablesFor(site.site);

/** Tells messages of any of the feeds to `explain`, in the order given. */
export function told(
  messages: readonly (string | Uint8Array)[],
  asOf = '2026-11-21',
  stated: readonly Stated[] = [],
): Explanation {
  const ndjson = stated.map((fact) => JSON.stringify({ statedBy: statedBy(fact), ...fact })).join('\n');
  const facts = readStatedFacts(ndjson, tables.mappings.codes);
  if (facts.kind === 'mistakes') throw new Error(facts.mistakes.join('\n'));
  const given = messages.map((message, index) => {
    const bytes = typeof message === 'string' ? Buffer.from(message) : message;
    return { file: 'story.hl7', index, bytes };
  });
  return explain(given, facts.facts, asOf, tables);
}

/** The message of an example beside a feed definition: `itk-hl7uk/a03-home`. */
export function example(name: string): Buffer {
  const [feed = '', file = ''] = name.split('/');
  return readFileSync(fileURLToPath(new URL(`../../../mappings/feeds/${feed}/examples/${file}.hl7`, import.meta.url)));
}

export const outcomes = ({ messages }: Explanation): string[] => messages.map(({ outcome }) => outcome);
