import { bodiesFileKind } from '../flow/bodies-file.js';
import { importPostcodes, type PostcodesImported } from '../flow/import-postcodes.js';
import { type Command, type CommandLine, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { importBodiesFile } from './organisations-bodies.js';
import { decideAbout, listFound } from './organisations-changes.js';
import { applyChanges, planChanges } from './organisations-plan.js';
import { resolveCode } from './organisations-resolve.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const organisationsCommand: Command = {
  name: 'organisations',
  summary:
    'who a code meant on a day and who answers for it on another; imports national files; shows, then makes, a change of bodies',
  usage:
    'aftercare organisations resolve CODE [--on DATE] [--as-of DATE] [--json] | import FILE... [--json] | changes [--state STATE] [--json] | confirm ID... --because TEXT [--set COLUMN=VALUE] | refuse ID... --because TEXT | plan [--on DATE] [--people] [--json] | apply [--rate PEOPLE] [--most-due VERSIONS] [--json]',
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
    state: { type: 'string', says: 'changes: staged, confirmed, refused or applied; several separated by commas' },
    because: { type: 'string', says: 'confirm, refuse: why; it is kept with the decision' },
    set: { type: 'string', multiple: true, says: 'confirm: a cell that completes or corrects the row, COLUMN=VALUE' },
  },
  async run(line, terminal, context) {
    const [verb, ...about] = line.words;
    const { run, takes } = VERBS.get(verb ?? '') ?? NO_VERB;
    if (about.length < takes.least || about.length > takes.most) throw usageFault('organisations', SAY);
    return run(about, line, terminal, context);
  },
};

const SAY =
  'say "resolve" and one code, "import" and one or several files, "changes", "plan", "apply", or "confirm" or "refuse" and one or several ids';

type Verb = {
  takes: { least: number; most: number };
  run(about: string[], line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode>;
};

const ONE = { least: 1, most: 1 };
const SOME = { least: 1, most: Infinity };
const NONE = { least: 0, most: 0 };
const NO_VERB: Verb = { takes: { least: Infinity, most: 0 }, run: async () => 2 };

const VERBS: ReadonlyMap<string, Verb> = new Map(
  Object.entries<Verb>({
    resolve: { takes: ONE, run: ([code = ''], ...rest) => resolveCode(code, ...rest) },
    import: { takes: SOME, run: importFiles },
    changes: { takes: NONE, run: (_, ...rest) => listFound(...rest) },
    confirm: { takes: SOME, run: decideAbout('confirmed') },
    refuse: { takes: SOME, run: decideAbout('refused') },
    plan: { takes: NONE, run: (_, ...rest) => planChanges(...rest) },
    apply: { takes: NONE, run: (_, ...rest) => applyChanges(...rest) },
  }),
);

/** One after the other, each as a whole or not at all. With --json, the answers of several files are an array. */
async function importFiles(
  files: string[],
  line: CommandLine,
  terminal: Terminal,
  context: Context,
): Promise<ExitCode> {
  const [first = '', ...others] = files;
  if (others.length === 0) return importAny(first, line, terminal, context);
  const said: string[] = [];
  const asJson = isSet(line, 'json');
  let code: ExitCode = 0;
  for (const file of files) {
    (asJson ? terminal.err : terminal.out)(`${file}:`);
    const out = asJson ? (text: string) => void said.push(text) : terminal.out;
    const done = await importAny(file, line, { ...terminal, out }, context);
    if (done !== 0) code = done;
  }
  if (asJson) terminal.out(`[${said.join(',\n')}]`);
  return code;
}

/** By its beginning a file says what it is. */
async function importAny(file: string, line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const kind = await bodiesFileKind(file);
  return kind ? importBodiesFile({ file, kind }, line, terminal, context) : importFile(file, line, terminal, context);
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
