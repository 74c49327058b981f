import { importPostcodes, type PostcodesImported } from '../flow/import-postcodes.js';
import { type Command, type CommandLine, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { resolveCode } from './organisations-resolve.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const organisationsCommand: Command = {
  name: 'organisations',
  summary: 'who a code meant on a day and who answers for it on another; imports the national postcode file',
  usage: 'aftercare organisations resolve CODE [--on DATE] [--as-of DATE] [--json] | import FILE [--json]',
  example: 'aftercare organisations resolve 06T --on 2021-05-01 --as-of 2026-11-21',
  options: {
    on: { type: 'string', says: 'the day on which the code was written (default: today)' },
    'as-of': { type: 'string', says: 'the day on which somebody answers for it (default: today)' },
  },
  async run(line, terminal, context) {
    const [verb, about, ...more] = line.words;
    const run = VERBS[verb as keyof typeof VERBS];
    if (run === undefined || about === undefined || more.length > 0)
      throw usageFault('organisations', 'say "resolve" and one code, or "import" and one file');
    return run(about, line, terminal, context);
  },
};

const VERBS = { resolve: resolveCode, import: importFile };

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
