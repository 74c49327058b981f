import { interruption } from '../demo/interruption.js';
import { Fault } from '../fault.js';
import { type Refolded, refold } from '../flow/refold.js';
import type { ChangedEntry } from '../flow/refold-difference.js';
import { londonDay } from '../register/day.js';
import {
  type Command,
  type CommandLine,
  type Context,
  type ExitCode,
  isSet,
  type Terminal,
  textOption,
} from './command.js';
import { everySecond, jsonPeople, recordLooks } from './many-people.js';
import { countOption } from './options.js';
import { printPerson, printRefolded } from './refold-text.js';

const MOST_DUE = 1_000;

export const refoldCommand: Command = {
  name: 'refold',
  summary:
    "folds everybody by today's rules, policies and organisations; without --apply only shows who would differ, and who would be sent what",
  usage: 'aftercare refold [--apply] [--people] [--rate PEOPLE] [--most-due VERSIONS] [--json]',
  example: 'aftercare refold --apply --rate 200',
  optionsOnly: true,
  options: {
    apply: { type: 'boolean', says: 'do it: the register changes, and the councils are sent what differs' },
    people: { type: 'boolean', says: 'name everybody who differs; that they were shown is recorded, as with --json' },
    rate: { type: 'string', says: 'at most so many people a second (default: as fast as it goes)' },
    'most-due': {
      type: 'string',
      says: `wait while a council has more versions than this to take (default ${MOST_DUE})`,
    },
  },
  run: (line, terminal, context) => refoldEverybody(line, { terminal, head: {} }, context),
};

/** `head`: what a document for machines says before it names people. */
export async function refoldEverybody(
  line: CommandLine,
  { terminal, head }: { terminal: Terminal; head: Record<string, unknown> },
  context: Context,
): Promise<ExitCode> {
  const how = howOf(line);
  const { site, directory } = context.tables(null);
  const { pool } = await context.database();
  const now = () => new Date();
  const deps = { pool, site, directory, now, today: () => londonDay(now().toISOString()), log: context.log() };
  const print = printer(line, { terminal, head });
  const interrupted = interruption();
  try {
    print.begin();
    const progress = everySecond((done, of) => terminal.err(`${done} of ${of} people`));
    const done = await refold(
      {
        ...how,
        stop: interrupted.signal,
        async differ(people) {
          if (print.isNaming) await recordLooks(people, 'refold', context);
          for (const person of people) print.person(person);
        },
        progress,
        waits: (body, due) =>
          terminal.err(`${body} has ${due} versions to take: waiting until it has taken half of --most-due`),
      },
      deps,
    );
    print.end(done);
    return codeOf(done, how.apply);
  } catch (error) {
    print.brokenOff(error instanceof Fault ? error.message : 'failed');
    throw error;
  } finally {
    interrupted.forget();
  }
}

/** How fast it may go. Throws Fault `usage` for what cannot be. */
export function howOf(line: CommandLine) {
  const most = { most: 1_000_000 };
  return {
    apply: isSet(line, 'apply'),
    perSecond: textOption(line, 'rate') === null ? null : countOption(line, 'rate', { otherwise: 1, ...most }),
    mostDue: countOption(line, 'most-due', { otherwise: MOST_DUE, ...most }),
  };
}

/** Is everybody folded by today's rules? What was broken off, or could not be folded, is left. */
const codeOf = ({ others, left, failed }: Refolded, applied: boolean) =>
  (applied ? left === 0 && failed === 0 : others.length === 0) ? 0 : 1;

/** People are printed as they come: they may be more than the memory holds. */
function printer(line: CommandLine, { terminal, head }: { terminal: Terminal; head: Record<string, unknown> }) {
  const applied = isSet(line, 'apply');
  if (isSet(line, 'json')) return jsonPrinter(terminal, { applied, ...head });
  const isNaming = isSet(line, 'people');
  return {
    isNaming,
    begin: () => undefined,
    person: (person: ChangedEntry) => {
      if (isNaming) printPerson(person, terminal.out);
    },
    end: (done: Refolded) => printRefolded(done, { applied, isNaming }, terminal.out),
    brokenOff: (_reason: string) => undefined, // it goes to stderr, with every fault
  };
}

/** Keys mean nothing outside; a person is known by the NHS number, or the sender's own. */
function jsonPrinter({ out }: Terminal, head: Record<string, unknown>) {
  const people = jsonPeople(out);
  return {
    isNaming: true,
    begin: () => people.begin(head),
    person: ({ personKey: _, ...person }: ChangedEntry) => people.person(person),
    end: ({ alike: _, unlike: __, ...sums }: Refolded) => people.end(sums),
    /** What was begun says that it is not everything. */
    brokenOff: (reason: string) => people.end({ interrupted: true, reason }),
  };
}
