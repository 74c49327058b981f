import { interruption } from '../demo/interruption.js';
import { type Simulated, simulate } from '../simulate/simulate.js';
import { type Command, isSet, type Terminal, textOption } from './command.js';
import { countOption } from './options.js';
import { tableText } from './table.js';

export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'years of invented lives between trusts and councils, while everything fails: do the registers stay equal?',
  usage: 'aftercare simulate [--people N] [--years N] [--seed N] [--seeds N] [--database-url URL] [--json]',
  example: 'aftercare simulate --people 500 --years 3 --seed 7',
  optionsOnly: true,
  options: {
    people: { type: 'string', says: 'how many live (default 100)' },
    years: { type: 'string', says: 'for how long, from January 2022 (default 3)' },
    seed: { type: 'string', says: 'what is thrown; the same seed throws the same (default: by the time)' },
    seeds: { type: 'string', says: 'so many seeds, one after another, from --seed on (default 1)' },
    'database-url': {
      type: 'string',
      says: 'a PostgreSQL on which it may make databases of its own (default: embedded)',
    },
  },
  async run(line, terminal) {
    const first = countOption(line, 'seed', { otherwise: 1 + (Date.now() % 999_999), most: 999_999_999 });
    const size = {
      people: countOption(line, 'people', { otherwise: 100, most: 100_000 }),
      years: countOption(line, 'years', { otherwise: 3, most: 4 }),
      databaseUrl: textOption(line, 'database-url'),
    };
    const seeds = countOption(line, 'seeds', { otherwise: 1, most: 10_000 });
    const interrupted = interruption();
    const done: Simulated[] = [];
    try {
      for (let seed = first; seed < first + seeds; seed++) {
        terminal.err(`seed ${seed}: ${size.people} people, ${size.years} years`);
        const simulated = await simulate({ ...size, seed }, { signal: interrupted.signal, say: terminal.err });
        done.push(simulated);
        if (!isSet(line, 'json')) print(simulated, terminal);
      }
    } catch (error) {
      if (!interrupted.signal.aborted) throw error;
      terminal.err('interrupted: everything that was started is ended and removed');
      return 1;
    } finally {
      interrupted.forget();
      if (isSet(line, 'json')) terminal.out(JSON.stringify(done, null, 2));
    }
    return done.every(({ problems }) => problems.length === 0) ? 0 : 1;
  },
};

const SHOWN = 50;

function print(simulated: Simulated, { out }: Terminal): void {
  const { seed, people, years, seconds, messages, facts, rows, problems, reconciled } = simulated;
  out(`seed ${seed}: ${people} people, ${years} years, ${seconds} s`);
  out(
    `${messages} messages, ${facts} facts by people, ${rows} rows of papers; ${simulated.confirmed} versions confirmed`,
  );
  out(
    `${simulated.refused} messages refused, ${simulated.repeatedOrLost} connections broken, ${simulated.kills} kills, ${simulated.outages} outages, ${simulated.restored} councils restored`,
  );
  out(countsText('people', simulated.statuses));
  out(countsText('questions', simulated.questions));
  const cells = reconciled.map(({ council, before, sentAgain, differing, asked }) => [
    council,
    ...[before, sentAgain, differing.length, asked].map(String),
  ]);
  out(`\n${tableText(['COUNCIL', 'DIFFERED', 'SENT AGAIN', 'DIFFER STILL', 'ASKED'], cells)}\n`);
  for (const problem of problems.slice(0, SHOWN)) out(`WRONG  ${problem}`);
  if (problems.length > SHOWN) out(`… and ${problems.length - SHOWN} more; --json has all`);
  out(
    problems.length === 0 ? 'Everything held.' : `${problems.length} problems. --seed ${seed} throws the same again.`,
  );
}

const countsText = (what: string, counts: Record<string, number>): string =>
  `${what}: ${Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')}`;
