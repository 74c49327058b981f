import { writeFile } from 'node:fs/promises';
import { type BenchResult, MEASURES, type MeasureName, runBench, USUAL_MEASURES } from '../bench/bench.js';
import type { Row, Target } from '../bench/figures.js';
import { interruption } from '../demo/interruption.js';
import { VERSION } from '../version.js';
import { type Command, type CommandLine, isSet, type Terminal, textOption } from './command.js';
import { countOption } from './options.js';
import { tableText } from './table.js';
import { usageFault } from './usage.js';

export const benchCommand: Command = {
  name: 'bench',
  summary: 'how fast it is here, beside what it should be',
  usage: `aftercare bench [MEASURE...] [--all] [--out FILE] [--database-url URL] [--redis-url URL] [--json]

Measures: ${MEASURES.join(', ')}. Without one: ${USUAL_MEASURES.join(', ')}.`,
  example: 'aftercare bench acks people --seconds 10',
  options: {
    all: { type: 'boolean', says: 'every measure: three quarters of an hour, and 12 GB of disk' },
    out: { type: 'string', says: 'where the figures go as JSON (default bench.json)' },
    'database-url': {
      type: 'string',
      says: 'a PostgreSQL on which it may make databases of its own (default: embedded)',
    },
    'redis-url': { type: 'string', says: 'an empty Redis (default: one of its own, where redis-server is installed)' },
    seconds: { type: 'string', says: 'how long acks sends, at full speed and again at the rate (default 5)' },
    connections: { type: 'string', says: 'MLLP connections side by side (default 32)' },
    rate: { type: 'string', says: 'messages a second at which acks tells how long one takes (default 2500)' },
    persons: { type: 'string', says: 'people, in place of what each measure takes' },
    messages: { type: 'string', says: 'messages, in place of what each measure takes' },
  },
  async run(line, terminal) {
    const measures = measuresOf(line);
    const out = textOption(line, 'out') ?? 'bench.json';
    const options = optionsOf(line);
    const interrupted = interruption();
    try {
      const result = await runBench({ measures, options, signal: interrupted.signal, say: terminal.err });
      const told = { version: VERSION, at: new Date().toISOString(), ...result };
      await writeFile(out, `${JSON.stringify(told, null, 2)}\n`);
      if (isSet(line, 'json')) terminal.out(JSON.stringify(told, null, 2));
      else print(result, out, terminal);
      return result.problems.length === 0 ? 0 : 1;
    } catch (error) {
      if (!interrupted.signal.aborted) throw error;
      terminal.err('interrupted: everything that was started is ended and removed');
      return 1;
    } finally {
      interrupted.forget();
    }
  },
};

function measuresOf(line: CommandLine): readonly MeasureName[] {
  const unknown = line.words.filter((word) => !MEASURES.some((name) => name === word));
  if (unknown.length > 0) throw usageFault('bench', `give measures out of ${MEASURES.join(', ')}`);
  if (isSet(line, 'all')) return MEASURES;
  return line.words.length === 0 ? USUAL_MEASURES : MEASURES.filter((name) => line.words.includes(name));
}

function optionsOf(line: CommandLine) {
  const count = (name: string, otherwise: number, most: number) => countOption(line, name, { otherwise, most });
  const orOwn = (name: string, most: number) => (textOption(line, name) === null ? null : count(name, 1, most));
  return {
    seconds: count('seconds', 5, 3_600),
    connections: count('connections', 32, 500),
    perSecond: count('rate', 2_500, 100_000),
    persons: orOwn('persons', 100_000),
    messages: orOwn('messages', 10_000_000),
    databaseUrl: textOption(line, 'database-url'),
    redisUrl: textOption(line, 'redis-url'),
  };
}

function print({ machine, database, rows, problems }: BenchResult, out: string, { out: say }: Terminal): void {
  say(`${machine.processor}, ${machine.cores} cores, ${machine.memoryMb} MB; Node.js ${machine.node}`);
  say(`${machine.folder}: ${machine.commitsPerSecond} commits a second, one after another`);
  if (database) {
    const { server_version: version, synchronous_commit: commit, fsync } = database;
    say(`PostgreSQL ${version}, synchronous_commit ${commit}, fsync ${fsync}`);
  }
  say(`\n${tableText(['MEASURE', 'WHAT', 'FIGURE', 'TARGET', 'MET'], rows.map(cells))}\n`);
  for (const problem of problems) say(`WRONG  ${problem}`);
  say(`More is in ${out}.`);
}

const cells = ({ measure, what, figure, unit, target, met }: Row): string[] => [
  measure,
  what,
  `${figure.toLocaleString('en-GB')} ${unit}`,
  target === null ? '' : targetText(target),
  met === null ? '' : met ? 'yes' : 'no',
];

const targetText = (target: Target): string =>
  'least' in target
    ? `at least ${target.least.toLocaleString('en-GB')}`
    : `at most ${target.most.toLocaleString('en-GB')}`;
