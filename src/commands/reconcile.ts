import { join } from 'node:path';
import { wording } from '../console/wording.js';
import { interruption } from '../demo/interruption.js';
import { firstRegister } from '../flow/first-register.js';
import { type ReconcileCounts, type ReconcileHow, reconcile } from '../flow/reconcile.js';
import type { Judged, Reconciling } from '../flow/reconcile-person.js';
import { hasTwoSystems, registerFromFhir } from '../flow/register-fhir.js';
import type { Refusal, RegisterRows } from '../flow/register-rows.js';
import { registerSheet } from '../flow/register-sheet.js';
import type { Directory } from '../organisations/directory.js';
import { londonDay } from '../register/day.js';
import type { DifferenceKind } from '../register/register-comparison.js';
import type { Tables } from '../tables.js';
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
import { askedDayOption, countOption } from './options.js';
import { counted, tableText } from './table.js';
import { usageFault } from './usage.js';

export const reconcileCommand: Command = {
  name: 'reconcile',
  summary: "holds a council's or an ICB's own register against this one, and says every difference",
  usage:
    'aftercare reconcile --council CODE [--from FILE [--with MAPPING] [--on DATE]] [--rate REQUESTS] [--apply] [--people] [--json] | --council CODE --first-register OUT [--json]',
  example: 'aftercare reconcile --council E08000025 --from register.csv --with mappings/load/register.yaml',
  options: {
    council: { type: 'string', says: 'whose register it is: the GSS code of a council, or the ODS code of an ICB' },
    from: { type: 'string', says: 'the register, saved as CSV (default: its FHIR server, by the site file)' },
    with: { type: 'string', says: 'what its columns mean (docs/reconcile.md; default: mappings/load/register.yaml)' },
    on: { type: 'string', says: 'the day on which the register said so (default: today)' },
    rate: { type: 'string', says: 'of a FHIR server: at most so many requests a minute (default 60)' },
    apply: {
      type: 'boolean',
      says: 'sends again what is missing or behind there, and records what else differs, so that it is asked',
    },
    'first-register': {
      type: 'string',
      says: 'for a body that has no register yet: a new file with everybody who is its own',
    },
    people: { type: 'boolean', says: 'names everybody who differs; that they were shown is recorded, as with --json' },
  },
  async run(line, terminal, context) {
    const code = textOption(line, 'council');
    if (code === null || line.words.length > 0)
      throw usageFault('reconcile', 'say whose register it is with --council CODE');
    const tables = context.tables(null);
    const today = londonDay(new Date().toISOString());
    const asOf = askedDayOption(line, 'on') ?? today;
    if (asOf > today) throw usageFault('--on', 'is a day still to come');
    const body = bodyOf(code, asOf, tables.directory);
    const out = textOption(line, 'first-register');
    if (out !== null) return writeFirst(out, { body, tables, line }, terminal, context);
    const interrupted = interruption();
    const register = await registerOf({ body, line, tables, stop: interrupted.signal, context });
    const apply = isSet(line, 'apply');
    const head = { council: body.code, on: asOf, from: register.source, applied: apply };
    const print = isSet(line, 'json')
      ? jsonPrinter(head, terminal)
      : textPrinter({ apply, isNaming: isSet(line, 'people') }, terminal);
    const how: ReconcileHow = {
      body,
      register,
      apply,
      by: context.operator,
      role: 'engineer',
      stop: interrupted.signal,
      async differing(people: readonly Judged[]) {
        if (print.isNaming) await recordLooks(people.filter(isKnown), 'reconcile', context);
        if (print.isNaming) for (const person of people) print.person(person);
      },
      progress: everySecond((done: number) => terminal.err(`${done} rows read`)),
    };
    const { pool } = await context.database();
    print.begin();
    try {
      const now = () => new Date();
      const counts = await reconcile(how, { pool, ...tables, now, today: () => today, log: context.log() });
      print.end(counts, register.refusals ?? []);
      return counts.differing + counts.refused === 0 ? 0 : 1;
    } catch (error) {
      print.brokenOff();
      if (!interrupted.signal.aborted) throw error;
      terminal.err('Broken off. The same command goes on with a server within the hour, and begins a file anew.');
      return 1;
    } finally {
      interrupted.forget();
    }
  },
};

async function writeFirst(
  to: string,
  { body, tables: { site }, line }: Pick<Reading, 'body' | 'tables' | 'line'>,
  { out, err }: Terminal,
  context: Context,
): Promise<ExitCode> {
  const { pool } = await context.database();
  const looker = { who: context.operator, role: 'engineer', reason: 'first-register' } as const;
  const { people, withoutNumber } = await firstRegister({ to, body, looker }, { pool, site });
  err(`${to} holds patient data: hand it over by a way that is safe, and delete it.`);
  if (isSet(line, 'json')) out(JSON.stringify({ council: body.code, people, withoutNumber }));
  else {
    out(`${to}: ${counted(people, 'person')}.`);
    if (withoutNumber > 0) out(`${counted(withoutNumber, 'person')} left out: their NHS number is not known yet.`);
  }
  return 0;
}

