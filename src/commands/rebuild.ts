import { rebuild } from '../flow/rebuild.js';
import { londonDay } from '../register/day.js';
import { type Command, isSet } from './command.js';

export const rebuildCommand: Command = {
  name: 'rebuild',
  summary: 'drop everything derived, derive it again, and say whether it is the same',
  usage: 'aftercare rebuild [--json]',
  example: 'aftercare rebuild',
  optionsOnly: true,
  options: {},
  async run(line, terminal, context) {
    const tables = context.tables(null);
    const { pool } = await context.database();
    const now = () => new Date();
    const { persons, changed, published } = await rebuild({
      pool,
      ...tables,
      now,
      today: () => londonDay(now().toISOString()),
      log: context.log(),
    });
    if (isSet(line, 'json')) terminal.out(JSON.stringify({ persons, changed, published }));
    else if (changed.length === 0) terminal.out(`The same: ${persons} persons, and nothing new to send.`);
    else {
      terminal.out(
        `${changed.length} of ${persons} persons are different now, and ${published} new versions will be sent.`,
      );
      for (const key of changed) terminal.out(`  ${key}`);
    }
    return changed.length === 0 ? 0 : 1;
  },
};
