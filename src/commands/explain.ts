import { namesIn } from '../console/names.js';
import { type Explanation, explain, registerRow } from '../flow/explain.js';
import { messagesIn, statedFactsIn } from '../flow/files.js';
import { directoryOfFile } from '../flow/postcodes.js';
import { hintsBeside } from '../flow/without-effect.js';
import { londonDay } from '../register/day.js';
import type { Tables } from '../tables.js';
import { type Command, isSet, textOption } from './command.js';
import { printExplanation } from './explain-text.js';
import { dayOption } from './options.js';
import { usageFault } from './usage.js';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'what messages mean, with no database and no network',
  usage: 'aftercare explain FILE... [--site FILE] [--as-of DATE] [--facts FILE] [--postcodes FILE] [--json]',
  example: 'aftercare explain discharge.hl7 --as-of 2026-11-21',
  options: {
    site: { type: 'string', says: 'site file (default: SITE_FILE, site.yaml, or the demonstration site)' },
    'as-of': { type: 'string', says: 'the day to answer for, YYYY-MM-DD (default: today in London)' },
    facts: { type: 'string', says: 'NDJSON file of facts stated by people' },
    postcodes: {
      type: 'string',
      says: 'the ONS Postcode Directory: which part of a divided council an address lies in',
    },
  },
  async run(line, terminal, context) {
    if (line.words.length === 0 && textOption(line, 'facts') === null)
      throw usageFault('explain', 'name at least one file');
    const tables = context.tables(textOption(line, 'site'), 'read');
    const asOf = dayOption(line, 'as-of') ?? londonDay(new Date().toISOString());
    const facts = textOption(line, 'facts');
    const stated = facts === null ? [] : statedFactsIn(facts, tables.mappings.codes);
    const given = line.words.flatMap(messagesIn);
    const first = explain(given, stated, asOf, tables);
    const postcodes = textOption(line, 'postcodes');
    // Read once to find the postcodes of which the file is asked.
    const directory = postcodes === null ? tables.directory : await directoryFor(first, tables, postcodes);
    const explanation = postcodes === null ? first : explain(given, stated, asOf, { ...tables, directory });
    const hints = hintsBeside(stated, factsIn(explanation), { directory, site: tables.site, asOf });
    if (isSet(line, 'json')) terminal.out(JSON.stringify({ ...asContract(explanation), hints }, null, 2));
    else printExplanation({ ...explanation, hints }, namesIn(tables, asOf), terminal);
    return 0;
  },
};

const factsIn = ({ messages }: Explanation) => messages.flatMap(({ facts }) => facts);

const directoryFor = (told: Explanation, { directory }: Tables, file: string): Promise<Tables['directory']> =>
  directoryOfFile(factsIn(told), directory, file);

const asContract = (explanation: Explanation) => ({
  ...explanation,
  register: explanation.register.map(registerRow),
});
