import { type CheckedExample, type CheckedFeed, checkFeeds, feedNamesIn, keepFound } from '../flow/feeds.js';
import { type Command, type ExitCode, isSet, type Terminal } from './command.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const feedsCommand: Command = {
  name: 'feeds',
  summary: 'checks the feed definitions and runs the examples kept beside them',
  usage: 'aftercare feeds check [FEED] [--keep] [--json]',
  example: 'aftercare feeds check zmh',
  options: {
    keep: {
      type: 'boolean',
      says: 'write what was found in new examples beside them, for somebody to read and give a story',
    },
  },
  async run(line, terminal, { mappingsFolder }) {
    const [verb, name, ...more] = line.words;
    if (verb !== 'check' || more.length > 0) throw usageFault('feeds', 'say "feeds check", and one feed or none');
    const known = feedNamesIn(mappingsFolder);
    if (name !== undefined && !known.includes(name)) throw usageFault('feeds', `there are ${known.join(', ')}`);

    const checked = checkFeeds(mappingsFolder, name === undefined ? known : [name]);
    const kept = isSet(line, 'keep') ? checked.flatMap((feed) => keepFound(mappingsFolder, feed)) : [];
    for (const file of kept) terminal.err(`${file}: read it against the message, then write its story`);
    if (isSet(line, 'json')) terminal.out(JSON.stringify(checked, null, 2));
    else for (const feed of checked) printFeed(feed, terminal);
    return exitCodeOf(checked);
  },
};

function exitCodeOf(checked: readonly CheckedFeed[]): ExitCode {
  if (checked.some(({ mistakes }) => mistakes.length > 0)) return 2;
  return checked.some(({ examples }) => examples.some(({ differs }) => differs !== null)) ? 1 : 0;
}

function printFeed({ feed, mistakes, examples, untried, silent }: CheckedFeed, { out }: Terminal): void {
  if (mistakes.length > 0) {
    out(`${feed}: the definition or its examples cannot be used`);
    for (const mistake of mistakes) out(`  ${mistake}`);
    return;
  }
  const wrong = examples.filter(({ differs }) => differs !== null);
  out(
    `${feed}: ${counted(examples.length, 'example')}, ${wrong.length === 0 ? 'all as expected' : `${wrong.length} not as expected`}`,
  );
  for (const example of wrong) printExample(example, out);
  if (untried.length > 0) out(`  no example shows ${untried.join(', ')}`);
  if (silent.length > 0 && examples.length > 0) out(`  no example holds anything at ${silent.join(', ')}`);
}

function printExample({ name, differs, found }: CheckedExample, out: Terminal['out']): void {
  out(`  ${name}`);
  if (found) {
    out(
      `    nobody has said what this message means. Found, to be reviewed and kept (--keep) as ${name}.facts.json with a story:`,
    );
    out(JSON.stringify(found, null, 2).replace(/^/gm, '      '));
  }
  for (const { at, expected, found: instead } of differs ?? []) {
    out(`    ${at}: expected ${textOf(expected)}, found ${textOf(instead)}`);
  }
}

const textOf = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
