import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Command, Context, ExitCode } from '../../src/commands/command.js';
import { createLog } from '../../src/log.js';
import { siteFromObject } from '../../src/site.js';
import { MAPPINGS, type Tables, tablesFor } from '../../src/tables.js';
import type { TestDatabase } from '../support/postgres.js';

export type Said = { code: ExitCode; out: string; err: string };

const site = siteFromObject({
  name: 'Test partnership',
  senders: [{ ods: 'RXT', name: 'A trust', feed: 'zmh' }],
  councils: [{ gss: 'E08000025', destination: { kind: 'fhir', url: 'http://127.0.0.1:1/fhir' } }, { gss: 'E08000029' }],
  icbs: [{ ods: 'QHL' }],
});
if (site.kind === 'problems') throw new Error(site.problems.join('\n'));

export const tables: Tables = tablesFor(site.site);

/** Runs a command as the shell would, words and options as they are typed. A Fault is thrown, as to the shell's `cli`. */
export async function run(command: Command, args: readonly string[], context: Context): Promise<Said> {
  const options = { ...command.options, json: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const said = { out: [] as string[], err: [] as string[] };
  const terminal = { out: (text: string) => void said.out.push(text), err: (text: string) => void said.err.push(text) };
  const code = await command.run({ words: positionals, options: values }, terminal, context);
  return { code, out: said.out.join('\n'), err: said.err.join('\n') };
}

const notHere = () => {
  throw new Error('this command needs none of this');
};

/** An installation with the given database, or with none. */
export const contextOf = (database: TestDatabase | null, over: Partial<Context> = {}): Context =>
  ({
    operator: 'an.engineer',
    mappingsFolder: MAPPINGS,
    tables: () => tables,
    database: database
      ? async () => ({ pool: database.pool, url: database.url, embedded: false, close: async () => undefined })
      : notHere,
    databaseThere: async () =>
      database ? { pool: database.pool, url: database.url, embedded: false, close: async () => undefined } : null,
    systems: notHere,
    log: () => createLog('silent'),
    logLevel: () => 'silent',
    start: notHere,
    elsewhere: notHere,
    ...over,
  }) satisfies Context;

export const example = (name: string): string =>
  fileURLToPath(new URL(`../../mappings/feeds/zmh/examples/${name}.hl7`, import.meta.url));
