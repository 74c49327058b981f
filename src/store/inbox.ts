import type { FaultCode, FaultDetail } from '../fault.js';
import { acceptMessages } from './inbox-accept.js';
import type { Accepted, IncomingMessage, MessageState } from './message.js';
import type { Db } from './transaction.js';

export type MessageRow = {
  id: string;
  receivedAt: Date;
  transport: 'mllp' | 'http';
  peer: string;
  sender: string;
  application: string;
  controlId: string;
  sentAt: string;
  messageCode: string;
  trigger: string;
  ack: string;
  state: MessageState;
  reused: boolean;
  fault: FaultDetail | null;
  repeats: number;
  lastRepeatAt: Date | null;
};

/** What an interpreter needs of a message. */
export type PendingMessage = {
  id: string;
  receivedAt: Date;
  sender: string;
  application: string;
  content: Buffer;
};

export type MessageFilter = {
  states?: MessageState[];
  sender?: string;
  controlId?: string;
  fault?: FaultCode;
  /** `nhs:9990000018` or `local:RXT:MRN:123`: messages whose facts name it. */
  node?: string;
  limit: number;
  /** Only messages before this id: the next page. */
  before?: string;
};

const ROW = `
  m.id, m.received_at as "receivedAt", m.transport, m.peer, m.sender, m.application,
  m.control_id as "controlId", m.sent_at as "sentAt", m.message_code as "messageCode", m.trigger,
  m.ack, m.state, m.reused, m.fault, m.repeats, m.last_repeat_at as "lastRepeatAt"`;

export function inboxStore(db: Db) {
  return {
    /** One statement for a batch of new messages. What it resolves is on disk, in the order of `messages`. */
    acceptBatch: (messages: readonly IncomingMessage[]): Promise<Accepted[]> => acceptMessages(db, messages),

    async get(id: string): Promise<(MessageRow & { content: Buffer | null }) | null> {
      const { rows } = await db.query<MessageRow & { content: Buffer | null }>(
        `select ${ROW}, c.content
           from messages m
           left join message_contents c on c.message_id = m.id
          where m.id = $1`,
        [id],
      );
      return rows[0] ?? null;
    },

    /** Newest first. */
    async search({ states, sender, controlId, fault, node, limit, before }: MessageFilter): Promise<MessageRow[]> {
      const { rows } = await db.query<MessageRow>(
        `select ${ROW}
           from messages m
          where ($1::text[] is null or m.state = any ($1))
            and ($2::text   is null or m.sender = $2)
            and ($3::text   is null or m.control_id = $3)
            and ($4::text   is null or m.id in (select n.message_id
                                                  from mentions n
                                                  join nodes on nodes.id = n.node_id
                                                 where nodes.node = $4))
            and ($5::bigint is null or m.id < $5)
            and ($6::text   is null or m.fault ->> 'code' = $6)
          order by m.id desc
          limit $7`,
        [states ?? null, sender ?? null, controlId ?? null, node ?? null, before ?? null, fault ?? null, limit],
      );
      return rows;
    },

    /** Ids of messages that wait to be interpreted, oldest first; with `upTo` no later one than this. */
    async pendingIds(limit: number, upTo: string | null = null): Promise<string[]> {
      const { rows } = await db.query<{ id: string }>(
        `select id
           from messages
          where state = 'received'
            and ($2::bigint is null or id <= $2)
          order by id
          limit $1`,
        [limit, upTo],
      );
      return rows.map((row) => row.id);
    },

    /** Of the given messages those that wait to be interpreted. */
    async load(ids: readonly string[]): Promise<PendingMessage[]> {
      const { rows } = await db.query<PendingMessage>({
        name: 'inbox-load',
        text: `select m.id, m.received_at as "receivedAt", m.sender, m.application, c.content
                 from messages m
                 join message_contents c on c.message_id = m.id
                where m.id = any ($1::bigint[])
                  and m.state = 'received'
                order by m.id`,
        values: [ids],
      });
      return rows;
    },
  };
}

export type InboxStore = ReturnType<typeof inboxStore>;
