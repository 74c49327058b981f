import { importPostcodes, type PostcodesImported } from '../flow/import-postcodes.js';
import { type Command, type CommandLine, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { planChanges } from './organisations-plan.js';
import { resolveCode } from './organisations-resolve.js';
import { refoldCommand } from './refold.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const organisationsCommand: Command = {
  name: 'organisations',
  summary:
    'who a code meant on a day and who answers for it on another; imports national files; shows, then makes, a change of bodies',
  usage:
    'aftercare organisations resolve CODE [--on DATE] [--as-of DATE] | import FILE | plan [--on DATE] [--people] | apply [--rate PEOPLE] [--most-due VERSIONS]',
  example: 'aftercare organisations resolve 06T --on 2021-05-01 --as-of 2026-11-21',
  options: {
    on: {
      type: 'string',
      says: 'resolve: the day on which the code was written; plan: the day of the change (default: today)',
    },
    'as-of': { type: 'string', says: 'resolve: the day on which somebody answers for it (default: today)' },
    people: { type: 'boolean', says: 'plan: name everybody; that they were shown is recorded, as with --json' },
    rate: { type: 'string', says: 'apply: at most so many people a second (default: as fast as it goes)' },
    'most-due': { type: 'string', says: 'apply: wait while a council has more versions than this to take' },
  },
  async run(line, terminal, context) {
    const [verb = '', ...words] = line.words;
    const run = VERBS.get(verb);
    if (run === undefined) throw usageFault('organisations', `say one of: ${[...VERBS.keys()].join(', ')}`);
    return run(words, line, terminal, context);
  },
};

type Verb = (words: readonly string[], line: CommandLine, terminal: Terminal, context: Context) => Promise<ExitCode>;

/** A verb that is given one thing, and says which where it is given none or several. */
const about =
  (what: string, run: (about: string, ...rest: Rest) => ExitCode | Promise<ExitCode>): Verb =>
  async ([word, ...more], ...rest) => {
    if (word === undefined || more.length > 0) throw usageFault('organisations', `give ${what}`);
    return run(word, ...rest);
  };

const alone =
  (run: (...rest: Rest) => Promise<ExitCode>): Verb =>
  async (words, ...rest) => {
    if (words.length > 0)
      throw usageFault('organisations', `${words.join(' ')}: here nothing is asked for but options`);
    return run(...rest);
  };

type Rest = [line: CommandLine, terminal: Terminal, context: Context];

const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['resolve', about('one code', resolveCode)],
  ['import', about('one file', importFile)],
  ['plan', alone(planChanges)],
  ['apply', alone(applyChanges)],
]);

/** Folds everybody by the organisations of today; a change whose day is to come is made by the service on its day. */
function applyChanges(line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  return refoldCommand.run({ words: [], options: { ...line.options, apply: true } }, terminal, context);
}

async function importFile(file: string, line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const { pool } = await context.database();
  const done = await importPostcodes({ file, importedBy: context.operator, progress: progressOn(terminal) }, pool);
  if (isSet(line, 'json')) terminal.out(JSON.stringify(done, null, 2));
  else print(done, terminal);
  return done.refused.length === 0 ? 0 : 1;
}

const EVERY = 250_000;

function progressOn({ err }: Terminal): (read: number) => void {
  let next = EVERY;
  return (read) => {
    if (read < next) return;
    next = read - (read % EVERY) + EVERY;
    err(`${read} rows read`);
  };
}

const WHY = {
  cells: 'other cells than the header has columns',
  postcode: 'no postcode',
  county: 'a district, and not the county that has social services there',
  code: 'a code of no council',
} as const;

function print(done: PostcodesImported, { out }: Terminal): void {
  const { read, added, changed, same, leftOut, refused, month, monthBefore } = done;
  for (const { why, count, lines } of refused) {
    const which = `line${lines.length === 1 ? '' : 's'} ${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
    out(`refused: ${counted(count, 'row')} (${which}): ${WHY[why]}`);
  }
  out(
    `${counted(read, 'row')}${month === null ? '' : ` up to ${month}`}: ${added} new, ${changed} changed, ${same} as before; ` +
      `left out ${leftOut.outside} outside England and Wales and ${leftOut.nowhere} of which the file does not say where they lie.`,
  );
  if (month !== null && monthBefore !== null && month < monthBefore)
    out(
      `The file is older than the one imported before, which told of ${monthBefore}: import that one again if this was a mistake.`,
    );
  if (added + changed > 0)
    out('Who is in the register stays as folded: "aftercare refold" shows who would differ, and does it with --apply.');
}
