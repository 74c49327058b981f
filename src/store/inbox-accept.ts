import type { FaultDetail } from '../fault.js';
import type { Accepted, IncomingMessage, MessageState } from './message.js';
import { jsonText, keyText, plainText } from './text.js';
import type { Db } from './transaction.js';

type Place = 'first' | 'reused' | 'rejected';
type Candidate = { message: IncomingMessage; place: Place; arrival: number };
type Key = Pick<IncomingMessage, 'sender' | 'application' | 'controlId' | 'sentAt' | 'digest'>;
type Known = { id: string; state: MessageState; ack: string; fault: FaultDetail | null };

const REUSED: FaultDetail = {
  code: 'control-id-reused',
  where: 'MSH-10',
  text: 'the same control ID and message time came before with other content',
  next: 'ask the sender to give every message a control ID of its own; compare the two messages',
};

/**
 * Every statement stands alone, and each may be repeated: when one fails, the sender is told to send again and what was
 * stored is then a repeat. Rows are always taken in key order, so that two listeners never wait for each other in a ring.
 */
export async function acceptMessages(db: Db, messages: readonly IncomingMessage[]): Promise<Accepted[]> {
  const accepted = new Map<IncomingMessage, Accepted>();
  const candidates = messages.map(
    (message, arrival): Candidate => ({
      arrival,
      message: storable(message),
      place: message.state === 'rejected' ? 'rejected' : 'first',
    }),
  );

  const known = await store(db, candidates, accepted);
  // The key is there: with the same bytes it is a repeat; with others it gets a row of its own.
  const unlike = await countRepeats(db, known, accepted);
  const reused = await store(
    db,
    unlike.map((candidate) => ({ ...candidate, place: 'reused' })),
    accepted,
  );
  await countRepeats(db, reused, accepted);

  return candidates.map(({ message }) => {
    const result = accepted.get(message);
    if (!result) throw new Error('a message of the batch was neither stored nor found');
    return result;
  });
}

/** Inserts what is new and returns the rest: those that a unique index says are there already. */
async function store(
  db: Db,
  candidates: readonly Candidate[],
  accepted: Map<IncomingMessage, Accepted>,
): Promise<Candidate[]> {
  const rows = [...candidates].sort(byKey);
  if (rows.length === 0) return [];
  const stored = await insert(db, rows);
  const seen = new Set<string>();
  return rows.filter(({ message, place }) => {
    const slot = slotOf(message, place);
    const id = seen.has(slot) ? undefined : stored.get(slot);
    seen.add(slot);
    if (id === undefined) return true;
    const { state, ack, fault } =
      place === 'reused' ? { ...message, state: 'parked' as const, fault: REUSED } : message;
    accepted.set(message, { id, outcome: place === 'reused' ? 'reused' : 'stored', state, ack, fault });
    return false;
  });
}

async function insert(db: Db, rows: readonly Candidate[]): Promise<Map<string, string>> {
  const column = <T>(value: (message: IncomingMessage, place: Place) => T): T[] =>
    rows.map(({ message, place }) => value(message, place));
  const { rows: stored } = await db.query<Key & { id: string; reused: boolean; rejected: boolean }>({
    name: 'inbox-insert',
    // Inserted in key order, numbered in the order of arrival: ids are what people and pages are sorted by.
    text: `insert into messages (id, transport, peer, sender, application, control_id, sent_at, message_code, trigger,
                                 digest, content, ack, state, fault, reused, rejected)
           select id, transport, peer, sender, application, control_id, sent_at, message_code, trigger,
                  digest, content, ack, state, fault, place = 'reused', place = 'rejected'
             from (select arrived.*, nextval('messages_id_seq') as id
                     from (select *
                             from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                                         $7::text[], $8::text[], $9::bytea[], $10::bytea[], $11::text[], $12::text[],
                                         $13::jsonb[], $14::text[], $15::int[])
                                  with ordinality
                               as t (transport, peer, sender, application, control_id, sent_at, message_code, trigger,
                                     digest, content, ack, state, fault, place, arrival, position)
                            order by arrival) arrived) numbered
            order by position
               on conflict do nothing
        returning id, sender, application, control_id as "controlId", sent_at as "sentAt", digest, reused, rejected`,
    values: [
      column((m) => m.transport),
      column((m) => m.peer),
      column((m) => m.sender),
      column((m) => m.application),
      column((m) => m.controlId),
      column((m) => m.sentAt),
      column((m) => m.messageCode),
      column((m) => m.trigger),
      column((m) => m.digest),
      column((m) => m.content),
      column((m) => m.ack),
      column((m, place) => (place === 'reused' ? 'parked' : m.state)),
      column((m, place) => jsonText(place === 'reused' ? REUSED : m.fault)),
      column((_, place) => place),
      rows.map(({ arrival }) => arrival),
    ],
  });
  return new Map(
    stored.map((row) => [slotOf(row, row.reused ? 'reused' : row.rejected ? 'rejected' : 'first'), row.id]),
  );
}

