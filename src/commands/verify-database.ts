import { type CheckedSeals, checkSeals, type Difference } from '../flow/check-seals.js';
import { databaseGone, isAway } from '../store/database.js';
import type { ExitCode, Terminal } from './command.js';
import { counted } from './table.js';

type Options = { pool: Parameters<typeof checkSeals>[0]['pool']; noted: string | null; asJson: boolean };

/** Everything that is sealed in the database, against its seals. Throws `system-unreachable` where the database goes. */
export async function verifyDatabase({ pool, noted, asJson }: Options, terminal: Terminal): Promise<ExitCode> {
  const checked = await checkSeals({ pool, noted, progress: progress(terminal) }).catch((error: unknown) => {
    throw isAway(error) ? databaseGone(error) : error;
  });
  const agrees = noted === null ? null : checked.notedOver !== null;
  const ok = checked.differing === 0 && agrees !== false;
  if (asJson) terminal.out(JSON.stringify({ ok, agrees, ...checked }, null, 2));
  else print(checked, noted, terminal);
  return ok ? 0 : 1;
}

const WHAT: Record<Difference['what'], string> = {
  altered: 'is not as it was sealed',
  missing: 'is gone',
  added: 'is under no seal, and everything of its time is: it was put in later, or its seal was taken out',
};

function print(checked: CheckedSeals, noted: string | null, { out }: Terminal): void {
  const { rows, seals, differences, differing, head, waiting } = checked;
  const under = `${counted(rows, 'row')} under ${counted(seals, 'seal')}`;
  if (differing === 0) out(`As sealed: ${under}.`);
  else {
    out(`NOT as sealed: ${counted(differing, 'difference')} among ${under}. The first:`);
    for (const each of differences) out(`  ${lineOf(each)}`);
    if (differing > differences.length) out(`  and ${differing - differences.length} more`);
  }
  if (waiting > 0)
    out(`${counted(waiting, 'row')} came since the last seal: the role work seals them within a minute.`);
  if (head !== null) out(`Head: ${head} over ${counted(seals, 'seal')}`);
  out(headText(checked, noted));
}

const lineOf = ({ table, id, seal, what }: Difference): string =>
  table === 'seals'
    ? `seal ${id}: the seal itself ${WHAT[what]}`
    : `${table} ${id}${seal === null ? '' : `, seal ${seal}`}: ${WHAT[what]}`;

function headText({ notedOver, seals, differing }: CheckedSeals, noted: string | null): string {
  if (noted === null)
    return 'Compare the head with one that was noted elsewhere (--head): alone, the database only agrees with itself.';
  if (notedOver === null)
    return `The head that was noted, ${noted}, is none of these: the seals were altered or taken out, a restore has lost the end, or it is of another service.`;
  const since = notedOver === seals ? '' : `, over the first ${counted(notedOver, 'seal')}`;
  return differing === 0
    ? `The head that was noted agrees${since}: nothing that was sealed by then was altered, taken out or put in since.`
    : `The head that was noted agrees${since}: what is named here was altered since it was sealed.`;
}

const TOLD_EVERY_MS = 5_000;

function progress({ err }: Terminal): (seals: number, rows: number) => void {
  let last = performance.now();
  return (seals, rows) => {
    if (performance.now() - last < TOLD_EVERY_MS) return;
    last = performance.now();
    err(`${counted(rows, 'row')} under ${counted(seals, 'seal')} checked`);
  };
}
