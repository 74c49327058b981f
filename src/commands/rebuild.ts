import type { Pool } from 'pg';
import { type FoldTables, foldedWithToday } from '../flow/folded-with.js';
import { rebuild } from '../flow/rebuild.js';
import { londonDay } from '../register/day.js';
import { foldedWithStore } from '../store/folded-with.js';
import { type Command, isSet, type Terminal } from './command.js';

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
    await sayWhoIsOther(tables, pool, terminal);
    const { persons, changed, published, resumed } = await rebuild({
      pool,
      ...tables,
      now,
      today: () => londonDay(now().toISOString()),
      log: context.log(),
      read: progress(terminal),
    });
    if (resumed) terminal.err('One that was broken off has gone on.');
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

/** A rebuild shows no difference first, so whoever wants one is told where it is. */
async function sayWhoIsOther(tables: FoldTables, pool: Pool, { err }: Terminal): Promise<void> {
  const count = await foldedWithStore(pool).countOthers(foldedWithToday(tables));
  if (count > 0)
    err(
      "People are folded by other rules, policies or organisations than today's, and a rebuild folds them by today's: aftercare refold would have shown the difference first.",
    );
}

function progress({ err }: Terminal): (messages: number) => void {
  let [read, last] = [0, performance.now()];
  return (messages) => {
    read += messages;
    if (performance.now() - last < 5_000) return;
    last = performance.now();
    err(`${read} messages are read again`);
  };
}
