import { readFileSync } from 'node:fs';
import { Fault } from '../fault.js';
import { type Explanation, explain, type Given, registerRow } from '../flow/explain.js';
import { splitMessages } from '../hl7v2/batch.js';
import { readStatedFacts } from '../interpret/stated.js';
import { isDay, londonDay } from '../register/day.js';
import type { StatedFact } from '../register/fact.js';
import { type Command, type CommandLine, isSet, textOption } from './command.js';
import { printExplanation } from './explain-text.js';
import { usageFault } from './usage.js';
import { openTables, type Tables } from './tables.js';

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
  async run(line, terminal) {
    if (line.words.length === 0 && textOption(line, 'facts') === null) throw usageFault('explain', 'name at least one file');
    const tables = openTables(textOption(line, 'site'));
    const asOf = dayOption(line, 'as-of') ?? londonDay(new Date().toISOString());
    const given = line.words.flatMap(messagesOf);
    const explanation = explain(given, statedFacts(line, tables), asOf, tables);
    if (isSet(line, 'json')) terminal.out(JSON.stringify(asContract(explanation), null, 2));
    else printExplanation(explanation, terminal);
    return 0;
  },
};

const asContract = (explanation: Explanation) => ({
  ...explanation,
  register: explanation.register.map(registerRow),
});

function messagesOf(file: string): Given[] {
  const bytes = readBytes(file);
  return splitMessages(bytes).map((message, index) => ({ file, index, bytes: message }));
}

function statedFacts(line: CommandLine, { mappings }: Tables): StatedFact[] {
  const file = textOption(line, 'facts');
  if (file === null) return [];
  const read = readStatedFacts(readBytes(file).toString('utf8'), mappings.codes);
  if (read.kind === 'facts') return read.facts;
  throw usageFault(file, read.mistakes.join('\n'));
}

export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new Fault({ code: 'usage', where: file, text: 'cannot be read', next: 'check the name and the rights' }, { cause });
  }
}

/** A day given on the command line. */
export function dayOption(line: CommandLine, name: string): string | null {
  const day = textOption(line, name);
  if (day !== null && !isDay(day)) throw usageFault(`--${name}`, 'give a day that can be, as YYYY-MM-DD');
  return day;
}
