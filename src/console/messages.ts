import { nhsNode } from '../register/identity.js';
import { deliveryStore } from '../store/deliveries.js';
import { inboxStore, type MessageFilter, type MessageRow } from '../store/inbox.js';
import { traceStore } from '../store/trace.js';
import { deliveryRow } from './deliveries.js';
import type { AppDeps } from './deps.js';
import type { MessageListView, MessageQuery, MessageRowView, MessageView } from './schemas.js';

const SEARCH_LIMIT = 50;
const DELIVERIES_SHOWN = 50;

/** Newest first. */
export const listMessages = ({ pool }: AppDeps, query: MessageQuery): Promise<MessageListView> => {
  const { state, sender, controlId, fault, before, limit } = query;
  return pageOf({ states: state === undefined ? undefined : [state], sender, controlId, fault, before, limit }, pool);
};

/** Messages whose facts name this person. */
export const messagesNaming = ({ pool }: AppDeps, nhsNumber: string, before?: string): Promise<MessageListView> =>
  pageOf({ node: nhsNode(nhsNumber), before, limit: SEARCH_LIMIT }, pool);

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

async function pageOf(filter: MessageFilter, pool: AppDeps['pool']): Promise<MessageListView> {
  const rows = await inboxStore(pool).search({ ...filter, limit: filter.limit + 1 });
  const messages = rows.slice(0, filter.limit).map(rowView);
  return { messages, nextBefore: rows.length > filter.limit ? (messages.at(-1)?.id ?? null) : null };
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
  const keys = await Promise.all(persons.map((person) => traceStore(deps.pool).keysOf(person)));
  const rows = await deliveryStore(deps.pool).list({ personKeys: keys.flat(), limit: DELIVERIES_SHOWN });
  return rows.filter(({ publishedAt }) => publishedAt >= from).map((row) => deliveryRow(row, deps));
}
