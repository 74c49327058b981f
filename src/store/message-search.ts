import type { FaultCode } from '../fault.js';
import type { MessageRow } from './inbox.js';
import type { MessageState } from './message.js';
import { keyText } from './text.js';
import type { Db } from './transaction.js';

export type MessageSearch = {
  states?: MessageState[] | undefined;
  sender?: string | undefined;
  application?: string | undefined;
  controlId?: string | undefined;
  trigger?: string | undefined;
  fault?: FaultCode | undefined;
  /** Received at or after the first, before the second. */
  from?: Date | undefined;
  to?: Date | undefined;
  /** `nhs:9990000018` or `local:RXT:MRN:123`: messages whose facts name it, and parked ones that do. */
  node?: string | undefined;
  limit: number;
  /** Only messages before this id: the next page. */
  before?: string | undefined;
};

/** `nextBefore`: where to go on; null at the end. `whole`: false where only the newest part was looked through. */
export type Found = { rows: MessageRow[]; nextBefore: string | null; whole: boolean };

/** How many ids one search without an index of its own looks through. */
const WINDOW = 50_000n;

/** Searches that stay quick in a large inbox: each is answered from an index, or looks through a bounded part. */
export function messageSearchStore(db: Db) {
  return {
    /** Newest first. */
    async search(given: MessageSearch): Promise<Found> {
      const above = given.from === undefined ? null : await firstIdFrom(db, shifted(given.from, -OUT_OF_STEP_MS));
      const below = given.to === undefined ? null : await firstIdFrom(db, shifted(given.to, OUT_OF_STEP_MS));
      const before = least(given.before ?? null, below);
      const floor = isNarrow(given) ? above : greatest(above, await windowBelow(db, before));
      const rows = await read(db, { ...given, above: floor, below: before, limit: given.limit + 1 });
      if (rows.length > given.limit) {
        const page = rows.slice(0, given.limit);
        return { rows: page, nextBefore: page.at(-1)?.id ?? null, whole: true };
      }
      const cut = floor !== null && floor !== above && (await isAnythingBelow(db, floor));
      return { rows, nextBefore: cut ? floor : null, whole: !cut };
    },

    /** When each feed last sent something that was let in; `application` null stands for all of a sender's. */
    async lastOfFeeds(feeds: readonly { sender: string; application: string | null }[]): Promise<(Date | null)[]> {
      const { rows } = await db.query<{ at: Date | null }>(
        `select last.received_at as at
           from unnest($1::text[], $2::text[]) with ordinality as feed (sender, application, position)
           left join lateral (select m.received_at
                                from messages m
                               where m.sender = feed.sender
                                 and (feed.application is null or m.application = feed.application)
                                 and not m.rejected
                               order by m.id desc
                               limit 1) last on true
          order by feed.position`,
        [feeds.map(({ sender }) => sender), feeds.map(({ application }) => application)],
      );
      return rows.map(({ at }) => at);
    },
  };
}

/** An index leads straight to what is asked for. */
const isNarrow = ({ controlId, node, fault, states, trigger, application }: MessageSearch): boolean =>
  controlId !== undefined ||
  node !== undefined ||
  fault !== undefined ||
  (states !== undefined && !states.includes('interpreted')) ||
  (states === undefined && trigger === undefined && application === undefined);

/** The only states in which a message has a fault. */
const WITH_FAULT: MessageState[] = ['parked', 'rejected'];

type Bounds = { above: string | null; below: string | null };

async function read(db: Db, search: MessageSearch & Bounds): Promise<MessageRow[]> {
  const { rows } = await db.query<MessageRow>(
    `select m.id, m.received_at as "receivedAt", m.transport, m.peer, m.sender, m.application,
            m.control_id as "controlId", m.sent_at as "sentAt", m.message_code as "messageCode", m.trigger,
            m.ack, m.state, m.reused, m.fault, m.repeats, m.last_repeat_at as "lastRepeatAt"
       from messages m
      where ($1::text[]       is null or m.state = any ($1))
        and ($2::text         is null or m.sender between $2 and $2)
        and ($3::text         is null or m.application = $3)
        and ($4::text         is null or m.control_id = $4)
        and ($5::text         is null or m.trigger = $5)
        and ($6::text         is null or m.fault ->> 'code' = $6)
        and ($7::text         is null or m.id = any (array(select n.message_id
                                                             from mentions n
                                                             join nodes on nodes.id = n.node_id
                                                            where nodes.node = $7
                                                              and n.message_id is not null
                                                            union
                                                           select p.message_id
                                                             from parked_names p
                                                            where p.node = $7)))
        and ($8::bigint       is null or m.id >= $8)
        and ($9::bigint       is null or m.id < $9)
        and ($10::timestamptz is null or m.received_at >= $10)
        and ($11::timestamptz is null or m.received_at < $11)
      order by ${search.sender === undefined ? 'm.id desc' : BY_SENDER}
      limit $12`,
    [
      search.states ?? (search.fault === undefined ? null : WITH_FAULT),
      keyOrNull(search.sender),
      keyOrNull(search.application),
      keyOrNull(search.controlId),
      search.trigger ?? null,
      search.fault ?? null,
      search.node ?? null,
      search.above,
      search.below,
      search.from ?? null,
      search.to ?? null,
      search.limit,
    ],
  );
  return rows;
}

/**
 * The same order, since all are of one sender. Said so, and with "between", only the index by sender gives it: the
 * planner would rather read all ids downwards, also for a sender who has been silent for a year.
 */
const BY_SENDER = 'm.sender desc, m.id desc';

/** As the inbox keeps it: text that is too long for an index was shortened on the way in. */
const keyOrNull = (text: string | undefined): string | null => (text === undefined ? null : keyText(text));

/** Batches that are committed side by side give ids that are out of step with their times, but never by so much. */
const OUT_OF_STEP_MS = 60_000;

const shifted = (time: Date, ms: number): Date => new Date(time.getTime() + ms);

/**
 * An id at or before the first message of that time. Ids are in the order of arrival, so twenty-odd looks into the
 * primary key find it, and no further index has to be written with each message.
 */
async function firstIdFrom(db: Db, time: Date): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `with recursive probe (low, high) as (
       select coalesce(min(id), 0), coalesce(max(id), 0) + 1 from messages
        union all
       select case when m.received_at < $1 then m.id + 1 else p.low end,
              case when m.received_at < $1 then p.high   else (p.low + p.high) / 2 end
         from probe p
         left join lateral (select id, received_at
                              from messages
                             where id >= (p.low + p.high) / 2
                             order by id
                             limit 1) m on true
        where p.low < p.high
     )
     select max(low) as id
       from probe`,
    [time],
  );
  return rows[0]?.id ?? '0';
}

async function windowBelow(db: Db, before: string | null): Promise<string> {
  const { rows } = await db.query<{ id: string }>('select coalesce(max(id), 0) + 1 as id from messages');
  const top = BigInt(before ?? rows[0]?.id ?? '0');
  return String(top > WINDOW ? top - WINDOW : 0n);
}

async function isAnythingBelow(db: Db, id: string): Promise<boolean> {
  const { rows } = await db.query('select from messages where id < $1 limit 1', [id]);
  return rows.length > 0;
}

const least = (a: string | null, b: string | null): string | null => pick(a, b, (x, y) => (x < y ? x : y));
const greatest = (a: string | null, b: string | null): string | null => pick(a, b, (x, y) => (x > y ? x : y));

function pick(a: string | null, b: string | null, of: (x: bigint, y: bigint) => bigint): string | null {
  if (a === null || b === null) return a ?? b;
  return String(of(BigInt(a), BigInt(b)));
}
