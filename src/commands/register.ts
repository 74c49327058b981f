import { randomUUID } from 'node:crypto';
import { dayText, momentText } from '../console/clock.js';
import { type NameOf, namesIn } from '../console/names.js';
import { registerRow } from '../flow/explain.js';
import { endOfDay, type FoundPerson, lookUp, parkedNaming, registerThen, type Then } from '../flow/look-up.js';
import { type VersionTold, versionsTold } from '../flow/told.js';
import { ofWholeRegister } from '../flow/whole-register.js';
import { londonDay } from '../register/day.js';
import type { Entry, EntryStatus } from '../register/entry.js';
import { nhsNode } from '../register/nodes.js';
import { auditStore } from '../store/audit.js';
import { type EntryRow, entryStore } from '../store/entries.js';
import { personKeyStore } from '../store/person-keys.js';
import {
  type Command,
  type CommandLine,
  type Context,
  type ExitCode,
  isSet,
  type Terminal,
  textOption,
} from './command.js';
import { printAnswers, printHistory, saidIn, withTexts } from './history-text.js';
import { askedDayOption, bodyOption, nhsNumberIn, wordsOption } from './options.js';
import { parkedText, printEntry } from './person-text.js';
import { counted } from './table.js';
import { printTold, toldRows } from './told-text.js';
import { usageFault } from './usage.js';

const STATUSES: readonly EntryStatus[] = ['not-known', 'prospective', 'active', 'ended', 'died', 'entered-in-error'];

export const registerCommand: Command = {
  name: 'register',
  summary: 'the register, or one person; who was looked at is recorded',
  usage:
    'aftercare register [NHS-NUMBER] [--as-of DATE] [--known-at DATE] [--status STATUS,...] [--council CODE] [--json]',
  example: 'aftercare register 9990000018 --as-of 2026-03-01',
  options: {
    'as-of': { type: 'string', says: 'the day to answer for, YYYY-MM-DD (default: today in London, or --known-at)' },
    'known-at': { type: 'string', says: 'only what was known at the end of this day, YYYY-MM-DD' },
    status: { type: 'string', says: `${STATUSES.join(', ')}; several are separated by commas` },
    council: { type: 'string', says: 'for whom this council (GSS) or ICB (ODS) is responsible' },
  },
  async run(line, terminal, context) {
    const [written, ...more] = line.words;
    if (more.length > 0) throw usageFault('register', 'give one NHS number, or none');
    if (written === undefined) return list(line, terminal, context);
    if (textOption(line, 'status') ?? textOption(line, 'council'))
      throw usageFault('register', 'one person needs no filter');
    return one(nhsNumberIn(written, 'NHS-NUMBER'), line, terminal, context);
  },
};

/** The day and the knowledge asked about; null for the register as it stands. */
function thenOf(line: CommandLine): Then | null {
  const asOf = askedDayOption(line, 'as-of');
  const knownOn = askedDayOption(line, 'known-at');
  if (knownOn !== null && knownOn > today()) throw usageFault('--known-at', NOT_YET_KNOWN);
  if (asOf === null && knownOn === null) return null;
  return { asOf: asOf ?? knownOn ?? today(), knownAt: knownOn === null ? null : endOfDay(knownOn) };
}

const NOT_YET_KNOWN = 'give today or a day before: what will be known nobody can say yet';

const today = (): string => londonDay(new Date().toISOString());

async function one(nhsNumber: string, line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const then = thenOf(line) ?? { asOf: today(), knownAt: null };
  const deps = { ...context.tables(null), pool: (await context.database()).pool };
  const found = await lookUp(nhsNumber, then, deps);
  const asJson = isSet(line, 'json');
  if (!found) {
    const parked = await parkedNaming(nhsNumber, then, deps);
    await recordLooks(
      parked.map((id) => `message:${id}`),
      context,
    );
    if (asJson) terminal.out('null');
    terminal.err('The register knows nothing of this number. That is no answer to whether aftercare is owed.');
    if (parked.length > 0) terminal.err(parkedText(parked));
    return 1;
  }
  const key = found.personKey ?? (await personKeyStore(deps.pool).keyOfNode(nodeOf(found, nhsNumber), randomUUID));
  await recordLooks([key], context);
  const told = await versionsTold(deps.pool, key, then.knownAt);
  if (asJson) terminal.out(JSON.stringify(asJsonRow(found, told, then), null, 2));
  else printPerson(found, { then, told, nameOf: namesIn(deps, today()) }, terminal);
  return 0;
}

