import { ofWholeRegister } from '../flow/whole-register.js';
import { nhsNode } from '../register/nodes.js';
import { auditStore } from '../store/audit.js';
import { entryStore } from '../store/entries.js';
import { inboxStore, type MessageRow } from '../store/inbox.js';
import type { MessageState } from '../store/message.js';
import { messageSearchStore } from '../store/message-search.js';
import { traceStore } from '../store/trace.js';
import type { Db } from '../store/transaction.js';
import {
  type Command,
  type CommandLine,
  type Context,
  type ExitCode,
  isSet,
  type Terminal,
  textOption,
} from './command.js';
import { countOption, nhsNumberIn, rowIds, wordsOption } from './options.js';
import { tableText } from './table.js';
import { usageFault } from './usage.js';

const STATES: readonly MessageState[] = ['received', 'interpreted', 'ignored', 'parked', 'rejected'];

export const messagesCommand: Command = {
  name: 'messages',
  summary: 'searches the inbox, or tells all about one message',
  usage:
    'aftercare messages [ID] [--state STATE,...] [--sender ODS] [--control-id ID] [--nhs-number NUMBER] [--limit N] [--json]',
  example: 'aftercare messages --state parked --sender RXT',
  options: {
    state: { type: 'string', says: `${STATES.join(', ')}; several are separated by commas` },
    sender: { type: 'string', says: 'ODS code of the sender (MSH-4)' },
    'control-id': { type: 'string', says: 'control ID (MSH-10)' },
    'nhs-number': { type: 'string', says: 'messages that name this person, parked ones too; the search is recorded' },
    limit: { type: 'string', says: 'how many at most, newest first (default: 50)' },
  },
  async run(line, terminal, context) {
    const [id, ...more] = rowIds(line.words);
    if (more.length > 0) throw usageFault('messages', 'give one ID, or none');
    if (id === undefined) return list(line, terminal, context);
    if (Object.keys(line.options).some((name) => name !== 'json'))
      throw usageFault('messages', 'an ID needs no filter');
    return show(id, line, terminal, context);
  },
};

async function list(line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const number = textOption(line, 'nhs-number');
  const nhsNumber = number === null ? null : nhsNumberIn(number, '--nhs-number');
  const states = wordsOption(line, 'state', STATES);
  const limit = countOption(line, 'limit', { otherwise: 50, most: 10_000 });
  const { pool } = await context.database();
  if (nhsNumber !== null) await recordSearch(pool, nhsNumber, context.operator);
  const search = () =>
    messageSearchStore(pool).search({
      states,
      sender: textOption(line, 'sender') ?? undefined,
      controlId: textOption(line, 'control-id') ?? undefined,
      node: nhsNumber === null ? undefined : nhsNode(nhsNumber),
      limit,
    });
  // Whom a message names is derived; what it is and how it was answered is not.
  const { rows } = await (nhsNumber === null ? search() : ofWholeRegister(pool, search));
  if (isSet(line, 'json')) terminal.out(JSON.stringify(rows.map(plain), null, 2));
  else terminal.out(rows.length === 0 ? 'No message is like this.' : table(rows));
  return 0;
}

/** Asking which messages name a person is looking at the person. */
async function recordSearch(db: Db, nhsNumber: string, who: string): Promise<void> {
  const row = await entryStore(db).byNhsNumber(nhsNumber);
  if (!row) return;
  const subject = row.personKey;
  await auditStore(db).record({ who, role: 'engineer', action: 'messages-searched', subject, reason: null });
}

async function show(id: string, line: CommandLine, terminal: Terminal, context: Context): Promise<ExitCode> {
  const { pool } = await context.database();
  const row = await inboxStore(pool).get(id);
  if (!row) {
    if (isSet(line, 'json')) terminal.out('null');
    terminal.err(`There is no message ${id}.`);
    return 1;
  }
  const found = await traceStore(pool).found(id);
  const facts = found?.facts.map(({ kind, effectiveAt }) => ({ kind, effectiveAt })) ?? [];
  const interpretedAt = found?.interpretedAt.toISOString() ?? null;
  const message = { ...plain(row), peer: row.peer, interpretedAt, facts };
  if (isSet(line, 'json')) terminal.out(JSON.stringify(message, null, 2));
  else print(message, terminal);
  return 0;
}

/** A row without its content: what a message says is for the console, where a reason for looking is given. */
const plain = (row: MessageRow) => ({
  id: row.id,
  receivedAt: row.receivedAt.toISOString(),
  transport: row.transport,
  sender: row.sender,
  application: row.application,
  controlId: row.controlId,
  sentAt: row.sentAt,
  messageCode: row.messageCode,
  trigger: row.trigger,
  ack: row.ack,
  state: row.state,
  fault: row.fault,
  repeats: row.repeats,
  lastRepeatAt: row.lastRepeatAt?.toISOString() ?? null,
});

type Shown = ReturnType<typeof plain> & {
  peer: string;
  interpretedAt: string | null;
  facts: { kind: string; effectiveAt: string }[];
};

const table = (rows: readonly MessageRow[]): string =>
  tableText(
    ['id', 'received', 'sender', 'trigger', 'control ID', 'state', 'fault'],
    rows.map((row) => [
      row.id,
      row.receivedAt.toISOString(),
      row.sender,
      row.trigger,
      row.controlId,
      row.state,
      row.fault ? `${row.fault.code} at ${row.fault.where}` : '',
    ]),
  );

function print(message: Shown, { out }: Terminal): void {
  out(`Message ${message.id}: ${message.state}`);
  out(`  from       ${message.sender} ${message.application} (${message.transport}, ${message.peer})`);
  out(
    `  says       ${message.messageCode}^${message.trigger}, control ID ${message.controlId}, sent ${message.sentAt}`,
  );
  out(`  received   ${message.receivedAt}, answered ${message.ack}`);
  if (message.repeats > 0) out(`  repeated   ${message.repeats} times, last ${message.lastRepeatAt ?? 'unknown'}`);
  if (message.fault) {
    out(`  fault      ${message.fault.code}`);
    out(`    where    ${message.fault.where}`);
    out(`    what     ${message.fault.text}`);
    out(`    next     ${message.fault.next}`);
  }
  if (message.interpretedAt) out(`  facts      ${message.facts.length}, found ${message.interpretedAt}`);
  for (const { kind, effectiveAt } of message.facts) out(`    ${kind} ${effectiveAt}`);
}