/** Adds to `repeats` of the rows with the same key, place and bytes, and returns the candidates that have none. */
async function countRepeats(
  db: Db,
  known: readonly Candidate[],
  accepted: Map<IncomingMessage, Accepted>,
): Promise<Candidate[]> {
  if (known.length === 0) return [];
  const found = await markRepeated(db, known);
  return known.filter(({ message, place }) => {
    const row = found.get(repeatSlotOf(message, place));
    if (row) accepted.set(message, { ...row, outcome: 'repeat' });
    return !row;
  });
}

async function markRepeated(db: Db, known: readonly Candidate[]): Promise<Map<string, Known>> {
  const { rows } = await db.query<Known & { position: number }>(
    `with repeated as (
       select m.id, count(*)::int as times, array_agg(t.position) as positions
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[])
              with ordinality
           as t (sender, application, control_id, sent_at, digest, place, position)
         join messages m
           on (m.sender, m.application, m.control_id, m.sent_at) = (t.sender, t.application, t.control_id, t.sent_at)
          and m.digest   = t.digest
          and m.reused   = (t.place = 'reused')
          and m.rejected = (t.place = 'rejected')
        group by m.id
     ), locked as (
       select m.id from messages m join repeated using (id) order by m.id for update of m
     ), counted as (
       update messages m
          set repeats = m.repeats + repeated.times, last_repeat_at = now()
         from repeated join locked using (id)
        where m.id = repeated.id
    returning m.id, m.state, m.ack, m.fault, repeated.positions
     )
     select id, state, ack, fault, unnest(positions)::int as position
       from counted`,
    [
      known.map(({ message }) => message.sender),
      known.map(({ message }) => message.application),
      known.map(({ message }) => message.controlId),
      known.map(({ message }) => message.sentAt),
      known.map(({ message }) => message.digest),
      known.map(({ place }) => place),
    ],
  );
  return new Map(
    rows.flatMap(({ position, ...row }): [string, Known][] => {
      const candidate = known[position - 1];
      return candidate ? [[repeatSlotOf(candidate.message, candidate.place), row]] : [];
    }),
  );
}

/** The unique index that a message falls under, and its key there. */
const slotOf = ({ sender, application, controlId, sentAt, digest }: Key, place: Place): string =>
  JSON.stringify([place, sender, application, controlId, sentAt, place === 'first' ? '' : digest.toString('hex')]);

const repeatSlotOf = (message: Key, place: Place): string =>
  `${slotOf(message, place)} ${message.digest.toString('hex')}`;

const byKey = (a: Candidate, b: Candidate): number => {
  const left = slotOf(a.message, a.place);
  const right = slotOf(b.message, b.place);
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Nothing that a sender may write into a header makes the rows of its neighbours in the batch fail. */
const storable = (message: IncomingMessage): IncomingMessage => ({
  ...message,
  peer: plainText(message.peer),
  sender: keyText(message.sender),
  application: keyText(message.application),
  controlId: keyText(message.controlId),
  sentAt: keyText(message.sentAt),
  messageCode: keyText(message.messageCode),
  trigger: keyText(message.trigger),
});
