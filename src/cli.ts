#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { benchCommand } from './commands/bench.js';
import { chargesCommand } from './commands/charges.js';
import { clocksCommand } from './commands/clocks.js';
import type { Command, ExitCode, Terminal } from './commands/command.js';
import { deliverCommand } from './commands/deliver.js';
import { deliveriesCommand } from './commands/deliveries.js';
import { demoCommand } from './commands/demo.js';
import { doctorCommand } from './commands/doctor.js';
import { evidenceCommand } from './commands/evidence.js';
import { explainCommand } from './commands/explain.js';
import { feedsCommand } from './commands/feeds.js';
import { loadCommand } from './commands/load.js';
import { messagesCommand } from './commands/messages.js';
import { migrateCommand } from './commands/migrate.js';
import { organisationsCommand } from './commands/organisations.js';
import { rebuildCommand } from './commands/rebuild.js';
import { reconcileCommand } from './commands/reconcile.js';
import { recordCommand } from './commands/record.js';
import { refoldCommand } from './commands/refold.js';
import { registerCommand } from './commands/register.js';
import { replayCommand } from './commands/replay.js';
import { rulesCommand } from './commands/rules.js';
import { sendCommand } from './commands/send.js';
import { serveCommand } from './commands/serve.js';
import { simulateCommand } from './commands/simulate.js';
import { terminalText } from './commands/terminal-text.js';
import { verifyCommand } from './commands/verify.js';
import { openContext } from './context.js';
import { Fault } from './fault.js';

const COMMANDS: readonly Command[] = [
  demoCommand,
  serveCommand,
  explainCommand,
  sendCommand,
  feedsCommand,
  messagesCommand,
  registerCommand,
  rulesCommand,
  chargesCommand,
  clocksCommand,
  recordCommand,
  evidenceCommand,
  verifyCommand,
  loadCommand,
  reconcileCommand,
  organisationsCommand,
  deliveriesCommand,
  deliverCommand,
  migrateCommand,
  benchCommand,
  simulateCommand,
  doctorCommand,
  replayCommand,
  refoldCommand,
  rebuildCommand,
];

const terminal: Terminal = {
  out: (text) => process.stdout.write(`${terminalText(text)}\n`),
  err: (text) => process.stderr.write(`${terminalText(text)}\n`),
};

// Whoever reads may stop reading, as `head` does: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

async function run(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    const asked = name === undefined || name === '--help' || name === 'help';
    if (!asked) terminal.err(`aftercare: there is no command ${name}`);
    (asked ? terminal.out : terminal.err)(overview());
    return asked ? 0 : 2;
  }
  const options = { ...command.options, json: JSON_OPTION, help: HELP_OPTION };
  const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true });
  if (values.help) {
    terminal.out(helpOf(command));
    return 0;
  }
  if (command.optionsOnly && positionals.length > 0) {
    terminal.err(`aftercare ${command.name}: takes options only, not "${positionals.join(' ')}"; see --help`);
    return 2;
  }
  const context = openContext();
  try {
    return await command.run({ words: positionals, options: values }, terminal, context);
  } finally {
    await context.close();
  }
}

const JSON_OPTION = { type: 'boolean', says: 'answer as JSON on stdout' } as const;
const HELP_OPTION = { type: 'boolean', says: 'this text' } as const;

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const list = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
  return `aftercare COMMAND\n\n${list}\n\nEach has --help. Exit codes: 0 done, 1 the answer is no, 2 used wrongly or configured wrongly, 3 a needed system is out of reach.`;
}

function helpOf({ usage, summary, options, example }: Command): string {
  const rows = Object.entries({ ...options, json: JSON_OPTION, help: HELP_OPTION });
  const width = Math.max(...rows.map(([name]) => name.length));
  const list = rows.map(([name, { says }]) => `  --${name.padEnd(width)}  ${says}`).join('\n');
  return `${usage}\n\n${summary}\n\n${list}\n\nExample:\n  ${example}`;
}

/** Which exit code a fault means to the shell. */
function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof Fault)) return isArgumentError(error) ? 2 : 1;
  return error.code === 'system-unreachable' ? 3 : error.code === 'usage' || error.code === 'config-invalid' ? 2 : 1;
}

const isArgumentError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

run(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    terminal.err(`aftercare: ${error instanceof Error ? error.message : 'failed'}`);
    process.exitCode = exitCodeOf(error);
  },
);