const isKnown = (person: Judged): person is Judged & { personKey: string } => person.personKey !== null;

type Reading = {
  body: Reconciling;
  line: CommandLine;
  tables: Tables;
  stop: AbortSignal;
  context: Context;
};

async function registerOf({ body, line, tables, stop, context }: Reading): Promise<RegisterRows> {
  const file = textOption(line, 'from');
  const isOther = (file === null ? ['with', 'on'] : ['rate']).find((name) => textOption(line, name) !== null);
  if (isOther !== undefined)
    throw usageFault(`--${isOther}`, 'is of the other way: a spreadsheet with --from FILE, or a FHIR server without');
  if (file !== null) {
    const mappingFile = textOption(line, 'with') ?? join(context.mappingsFolder, 'load', 'register.yaml');
    return registerSheet({ file, mappingFile }, body, tables);
  }
  const requestsPerMinute = countOption(line, 'rate', { otherwise: 60, most: 60_000 });
  const register = registerFromFhir({ requestsPerMinute, stop }, body, tables);
  if (register !== null) return register;
  throw usageFault(
    `--council ${body.code}`,
    hasTwoSystems(tables.site, body.code)
      ? 'has a system of its own for children: give the register of both with --from FILE'
      : 'has no FHIR server in the site file: give its register with --from FILE',
  );
}

/** @throws Fault `usage` for a code that is no body's on that day. */
function bodyOf(written: string, asOf: string, directory: Directory): Reconciling {
  const council = directory.council(written, asOf, asOf);
  if (council.kind === 'found') {
    const { code } = council.body;
    return { side: 'council', code, keys: [code, `${code}-children`], asOf };
  }
  const icb = directory.commissioner(written, asOf, asOf);
  if (icb.kind === 'found') return { side: 'icb', code: icb.body.code, keys: [icb.body.code], asOf };
  throw usageFault(`--council ${written}`, 'is the code of no one council or ICB that there is on that day');
}

function textPrinter({ apply, isNaming }: { apply: boolean; isNaming: boolean }, { out }: Terminal) {
  return {
    isNaming,
    begin: () => undefined,
    brokenOff: () => undefined,
    person({ nhsNumber, differences }: Judged): void {
      out(`person ${nhsNumber ?? 'without NHS number'}`);
      for (const { kind, here, there, caseId } of differences)
        out(`  ${wording.difference(kind)}: ${there} there${caseId === null ? '' : ` (case ${caseId})`}, ${here} here`);
    },
    end(counts: ReconcileCounts, refusals: readonly Refusal[]): void {
      const { rows, refused, same, differing, oldCodes, sendAgain, asked } = counts;
      const found = Object.entries(counts.kinds).filter(([, count]) => count > 0) as [DifferenceKind, number][];
      if (found.length > 0)
        out(
          `\n${tableText(
            ['PEOPLE', 'KIND', 'WHAT'],
            found.map(([kind, count]) => [String(count), kind, wording.difference(kind)]),
          )}\n`,
        );
      for (const { line, column, what, next } of refusals.slice(0, SHOWN))
        out(`line ${line}${column === null ? '' : `, ${column}`}: ${what} — ${next}`);
      if (refusals.length > SHOWN) out('… and more; --json lists the first 1,000');
      out(
        `${counted(rows, 'row')}: ${counted(same, 'person')} the same, ${differing} differing; ${refused} rows refused.`,
      );
      if (oldCodes > 0) out(`${oldCodes} codes are old ones of the same body: no difference.`);
      out(
        apply
          ? `${sendAgain} are sent again what is missing or behind there; of ${asked} it is asked who is right.`
          : `Nothing was changed. --apply sends again what ${sendAgain} lack there, and asks about ${asked}.`,
      );
      if (differing > 0 && !isNaming) out('--people names everybody.');
    },
  };
}

const SHOWN = 50;

function jsonPrinter(head: Record<string, unknown>, { out }: Terminal) {
  const people = jsonPeople(out);
  return {
    isNaming: true,
    begin: () => people.begin(head),
    person: ({ nhsNumber, differences, sendAgain, record, isUnsaid }: Judged) =>
      people.person({
        nhsNumber,
        differences,
        sentAgain: sendAgain.length > 0,
        asked: record.length > 0 || isUnsaid,
      }),
    end: (counts: ReconcileCounts, refusals: readonly Refusal[]) => people.end({ counts, refusals }),
    brokenOff: () => people.end({ interrupted: true }),
  };
}
