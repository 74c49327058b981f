import type { Command, CommandLine, Context, ExitCode, Terminal } from './command.js';
import { decideAbout, listFound, takeBack } from './organisations-changes.js';
import { importFiles } from './organisations-import.js';
import { applyChanges, planChanges } from './organisations-plan.js';
import { resolveCode } from './organisations-resolve.js';
import { usageFault } from './usage.js';

export const organisationsCommand: Command = {
  name: 'organisations',
  summary:
    'who a code meant on a day and who answers for it on another; imports national files; shows, then makes, a change of bodies',
  usage:
    'aftercare organisations resolve CODE [--on DATE] [--as-of DATE] [--json] | import FILE... [--json] | changes [--state STATE] [--json] | confirm ID... --because TEXT [--set COLUMN=VALUE] | refuse ID... --because TEXT | withdraw ID... --because TEXT | plan [--on DATE] [--people] [--json] | apply [--rate PEOPLE] [--most-due VERSIONS] [--json]',
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
    because: { type: 'string', says: 'confirm, refuse, withdraw: why; it is kept with the decision' },
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
  'say "resolve" and one code, "import" and one or several files, "changes", "plan", "apply", or "confirm", "refuse" or "withdraw" and one or several ids';

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
    withdraw: { takes: SOME, run: takeBack },
    plan: { takes: NONE, run: (_, ...rest) => planChanges(...rest) },
    apply: { takes: NONE, run: (_, ...rest) => applyChanges(...rest) },
  }),
);
