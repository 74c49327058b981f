/** What a command answers to the shell: 0 done, 1 the answer is "no", 2 used wrongly, 3 a needed system is out of reach. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Where a command prints. Answers go to `out`; progress, problems and logs to `err`. */
export type Terminal = { out(text: string): void; err(text: string): void };

export type CommandLine = {
  /** Words that are no options, in order. */
  words: string[];
  options: Record<string, string | boolean | string[] | undefined>;
};

/** One command of `aftercare`. Options are those of `util.parseArgs`; `--json` and `--help` are every command's. */
export type Command = {
  name: string;
  /** One line for the list. */
  summary: string;
  usage: string;
  example: string;
  options: Record<string, { type: 'string' | 'boolean'; multiple?: boolean; says: string }>;
  run(line: CommandLine, terminal: Terminal): Promise<ExitCode>;
};

export const textOption = (line: CommandLine, name: string): string | null => {
  const value = line.options[name];
  return typeof value === 'string' ? value : null;
};

export const isSet = (line: CommandLine, name: string): boolean => line.options[name] === true;
