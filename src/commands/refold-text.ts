import type { Refolded } from '../flow/refold.js';
import type { ChangedEntry } from '../flow/refold-difference.js';
import type { Alike } from '../flow/refold-tally.js';
import type { Change } from '../flow/replay.js';
import type { Terminal } from './command.js';
import { counted, tableText } from './table.js';

type Out = Terminal['out'];

/** One person, with all that differs. */
export function printPerson({ nhsNumber, localId, changes, sent }: ChangedEntry, out: Out): void {
  out(`person ${nhsNumber ?? `without NHS number (${localId ?? 'no local number'})`}`);
  for (const { at, before, after } of changes.filter(isForReading)) {
    if (at === '') out(after === undefined ? '  no longer in the register' : '  new in the register');
    else out(`  ${at}: ${textOf(before)} → ${textOf(after)}`);
  }
  for (const { to, recordVersion, says } of sent) out(`  ${to} is sent version ${recordVersion}: ${says.join(', ')}`);
}

/** Which facts a reason or a question rests on is for machines. */
const isForReading = ({ at }: Change): boolean => !/\.facts\b/.test(at);

function textOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null && 'text' in value) return JSON.stringify(value.text);
  return JSON.stringify(value);
}

/** The sums, and one person of each kind of difference, without who it is. */
export function printRefolded(
  done: Refolded,
  { applied, isNaming }: { applied: boolean; isNaming: boolean },
  out: Out,
): void {
  const { others, compared, changed, waiting, failed } = done;
  if (others.length === 0) {
    out("Everybody is folded by today's rules, policies and organisations.");
    return;
  }
  for (const { parts, count } of others) out(`${counted(count, 'person')} folded with other ${parts.join(', ')}`);
  if (compared > 0) out('');
  if (!isNaming) printAlike(done, out);
  printCounts(done, out);
  out(
    `${counted(compared, 'person')} folded again: ${changed} ${applied ? 'changed' : 'would change'}, ${compared - changed} not.`,
  );
  if (waiting > 0)
    out(`${counted(waiting, 'person')} not looked at: something was said of them, and the service folds them anyway.`);
  if (failed > 0) out(`${counted(failed, 'person')} could not be folded; the log names their rows: report them.`);
  out(nextText(done, applied));
}

function nextText({ left, interrupted, failed }: Refolded, applied: boolean): string {
  if (!applied)
    return interrupted
      ? 'Broken off: this is what was seen. Nothing was changed.'
      : 'Nothing was changed. With --apply it is done.';
  if (left === 0) return "Everybody is folded by today's rules now.";
  const rest = `${counted(left, 'person')} left as folded before`;
  return interrupted
    ? `Broken off: ${rest}. The same command goes on.`
    : failed > 0
      ? `${rest}.`
      : `${rest}: run it again.`;
}

function printCounts({ fields, opened, closed, told }: Refolded, out: Out): void {
  const rows = [
    ...Object.entries(fields).map(([field, count]) => [String(count), field === 'reasons' ? 'reasons only' : field]),
    ...Object.entries(opened).map(([kind, count]) => [String(count), `question opened: ${kind}`]),
    ...Object.entries(closed).map(([kind, count]) => [String(count), `question closed: ${kind}`]),
  ];
  if (rows.length > 0) out(`${tableText(['PEOPLE', 'WHAT DIFFERS'], rows)}\n`);
  const sent = told.flatMap(({ to, versions, says }) => [
    [to, String(versions), 'new versions'],
    ...Object.entries(says).map(([what, count]) => ['', String(count), what]),
  ]);
  if (sent.length > 0) out(`${tableText(['BODY', 'SENT', 'WHAT IT SAYS OTHERWISE'], sent)}\n`);
}

function printAlike({ alike, unlike }: Refolded, out: Out): void {
  for (const each of alike) printOne(each, out);
  if (unlike > 0) out(`and ${counted(unlike, 'person')} who differ in yet other ways: --people names everybody`);
  if (alike.length > 0) out('');
}

/** What may be shown of somebody whom nobody has asked about: codes, statuses and days. */
const PLAIN =
  /^(?:status|council\.(?:code|standing|basis)|icb\.(?:code|standing|basis)|episodes\[\d+\]\.(?:status|from|to|endedBy|council\.(?:code|standing)))$/;

function printOne({ count, one }: Alike, out: Out): void {
  const { fields, opened, closed, changes, sent } = one;
  out(`${counted(count, 'person')}, such as one with ${fields.join(', ') || 'the same entry'}`);
  for (const { at, before, after } of changes.filter(({ at: place }) => PLAIN.test(place)))
    out(`  ${at}: ${textOf(before)} → ${textOf(after)}`);
  for (const kind of opened) out(`  question opened: ${kind}`);
  for (const kind of closed) out(`  question closed: ${kind}`);
  for (const { to, says } of sent) out(`  ${to} is sent: ${says.join(', ')}`);
}
