import { type Decided, decide, listChanges } from '../flow/organisation-changes.js';
import { type Withdrawing, withdrawApplied } from '../flow/withdraw-changes.js';
import type { Change } from '../organisations/changed-tables.js';
import { COLUMNS } from '../organisations/rows.js';
import { CHANGE_STATES, type ChangeRow } from '../store/organisation-changes.js';
import { type CommandLine, type Context, type ExitCode, isSet, type Terminal, textOption } from './command.js';
import { rowIds, wordsOption } from './options.js';
import { usageFault } from './usage.js';

/** Lists what national files say beside the tables, and what was decided about it. 1: something is still to be confirmed. */
export async function listFound(line: CommandLine, { out }: Terminal, context: Context): Promise<ExitCode> {
  const states = wordsOption(line, 'state', CHANGE_STATES);
  const { pool } = await context.database();
  const changes = await listChanges(states, pool);
  if (isSet(line, 'json')) out(JSON.stringify({ changes }, null, 2));
  else printAll(changes, states === undefined, out);
  return changes.some(isOpen) ? 1 : 0;
}

const isOpen = ({ state, needsConfirming }: ChangeRow): boolean => state === 'staged' && needsConfirming;

function printAll(changes: readonly ChangeRow[], isAll: boolean, out: Terminal['out']): void {
  if (changes.length === 0)
    out(isAll ? 'None: the national files that were imported say what the tables say.' : 'None is in this state.');
  for (const change of changes) {
    const { id, why, file, decidedBy, because } = change;
    out(`${id}  ${stateText(change)}  ${changeText(change)}`);
    out(`      ${why}${file === null ? '' : ` (${file})`}`);
    if (decidedBy !== null) out(`      ${decidedBy}: ${because}`);
  }
}

const stateText = (change: ChangeRow): string => (isOpen(change) ? 'to confirm' : change.state);

/** A row, and where there was one before it, what is another. */
export function changeText({
  what,
  row,
  base,
  continues,
}: Pick<Change, 'what' | 'row' | 'base' | 'continues'>): string {
  const key = what === 'body' ? `${row.code || row.ods}` : `${row.date} ${row.from} → ${row.to}`;
  const cells = COLUMNS[what].flatMap((column) => {
    const cell = row[column] ?? '';
    const isInKey = what === 'succession' && base === null && ['date', 'from', 'to'].includes(column);
    const isOther = base === null ? cell !== '' : base[column] !== cell;
    return isOther && !isInKey && column !== 'source' ? [`${column} ${was(base, column)}${cell || 'none'}`] : [];
  });
  const from = continues ? `${key}, from ${row.from || 'a day to be given'} on` : key;
  return `${from}: ${cells.join(', ')}`;
}

const was = (base: Change['base'], column: string): string => (base === null ? '' : `${base[column] || 'none'} → `);

type State = 'confirmed' | 'refused';

/** One person decides about one or several changes, and says why. 1: something is confirmed, and cannot be applied yet. */
export const decideAbout =
  (state: State) =>
  async (ids: readonly string[], line: CommandLine, { out }: Terminal, context: Context): Promise<ExitCode> => {
    const asked = { ...decidedBy(ids, line, context), state, set: cellsOption(line) };
    if (asked.ids.length > 1 && Object.keys(asked.set).length > 0)
      throw usageFault('--set', 'completes one row: confirm this change by itself');
    const { pool } = await context.database();
    const decided = await decide(asked, context.tables(null).directory, pool);
    if (isSet(line, 'json'))
      out(JSON.stringify({ changes: decided.map(({ change, waits }) => ({ ...change, waits })) }, null, 2));
    else for (const each of decided) printDecided(each, out);
    return decided.every(({ waits }) => waits.length === 0) ? 0 : 1;
  };

function decidedBy(ids: readonly string[], line: CommandLine, { operator }: Context): Withdrawing {
  const because = textOption(line, 'because')?.trim() ?? '';
  if (because === '') throw usageFault('--because', 'say why: it is kept with the decision');
  return { ids: rowIds(ids), by: operator, because };
}

/** One person takes back what was applied, and says why: it counts no more, and whoever it concerned stays as folded. */
export async function takeBack(
  ids: readonly string[],
  line: CommandLine,
  { out }: Terminal,
  context: Context,
): Promise<ExitCode> {
  const asked = decidedBy(ids, line, context);
  const { pool } = await context.database();
  const changes = await withdrawApplied(asked, context.tables(null).directory, pool);
  if (isSet(line, 'json')) out(JSON.stringify({ changes }, null, 2));
  else {
    for (const change of changes) out(`${change.id}  counts no more: ${changeText(change)}`);
    out('Who is in the register stays as folded: "aftercare organisations plan" shows who goes back, "apply" does it.');
  }
  return 0;
}

function printDecided({ change, waits }: Decided, out: Terminal['out']): void {
  out(`${change.id}  ${change.state}  ${changeText(change)}`);
  if (waits.length > 0) out(`      cannot be applied yet: ${waits.join('; ')}`);
}

/** `--set resolve_by=address`, as often as there are columns. */
function cellsOption(line: CommandLine): Record<string, string> {
  const given = line.options.set;
  const cells = Array.isArray(given) ? given : [];
  return Object.fromEntries(
    cells.map((cell) => {
      const [, column, value] = /^([a-z_]+)=(.*)$/.exec(cell) ?? [];
      if (column === undefined || value === undefined)
        throw usageFault('--set', 'write COLUMN=VALUE, as resolve_by=address');
      return [column, value.trim()] as const;
    }),
  );
}
