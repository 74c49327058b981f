#!/usr/bin/env node
import { parseArgs } from 'node:util';
import type { Command, ExitCode, Terminal } from './commands/command.js';
import { terminalText } from './commands/terminal-text.js';
import { openContext } from './context.js';
import { Fault } from './fault.js';

/** In the order of the list. Loaded when it is asked for: most need a fraction of what the service needs. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./commands/demo.js')).demoCommand,
  serve: async () => (await import('./commands/serve.js')).serveCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  send: async () => (await import('./commands/send.js')).sendCommand,
  feeds: async () => (await import('./commands/feeds.js')).feedsCommand,
  messages: async () => (await import('./commands/messages.js')).messagesCommand,
  register: async () => (await import('./commands/register.js')).registerCommand,
  rules: async () => (await import('./commands/rules.js')).rulesCommand,
  charges: async () => (await import('./commands/charges.js')).chargesCommand,
  clocks: async () => (await import('./commands/clocks.js')).clocksCommand,
  record: async () => (await import('./commands/record.js')).recordCommand,
  evidence: async () => (await import('./commands/evidence.js')).evidenceCommand,
  verify: async () => (await import('./commands/verify.js')).verifyCommand,
  load: async () => (await import('./commands/load.js')).loadCommand,
  reconcile: async () => (await import('./commands/reconcile.js')).reconcileCommand,
  organisations: async () => (await import('./commands/organisations.js')).organisationsCommand,
  deliveries: async () => (await import('./commands/deliveries.js')).deliveriesCommand,
  deliver: async () => (await import('./commands/deliver.js')).deliverCommand,
  migrate: async () => (await import('./commands/migrate.js')).migrateCommand,
  bench: async () => (await import('./commands/bench.js')).benchCommand,
  simulate: async () => (await import('./commands/simulate.js')).simulateCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  replay: async () => (await import('./commands/replay.js')).replayCommand,
  refold: async () => (await import('./commands/refold.js')).refoldCommand,
  rebuild: async () => (await import('./commands/rebuild.js')).rebuildCommand,
};

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
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const asked = name === undefined || name === '--help' || name === 'help';
    if (!asked) terminal.err(`aftercare: there is no command ${name}`);
    (asked ? terminal.out : terminal.err)(await overview());
    return asked ? 0 : 2;
  }
  const command = await load();
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

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
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
