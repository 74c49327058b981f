import { namesIn } from '../console/names.js';
import { type Explanation, explain, registerRow } from '../flow/explain.js';
import { messagesIn, statedFactsIn } from '../flow/files.js';
import { directoryOfFiles, type Files } from '../flow/files-looked-up.js';
import { hintsBeside } from '../flow/without-effect.js';
import { londonDay } from '../register/day.js';
import type { Tables } from '../tables.js';
import { type Command, type CommandLine, isSet, textOption } from './command.js';
import { printExplanation } from './explain-text.js';
import { dayOption } from './options.js';
import { usageFault } from './usage.js';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'what messages mean, with no database and no network',
  usage:
    'aftercare explain FILE... [--site FILE] [--as-of DATE] [--facts FILE] [--postcodes FILE] [--practices FILE] [--areas FILE] [--json]',
  example: 'aftercare explain discharge.hl7 --as-of 2026-11-21',
  options: {
    site: { type: 'string', says: 'site file (default: SITE_FILE, site.yaml, or the demonstration site)' },
    'as-of': { type: 'string', says: 'the day to answer for, YYYY-MM-DD (default: today in London)' },
    facts: { type: 'string', says: 'NDJSON file of facts stated by people' },
    postcodes: {
      type: 'string',
      says: 'the ONS Postcode Directory: in which part of a divided body an address lies',
    },
    practices: { type: 'string', says: 'the GP practices of ODS (epraccur.csv): to which part a practice belongs' },
    areas: {
      type: 'string',
      says: 'an ONS look-up of small areas (LSOA), beside --postcodes: to which part one belongs',
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
    const files = filesOf(line);
    // Read once to find the postcodes and the practices of which the files are asked.
    const directory = files === null ? tables.directory : await directoryFor(first, tables, files);
    const explanation = files === null ? first : explain(given, stated, asOf, { ...tables, directory });
    const hints = hintsBeside(stated, factsIn(explanation), { directory, site: tables.site, asOf });
    if (isSet(line, 'json')) terminal.out(JSON.stringify({ ...asContract(explanation), hints }, null, 2));
    else printExplanation({ ...explanation, hints }, namesIn(tables, asOf), terminal);
    return 0;
  },
};

const factsIn = ({ messages }: Explanation) => messages.flatMap(({ facts }) => facts);

function filesOf(line: CommandLine): Files | null {
  const [postcodes, practices, areas] = ['postcodes', 'practices', 'areas'].map((name) => textOption(line, name));
  const files = { postcodes: postcodes ?? null, practices: practices ?? null, areas: areas ?? null };
  return Object.values(files).some((file) => file !== null) ? files : null;
}

const directoryFor = (told: Explanation, { directory }: Tables, files: Files) =>
  directoryOfFiles(factsIn(told), directory, { files, today: told.asOf });

const asContract = (explanation: Explanation) => ({
  ...explanation,
  register: explanation.register.map(registerRow),
});
