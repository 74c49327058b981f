import { Fault } from '../fault.js';
import { examine, type Systems } from '../flow/doctor.js';
import { type Finding, findingsOf } from '../flow/finding.js';
import { type Command, type Context, type ExitCode, isSet, type Terminal } from './command.js';
import { counted, tableText } from './table.js';

export const doctorCommand: Command = {
  name: 'doctor',
  summary:
    "checks configuration, database, queue, certificates, every council's address and what runs, and says what to do",
  usage: 'aftercare doctor [--json]',
  example: 'aftercare doctor',
  optionsOnly: true,
  options: {},
  async run(line, terminal, context) {
    const findings = await findingsIn(context);
    if (isSet(line, 'json')) terminal.out(JSON.stringify(findings, null, 2));
    else print(findings, terminal);
    return exitCodeOf(findings);
  },
};

const CONFIGURATION = 'configuration';

/** What stands above the problems of a configuration fault, one a line. */
const HEADING = /^cannot be used$|:$/;

/** The configuration first: where it is wrong, what else is needed cannot be known. */
async function findingsIn(context: Context): Promise<Finding[]> {
  const configuration = findingsOf(CONFIGURATION);
  try {
    const systems: Systems = context.systems();
    const { site, directory } = context.tables(null);
    const ok = configuration.ok(`every value can be used; the site is ${site.name}`);
    return [
      ok,
      ...(await examine(systems, { site, directory, mappingsFolder: context.mappingsFolder, now: () => new Date() })),
    ];
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'config-invalid') throw error;
    const { where, text, next } = error.detail;
    const problems = text.split('\n').filter((problem) => !HEADING.test(problem));
    return [
      ...problems.map((problem) => configuration.wrong(problem, next)),
      findingsOf('everything else').unchecked(`the ${where} must be right first`),
    ];
  }
}

/** What the shell is told: the gravest of what was found. */
function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const bad = findings.filter(({ state }) => state === 'wrong' || state === 'out-of-reach');
  if (bad.some(({ part }) => part === CONFIGURATION)) return 2;
  if (bad.some(({ state }) => state === 'out-of-reach')) return 3;
  return bad.length === 0 ? 0 : 1;
}

const STATES = {
  ok: 'ok',
  wrong: 'WRONG',
  'out-of-reach': 'OUT OF REACH',
  'for-a-person': 'for a person',
  unchecked: 'cannot be checked',
};

function print(findings: readonly Finding[], { out }: Terminal): void {
  const rows = findings.flatMap(({ part, state, text, next }) => [
    [STATES[state], part, text],
    ...(next === null ? [] : [['', '', `→ ${next}`]]),
  ]);
  out(tableText(['', '', ''], rows).replace(/^\n/, ''));
  const bad = findings.filter(({ state }) => state === 'wrong' || state === 'out-of-reach').length;
  if (bad > 0) out(`${counted(bad, 'thing')} to mend.`);
  else out(findings.every(({ state }) => state === 'ok') ? 'All is well.' : 'Nothing to mend, as far as can be seen.');
}
