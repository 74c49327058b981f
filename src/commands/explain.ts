import { type Explanation, explain, registerRow } from '../flow/explain.js';
import { messagesIn, statedFactsIn } from '../flow/files.js';
import { londonDay } from '../register/day.js';
import { type Command, isSet, textOption } from './command.js';
import { printExplanation } from './explain-text.js';
import { dayOption } from './options.js';
import { usageFault } from './usage.js';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'what messages mean, with no database and no network',
  usage: 'aftercare explain FILE... [--site FILE] [--as-of DATE] [--facts FILE] [--json]',
  example: 'aftercare explain discharge.hl7 --as-of 2026-11-21',
  options: {
    site: { type: 'string', says: 'site file (default: SITE_FILE, site.yaml, or the demonstration site)' },
    'as-of': { type: 'string', says: 'the day to answer for, YYYY-MM-DD (default: today in London)' },
    facts: { type: 'string', says: 'NDJSON file of facts stated by people' },
  },
  async run(line, terminal, context) {
    if (line.words.length === 0 && textOption(line, 'facts') === null)
      throw usageFault('explain', 'name at least one file');
    const tables = context.tables(textOption(line, 'site'), 'read');
    const asOf = dayOption(line, 'as-of') ?? londonDay(new Date().toISOString());
    const facts = textOption(line, 'facts');
    const stated = facts === null ? [] : statedFactsIn(facts, tables.mappings.codes);
    const explanation = explain(line.words.flatMap(messagesIn), stated, asOf, tables);
    if (isSet(line, 'json')) terminal.out(JSON.stringify(asContract(explanation), null, 2));
    else printExplanation(explanation, terminal);
    return 0;
  },
};

const asContract = (explanation: Explanation) => ({
  ...explanation,
  register: explanation.register.map(registerRow),
});
