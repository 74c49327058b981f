import { interruption } from '../demo/interruption.js';
import { applyStaged, type Planned, planned } from '../flow/organisation-changes.js';
import { planTransition, type TransitionPlan } from '../flow/transition.js';
import type { Moving } from '../flow/transition-move.js';
import { londonDay } from '../register/day.js';
import { type CommandLine, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { everySecond, jsonPeople, recordLooks } from './many-people.js';
import { askedDayOption } from './options.js';
import { changeText } from './organisations-changes.js';
import { howOf, refoldEverybody } from './refold.js';
import { printMoving, printPlan } from './transition-text.js';
import { usageFault } from './usage.js';

/** Who gets another body by a day, from whom and on what ground, and what each body would be sent. Changes nothing. */
export async function planChanges(line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const { site, directory: loaded } = context.tables(null);
  const today = londonDay(new Date().toISOString());
  const on = askedDayOption(line, 'on') ?? today;
  if (on < today) throw usageFault('--on', 'what is past is in the register: give today or a day to come');
  const { pool, url: databaseUrl } = await context.database();
  const { directory, ready, waiting } = await planned(loaded, pool);
  const bodies = { changes: ready, waiting };
  const print = isSet(line, 'json')
    ? jsonPrinter({ on, bodies }, terminal)
    : textPrinter({ ...bodies, isNaming: isSet(line, 'people') }, terminal);
  const interrupted = interruption();
  try {
    print.begin();
    const plan = await planTransition(
      {
        on,
        everybody: ready.length > 0,
        stop: interrupted.signal,
        async moving(people) {
          if (print.isNaming) await recordLooks(people, 'transition', context);
          for (const person of people) print.person(person);
        },
        progress: everySecond((done, of) => terminal.err(`${done} of ${of} people`)),
      },
      {
        ...{ pool, site, directory, now: () => new Date(), today: () => today, log: context.log() },
        beside: { databaseUrl, logLevel: context.logLevel() },
      },
    );
    print.end(plan);
    return plan.moving + plan.failed + ready.length > 0 ? 1 : 0;
  } catch (error) {
    print.brokenOff();
    throw error;
  } finally {
    interrupted.forget();
  }
}

/** What is staged and confirmed counts in every process from now on; then whoever it concerns is folded. */
export async function applyChanges(line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  howOf(line); // what was used wrongly must not count
  const { directory } = context.tables(null);
  const { pool } = await context.database();
  const { ready, waiting } = await applyStaged({ shipped: directory.shipped ?? directory, by: context.operator }, pool);
  const bodies = { changes: ready, waiting };
  if (!isSet(line, 'json')) printBodies(bodies, terminal.out);
  const applying = { words: [], options: { ...line.options, apply: true } };
  const code = await refoldEverybody(applying, { terminal, head: { bodies } }, context);
  return code === 0 && waiting.length > 0 ? 1 : code;
}

type Bodies = Pick<Planned, 'waiting'> & { changes: Planned['ready'] };

/** Which changes of bodies count with this, and which have to wait. */
function printBodies({ changes, waiting }: Bodies, out: Terminal['out']): void {
  for (const change of changes) out(`${change.id}  counts: ${changeText(change)}`);
  for (const { change, why } of waiting) out(`${change.id}  waits: ${changeText(change)}: ${why.join('; ')}`);
  if (changes.length + waiting.length > 0) out('');
}

const textPrinter = ({ isNaming, ...bodies }: Bodies & { isNaming: boolean }, { out }: Terminal) => ({
  isNaming,
  begin: () => printBodies(bodies, out),
  person: (person: Moving) => {
    if (isNaming) printMoving(person, out);
  },
  end: (plan: TransitionPlan) => printPlan(plan, { isNaming }, out),
  brokenOff: () => undefined, // it goes to stderr, with every fault
});

/** Keys mean nothing outside; a person is known by the NHS number, or the sender's own. */
function jsonPrinter(head: { on: string; bodies: Bodies }, { out }: Terminal) {
  const people = jsonPeople(out);
  return {
    isNaming: true,
    begin: () => people.begin(head),
    person: ({ personKey: _, ...person }: Moving) => people.person(person),
    end: (plan: TransitionPlan) => people.end(plan),
    brokenOff: () => people.end({ interrupted: true }),
  };
}
