import { styleText } from 'node:util';
import { demonstrate, type Outcome, type Say } from '../demo/demonstration.js';
import { type Installation, install, type Undo } from '../demo/installation.js';
import { interruption } from '../demo/interruption.js';
import { rehearseTransitions } from '../demo/transition.js';
import { installRehearsal } from '../demo/transition-installation.js';
import { registerRow } from '../flow/explain.js';
import { type Command, type Context, isSet, type Terminal } from './command.js';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'an invented trust and two invented councils, from messages to confirmed',
  usage: 'aftercare demo [--once] [--transition] [--json]',
  example: 'aftercare demo --once',
  optionsOnly: true,
  options: {
    once: { type: 'boolean', says: 'end by itself: 0 when every delivery is confirmed, 1 otherwise' },
    transition: {
      type: 'boolean',
      says: 'instead, the changes of bodies in 2022, 2023 and 2026; ends by itself: 0 when nobody fell out of the register',
    },
  },
  async run(line, terminal, context) {
    const json = isSet(line, 'json');
    const say = json ? speaker(terminal.err, process.stderr) : speaker(terminal.out, process.stdout);
    const undo: (() => Promise<unknown>)[] = [];
    const interrupted = interruption();
    try {
      if (isSet(line, 'transition'))
        return await rehearse(
          { say, json: json ? terminal.out : null },
          context,
          (end) => void undo.push(end),
          interrupted.signal,
        );
      introduce(say);
      const installation = await install(context, (end) => void undo.push(end));
      describe(installation, say);
      const outcome = await demonstrate(installation, say, interrupted.signal);
      conclude(outcome, say);
      if (json) terminal.out(JSON.stringify(asJson(outcome), null, 2));
      if (!isSet(line, 'once')) {
        invite(installation, say);
        await interrupted.happened;
      }
      return outcome.differences.length === 0 ? 0 : 1;
    } catch (error) {
      if (!interrupted.signal.aborted) throw error;
      return 1;
    } finally {
      if (interrupted.signal.aborted) terminal.err('\nending: everything that was started is stopped and removed');
      await undoAll(undo);
      interrupted.forget();
    }
  },
};

type Rehearsing = { say: Say; json: Terminal['out'] | null };

/** The changes of bodies, with an invented person of each CCG. */
async function rehearse({ say, json }: Rehearsing, context: Context, undo: Undo, signal: AbortSignal): Promise<0 | 1> {
  say.title('Aftercare Bridge: bodies across time');
  say.line('Everybody here is invented; the bodies and the days are real. The clock is set to each day in turn.');
  const own = await installRehearsal(context, undo);
  const { pool } = await own.database();
  const { plans, register, differences } = await rehearseTransitions({
    ...{ pool, tables: own.tables(null), log: own.log(), say, signal },
  });
  say.title(differences.length === 0 ? 'Nobody fell out of the register.' : 'Not as it should be');
  for (const difference of differences) say.line(`  ${difference}`);
  json?.(JSON.stringify({ differences, plans, register: register.map(registerRow) }, null, 2));
  return differences.length === 0 ? 0 : 1;
}

const asJson = ({ differences, register, councils }: Outcome) => ({
  confirmed: differences.length === 0,
  differences,
  register: register.map(registerRow),
  councils,
});

/** The last first, and each although another has failed: nothing may be left running. */
async function undoAll(undo: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of undo.toReversed()) await end().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** `styleText` leaves the text plain where the stream is no terminal, or where colour is not wanted. */
const speaker = (print: (text: string) => void, stream: NodeJS.WriteStream): Say => ({
  line: print,
  title: (text) => print(`\n${styleText('bold', text, { stream })}`),
});

function introduce({ line, title }: Say): void {
  title('Aftercare Bridge: a demonstration');
  line('People detained under certain sections of the Mental Health Act are owed aftercare once they leave');
  line('hospital (section 117). This listens to what a hospital sends, keeps the register of who is owed what');
  line('by whom, and tells each council until it has confirmed.');
  line('Every person, council and message here is invented; the organisation codes are real ones, borrowed.');
  line('Starting a database, the service and a council ...');
}

function describe({ northmoor, eastmere, httpPort, mllpPort }: Installation, { line, title }: Say): void {
  title('Running');
  line(`  the service        HL7 v2 at mllp://127.0.0.1:${mllpPort} and http://127.0.0.1:${httpPort}/hl7`);
  line(`  ${northmoor.name}  ${northmoor.gss}, a FHIR server at ${northmoor.url}`);
  line(`  ${eastmere.name}   ${eastmere.gss}, a FHIR server at ${eastmere.url}, which is down`);
}

function conclude({ differences }: Outcome, { line, title }: Say): void {
  if (differences.length === 0) {
    title('Every notice is confirmed.');
    line('Each council holds one active Flag for everybody to whom it owes aftercare, and no other.');
    return;
  }
  title('Not as it should be');
  for (const difference of differences) line(`  ${difference}`);
}

function invite({ httpPort, mllpPort }: Installation, { line, title }: Say): void {
  title(`The console is open at http://127.0.0.1:${httpPort}/console`);
  line(`Send a message of your own: npx aftercare send FILE --to mllp://127.0.0.1:${mllpPort}`);
  line('Ctrl-C ends it and removes everything.');
}
