import type { Systems } from '../flow/doctor.js';
import type { Log, LogLevel } from '../log.js';
import type { SiteUse } from '../site-file.js';
import type { Database } from '../store/database.js';
import type { Tables } from '../tables.js';

/** What a command answers to the shell: 0 done, 1 the answer is "no", 2 used wrongly, 3 a needed system is out of reach. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Where a command prints. Answers go to `out`; progress, problems and logs to `err`. */
export type Terminal = { out(text: string): void; err(text: string): void };

export type CommandLine = {
  /** Words that are no options, in order. */
  words: string[];
  options: Record<string, string | boolean | string[] | undefined>;
};

/** What a command may need of the installation. Only `cli.ts` knows the environment. */
export type Context = {
  /** Who runs the command, for the record of who looked at whom. */
  operator: string;
  /** Where feeds, their examples and code tables are. */
  mappingsFolder: string;
  /** Code tables, feeds, organisations and the site: of `siteFile`, or of the environment. */
  tables(siteFile: string | null, use?: SiteUse): Tables;
  /** Where the environment says that the systems are. Throws Fault `config-invalid` with a line for every wrong value. */
  systems(): Systems;
  /** The database with its schema up to date; opened once and closed after the command. */
  database(): Promise<Database>;
  /** The same where there is one already; null: this installation has none, and none is made. */
  databaseThere(): Promise<Database | null>;
  log(): Log;
  /** For a thread, which has a log of its own. */
  logLevel(): LogLevel;
  /** Starts the service in this process. */
  start(roles: readonly Role[]): Promise<Service>;
  /** Another installation, which `settings`, named as in the environment, describe alone: the environment is not read. */
  elsewhere(settings: Readonly<Record<string, string>>): OpenContext;
};

/** What it opened is closed by `close`. */
export type OpenContext = Context & { close(): Promise<void> };

/** `listen` takes messages, `work` turns them into the register and deliveries, `console` is for people. */
export const ROLES = ['listen', 'work', 'console'] as const;
export type Role = (typeof ROLES)[number];

/** A running service. Ports are those that were taken; null where the role does not run here. */
export type Service = Ports & { close(): Promise<void> };
export type Ports = Record<'httpPort' | 'httpsPort' | 'mllpPort' | 'mllpTlsPort', number | null>;

/** One command of `aftercare`. Options are those of `util.parseArgs`; `--json` and `--help` are every command's. */
export type Command = {
  name: string;
  /** One line for the list. */
  summary: string;
  usage: string;
  example: string;
  /** It takes options only: a word beside them is a mistake. */
  optionsOnly?: true;
  options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean; says: string }>;
  run(line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode>;
};

export const textOption = (line: CommandLine, name: string): string | null => {
  const value = line.options[name];
  return typeof value === 'string' ? value : null;
};

export const isSet = (line: CommandLine, name: string): boolean => line.options[name] === true;
