import { runBench } from '../bench/bench.js';
import { type Command, type CommandLine, isSet, textOption } from './command.js';
import { usageFault } from './usage.js';

export const benchCommand: Command = {
  name: 'bench',
  summary: 'how fast it is here: acknowledgements and persons a second, beside the disk',
  usage:
    'aftercare bench [--seconds N] [--connections N] [--persons N] [--database-url URL] [--redis-url URL] [--json]',
  example: 'aftercare bench --persons 5000',
  optionsOnly: true,
  options: {
    seconds: { type: 'string', says: 'how long messages are sent (default 5)' },
    connections: { type: 'string', says: 'MLLP connections side by side (default 32)' },
    persons: { type: 'string', says: 'persons carried from MLLP to confirmed (default 2000)' },
    'database-url': { type: 'string', says: 'an empty PostgreSQL (default: an embedded one)' },
    'redis-url': { type: 'string', says: 'a Redis for the queues (default: the database)' },
  },
  async run(line, terminal) {
    const connections = numberOption(line, 'connections', 32);
    const { diskCommits, acknowledgements, persons } = await runBench({
      seconds: numberOption(line, 'seconds', 5),
      connections,
      persons: numberOption(line, 'persons', 2_000),
      databaseUrl: textOption(line, 'database-url'),
      redisUrl: textOption(line, 'redis-url'),
      say: terminal.err,
    });
    if (isSet(line, 'json')) {
      terminal.out(JSON.stringify({ diskCommits, acknowledgements, persons }));
      return 0;
    }
    terminal.out(`disk commits, one after another       ${diskCommits} a second`);
    terminal.out(
      `durable acknowledgements              ${acknowledgements.perSecond} a second (${connections} connections, p50 ${acknowledgements.p50Ms} ms, p99 ${acknowledgements.p99Ms} ms)`,
    );
    terminal.out(
      `persons, from MLLP to confirmed       ${persons.perSecond} a second (${persons.confirmed} in ${persons.elapsedMs} ms)`,
    );
    return persons.confirmed === persons.asked && acknowledgements.refused === 0 ? 0 : 1;
  },
};

function numberOption(line: CommandLine, name: string, otherwise: number): number {
  const given = textOption(line, name);
  if (given === null) return otherwise;
  if (!/^\d{1,7}$/.test(given) || Number(given) === 0) throw usageFault(`--${name}`, 'give a whole number above 0');
  return Number(given);
}