type Asked = { then: Then; told: readonly VersionTold[]; nameOf: NameOf };

/** The identifier for which the fold will give the key. */
const nodeOf = ({ entry }: FoundPerson, asked: string): string => nhsNode(entry.nhsNumber ?? asked);

const asJsonRow = ({ entry, history, parked }: FoundPerson, told: readonly VersionTold[], { asOf }: Then) => ({
  asOf,
  ...registerRow(entry),
  parked,
  told: toldRows(told, entry),
  history: withTexts(history).map(({ fact: { id, kind }, says, since, ...line }) => {
    return { id, kind, says, effectiveAt: since, ...line };
  }),
});

function printPerson({ entry, history, parked }: FoundPerson, { then, told, nameOf }: Asked, { out }: Terminal): void {
  const { asOf, knownAt } = then;
  out(`As of ${dayText(asOf)}${knownAt ? `, by what was known at ${momentText(knownAt.toISOString())}` : ''}`);
  const lines = new Map(history.map((line) => [line.fact.id, line]));
  const saidBy = (factId: string): string | null => {
    const line = lines.get(factId);
    return line ? saidIn(line, nameOf) : null;
  };
  printEntry(entry, out, { saidBy, nameOf });
  if (parked.length > 0) out(`    ${parkedText(parked)}`);
  printAnswers(history, out, nameOf);
  printTold(told, entry, out, nameOf);
  printHistory(history, out, nameOf);
}

const PAGE = 200;

/** Printed page by page as it is read: a register may be larger than the memory. */
async function list(line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const then = thenOf(line);
  const statuses = wordsOption(line, 'status', STATUSES);
  const tables = context.tables(null);
  const body = (await bodyOption(line, context)) ?? undefined;
  const { pool } = await context.database();
  const asked = ({ status, council, icb }: Entry) =>
    (statuses?.includes(status) ?? true) && (body === undefined || council.code === body || icb.code === body);

  const print = printer(isSet(line, 'json'), namesIn(tables, today()), terminal);
  for await (const page of then ? pagesThen(then, { ...tables, pool }) : pagesNow({ statuses, body }, pool)) {
    const shown = page.filter(({ entry }) => asked(entry));
    await auditStore(pool).recordListed(
      shown.map(({ personKey }) => personKey),
      { who: context.operator, role: 'officer' },
    );
    for (const { entry } of shown) print.row(entry);
  }
  print.end();
  return 0;
}

type Row = Pick<EntryRow, 'personKey' | 'entry'>;
type Pool = Awaited<ReturnType<Context['database']>>['pool'];

async function* pagesNow(filter: { statuses?: EntryStatus[] | undefined; body?: string | undefined }, pool: Pool) {
  let after: string | undefined;
  for (;;) {
    const rows = await ofWholeRegister(pool, () => entryStore(pool).list({ ...filter, limit: PAGE, after }));
    yield rows;
    after = rows.at(-1)?.personKey;
    if (rows.length < PAGE) return;
  }
}

async function* pagesThen(then: Then, deps: Parameters<typeof registerThen>[1]): AsyncGenerator<Row[]> {
  for await (const row of registerThen(then, deps)) yield [row];
}

/** A JSON array with one row a line, or the text of each. */
function printer(asJson: boolean, nameOf: NameOf, { out }: Terminal) {
  let waiting: string | null = null;
  let count = 0;
  return {
    row(entry: Entry): void {
      count += 1;
      if (asJson) {
        out(waiting === null ? '[' : `${waiting},`);
        waiting = JSON.stringify(registerRow(entry));
      } else printEntry(entry, out, { saidBy: () => null, nameOf });
    },
    end(): void {
      if (asJson) out(waiting === null ? '[]' : `${waiting}\n]`);
      else out(count === 0 ? 'Nobody in the register is like this.' : `\n${counted(count, 'person')}`);
    },
  };
}

/** Recorded before it is shown. */
async function recordLooks(subjects: readonly string[], { database, operator: who }: Context): Promise<void> {
  const line = { who, role: 'officer', action: 'person-seen', reason: null };
  await auditStore((await database()).pool).recordAll(subjects.map((subject) => ({ ...line, subject })));
}
