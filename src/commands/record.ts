import { statedFactsIn } from '../flow/files.js';
import { recordFacts } from '../flow/record.js';
import { londonDay } from '../register/day.js';
import { type Command, isSet, textOption } from './command.js';
import { hintText } from './explain-text.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const recordCommand: Command = {
  name: 'record',
  summary: 'records facts stated by people',
  usage: 'aftercare record --facts FILE [--json]',
  example: 'aftercare record --facts decisions.ndjson',
  optionsOnly: true,
  options: { facts: { type: 'string', says: 'NDJSON, one fact a line; with one mistake nothing is recorded' } },
  async run(line, terminal, context) {
    const file = textOption(line, 'facts');
    if (file === null || line.words.length > 0) throw usageFault('record', 'name the file with --facts FILE');
    const { site, mappings, directory } = context.tables(null);
    const facts = statedFactsIn(file, mappings.codes);
    if (facts.length === 0) throw usageFault('record', 'the file of --facts has no fact: give one a line');
    const { pool } = await context.database();
    const now = () => new Date();
    const today = () => londonDay(now().toISOString());
    const deps = { pool, site, directory, now, today };
    const { recorded, known, withdrawn, hints } = await recordFacts(facts, context.operator, deps);

    if (isSet(line, 'json')) terminal.out(JSON.stringify({ recorded, known, withdrawn, hints }));
    else {
      terminal.out(`Recorded ${counted(recorded, 'fact')}; ${known} were known already.`);
      for (const hint of hints) terminal.out(hintText(hint));
      for (const { fact, by } of withdrawn) {
        terminal.out(
          `Fact ${fact} was withdrawn before and does not count: to state it again, withdraw ${by.join(', ')}.`,
        );
      }
    }
    return withdrawn.length > 0 ? 1 : 0;
  },
};
