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

type Waiting = { limit: number; bytes: number; after?: string | null; upTo?: string };

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

    /**
     * Messages that wait to be interpreted, oldest first, only those `after` an id, with `upTo` no later one than this: at
     * most `limit`, and of large ones only as many as together have `bytes`, but always one.
     */
    async pending({ limit, bytes, after = null, upTo }: Waiting): Promise<PendingMessage[]> {
      const { rows } = await db.query<PendingMessage>({
        name: 'inbox-pending',
        text: `select id, received_at as "receivedAt", sender, application, content
                 from (select w.id, w.received_at, w.sender, w.application, c.content,
                              sum(octet_length(c.content)) over (order by w.id) - octet_length(c.content) as before
                         from (select id, received_at, sender, application
                                 from messages
                                where state = 'received'
                                  and id > $4::bigint
                                  and ($2::bigint is null or id <= $2)
                                order by id
                                limit $1) w
                         join message_contents c on c.message_id = w.id) waiting
                where before < $3
                order by id`,
        values: [limit, upTo ?? null, bytes, after ?? 0],
      });
      return rows;
    },
  };
}

export type InboxStore = ReturnType<typeof inboxStore>;
