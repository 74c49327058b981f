import { ofWholeRegister } from '../flow/whole-register.js';
import { nhsNode } from '../register/nodes.js';
import { auditStore } from '../store/audit.js';
import { deliveryStore } from '../store/deliveries.js';
import { entryStore } from '../store/entries.js';
import { inboxStore, type MessageRow } from '../store/inbox.js';
import { type MessageSearch, messageSearchStore } from '../store/message-search.js';
import { personKeyStore } from '../store/person-keys.js';
import { traceStore } from '../store/trace.js';
import { momentOf } from './clock.js';
import { deliveryRow } from './deliveries.js';
import type { AppDeps, Who } from './deps.js';
import type { MessageQuery } from './queries.js';
import type { MessageListView, MessageRowView, MessageView } from './schemas.js';

const SEARCH_LIMIT = 50;
const DELIVERIES_SHOWN = 50;

/** Newest first. */
export const listMessages = ({ pool }: AppDeps, query: MessageQuery): Promise<MessageListView> => {
  const { state, from, to, ...rest } = query;
  return pageOf(
    {
      ...rest,
      states: state === undefined ? undefined : [state],
      from: from === undefined ? undefined : momentOf(from),
      to: to === undefined ? undefined : momentOf(to),
    },
    pool,
  );
};

/** Messages that name this person, parked ones too. Asking for them is a look at the person, and recorded as one. */
export async function messagesNaming(
  { pool }: AppDeps,
  nhsNumber: string,
  who: Who,
  before?: string,
): Promise<MessageListView> {
  const row = await ofWholeRegister(pool, () => entryStore(pool).byNhsNumber(nhsNumber));
  if (row) {
    const look = { who: who.name, role: who.role, action: 'messages-searched', subject: row.personKey, reason: null };
    await auditStore(pool).record(look);
  }
  return pageOf({ node: nhsNode(nhsNumber), before, limit: SEARCH_LIMIT }, pool);
}

/** A message and what followed from it, without its content. Null where there is none. */
export async function readMessage(deps: AppDeps, id: string): Promise<MessageView | null> {
  const message = await inboxStore(deps.pool).get(id);
  if (!message) return null;
  const trace = traceStore(deps.pool);
  const [found, persons] = await Promise.all([trace.found(id), trace.personsOf(id)]);
  return {
    ...rowView(message),
    transport: message.transport,
    peer: message.peer,
    messageCode: message.messageCode,
    sentAt: message.sentAt,
    ack: message.ack,
    lastRepeatAt: message.lastRepeatAt?.toISOString() ?? null,
    interpretedAt: found?.interpretedAt.toISOString() ?? null,
    hasContent: message.content !== null,
    facts: found?.facts.map(({ kind, effectiveAt }) => ({ kind, effectiveAt })) ?? [],
    persons,
    deliveries: await deliveriesSince(deps, persons, message.receivedAt),
  };
}

async function pageOf(search: MessageSearch, pool: AppDeps['pool']): Promise<MessageListView> {
  const { rows, nextBefore, whole } = await messageSearchStore(pool).search(search);
  return { messages: rows.map(rowView), nextBefore, whole };
}

const rowView = (row: MessageRow): MessageRowView => ({
  id: row.id,
  receivedAt: row.receivedAt.toISOString(),
  sender: row.sender,
  application: row.application,
  controlId: row.controlId,
  trigger: row.trigger,
  outcome: row.state,
  fault: row.fault,
  repeats: row.repeats,
});

async function deliveriesSince(deps: AppDeps, persons: string[], from: Date): Promise<MessageView['deliveries']> {
  if (persons.length === 0) return [];
  const keys = await Promise.all(persons.map((person) => personKeyStore(deps.pool).keysUnder(person)));
  const rows = await deliveryStore(deps.pool).list({ personKeys: keys.flat(), limit: DELIVERIES_SHOWN });
  return rows.filter(({ publishedAt }) => publishedAt >= from).map((row) => deliveryRow(row, deps));
}
