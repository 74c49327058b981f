import { endOfDay } from '../flow/look-up.js';
import { type ChangedMessage, type ChangedPerson, notReplayable, type Replayed, replay } from '../flow/replay.js';
import { addDays, londonDay } from '../register/day.js';
import { auditStore } from '../store/audit.js';
import type { Selection } from '../store/replay.js';
import { type Command, type CommandLine, type Context, isSet, type Terminal, textOption } from './command.js';
import { dayOption, rowIds } from './options.js';
import { counted } from './table.js';
import { usageFault } from './usage.js';

export const replayCommand: Command = {
  name: 'replay',
  summary: "interprets stored messages again with today's definitions; without --apply only shows what would differ",
  usage: 'aftercare replay [ID...|--parked|--sender ODS|--since DATE] [--apply] [--json]',
  example: 'aftercare replay --parked',
  options: {
    parked: { type: 'boolean', says: 'messages that are parked' },
    sender: { type: 'string', says: 'messages of this sender (ODS code, MSH-4)' },
    since: { type: 'string', says: 'messages received on this day or later, YYYY-MM-DD' },
    apply: { type: 'boolean', says: 'do it: the register changes, and the councils are sent what differs' },
  },
  async run(line, terminal, context) {
    const selection = selectionOf(line);
    const apply = isSet(line, 'apply');
    const { site, mappings, directory } = context.tables(null);
    const { pool } = await context.database();
    const left = selection.ids ? await notReplayable(selection.ids, { pool }) : [];
    if (left.length > 0) throw usageFault('ID', `nothing was replayed\n${left.join('\n')}`);
    const now = () => new Date();
    const today = () => londonDay(now().toISOString());
    const done = await replay(selection, apply, { pool, site, mappings, directory, now, today });
    await recordLooks(done, context);

    if (isSet(line, 'json')) terminal.out(JSON.stringify(asJson(done, apply), null, 2));
    else print(done, apply, terminal);
    return apply || done.messages.length === 0 ? 0 : 1;
  },
};

function selectionOf(line: CommandLine): Selection {
  const ids = rowIds(line.words);
  const sender = textOption(line, 'sender');
  const since = dayOption(line, 'since');
  const parked = isSet(line, 'parked');
  const filters = [parked, sender !== null, since !== null].filter(Boolean).length;
  if (ids.length > 0 && filters > 0) throw usageFault('replay', 'an ID needs no filter');
  if (ids.length === 0 && filters === 0) throw usageFault('replay', 'say which: IDs, --parked, --sender or --since');
  return {
    ...(ids.length === 0 ? {} : { ids }),
    ...(sender === null ? {} : { sender }),
    ...(since === null ? {} : { since: endOfDay(addDays(since, -1)) }),
    parked,
  };
}

/** What is shown of people is recorded, as in the register. */
async function recordLooks({ people }: Replayed, { database, operator: who }: Context): Promise<void> {
  const seen = people.flatMap(({ personKey }) => personKey ?? []);
  await auditStore((await database()).pool).recordListed(seen, { who, role: 'engineer', reason: 'replay' });
}

/** Keys mean nothing outside; a person is known by the NHS number, or the sender's own. */
const asJson = ({ read, messages, people }: Replayed, applied: boolean) => ({
  applied,
  read,
  messages,
  people: people.map(({ personKey: _, ...person }) => person),
});

function print({ read, messages, people }: Replayed, applied: boolean, { out }: Terminal): void {
  for (const message of messages) printMessage(message, out);
  for (const person of people) printPerson(person, out);
  const sent = people.flatMap((person) => person.sent).length;
  out(
    `${counted(read, 'message')} read again: ${messages.length} ${applied ? 'now say' : 'would say'} something else, ${counted(people.length, 'entry').replace('entrys', 'entries')} ${applied ? 'changed' : 'would change'}, ${counted(sent, 'new version')} to send.`,
  );
  if (!applied && messages.length > 0) out('Nothing was changed. With --apply it is done.');
}

function printMessage(
  { id, sender, controlId, trigger, before, after, factsGone, factsNew }: ChangedMessage,
  out: Terminal['out'],
): void {
  const fault = after.fault ? ` (${after.fault.code} at ${after.fault.where}: ${after.fault.text})` : '';
  out(`message ${id}, ${sender} ${trigger} ${controlId}: ${before.outcome} → ${after.outcome}${fault}`);
  for (const { kind, effectiveAt } of factsGone) out(`  - ${kind} ${effectiveAt}`);
  for (const { kind, effectiveAt } of factsNew) out(`  + ${kind} ${effectiveAt}`);
}

function printPerson({ nhsNumber, localId, changes, sent }: ChangedPerson, out: Terminal['out']): void {
  out(`person ${nhsNumber ?? `without NHS number (${localId ?? 'no local number'})`}`);
  for (const { at, before, after } of changes.filter(isForReading)) {
    if (at === '')
      out(after === undefined ? '  no longer in the register' : `  new in the register: ${statusIn(after)}`);
    else out(`  ${at}: ${textOf(before)} → ${textOf(after)}`);
  }
  for (const { to, recordVersion } of sent) out(`  ${to} is sent version ${recordVersion}`);
}

/** Which facts a reason rests on is for machines. */
const isForReading = ({ at }: { at: string }): boolean => !/\.facts\b/.test(at);

const statusIn = (row: unknown): string =>
  typeof row === 'object' && row !== null && 'status' in row ? String(row.status) : 'unknown';

const textOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null && 'text' in value) return JSON.stringify(value.text);
  return JSON.stringify(value);
};
