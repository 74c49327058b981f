import type { FaultDetail } from '../fault.js';
import type { Accepted, IncomingMessage, MessageState } from './message.js';
import { jsonText, keyText, plainText } from './text.js';
import type { Db } from './transaction.js';

type Place = 'first' | 'reused' | 'rejected';
/** `slot`: the unique index that the message falls under, and its key there. */
type Candidate = { message: IncomingMessage; place: Place; slot: string; arrival: number };
type Key = Pick<IncomingMessage, 'sender' | 'application' | 'controlId' | 'sentAt' | 'digest'>;
type Known = { id: string; state: MessageState; ack: string; fault: FaultDetail | null };

const reused = ({ messageCode }: IncomingMessage): FaultDetail => ({
  code: 'control-id-reused',
  where: messageCode === 'FHIR' ? 'identifier' : 'MSH-10',
  text: 'the same identifier and message time came before with other content',
  next: 'ask the sender to give every message an identifier of its own; compare the two messages',
});

/**
 * Every statement stands alone, and each may be repeated: when one fails, the sender is told to send again and what was
 * stored is then a repeat. Rows are always taken in key order, so that two listeners never wait for each other in a ring.
 */
export async function acceptMessages(db: Db, messages: readonly IncomingMessage[]): Promise<Accepted[]> {
  const accepted = new Map<IncomingMessage, Accepted>();
  const candidates = messages.map((message, arrival) =>
    candidate(storable(message), message.state === 'rejected' ? 'rejected' : 'first', arrival),
  );

  const known = await store(db, candidates, accepted);
  // The key is there: with the same bytes it is a repeat; with others it gets a row of its own.
  const unlike = await countRepeats(db, known, accepted);
  const again = await store(
    db,
    unlike.map(({ message, arrival }) => candidate(message, 'reused', arrival)),
    accepted,
  );
  await countRepeats(db, again, accepted);

  return candidates.map(({ message }) => {
    const result = accepted.get(message);
    if (!result) throw new Error('a message of the batch was neither stored nor found');
    return result;
  });
}

const candidate = (message: IncomingMessage, place: Place, arrival: number): Candidate => ({
  message,
  place,
  slot: slotOf(message, place),
  arrival,
});

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
  return rows.filter(({ message, place, slot }) => {
    const id = seen.has(slot) ? undefined : stored.get(slot);
    seen.add(slot);
    if (id === undefined) return true;
    const { state, ack, fault } =
      place === 'reused' ? { ...message, state: 'parked' as const, fault: reused(message) } : message;
    accepted.set(message, { id, outcome: place === 'reused' ? 'reused' : 'stored', state, ack, fault });
    return false;
  });
}

async function insert(db: Db, rows: readonly Candidate[]): Promise<Map<string, string>> {
  const column = <T>(value: (message: IncomingMessage, place: Place) => T): T[] =>
    rows.map(({ message, place }) => value(message, place));
  const contents = joined(rows.map(({ message }) => message.content));
  const { rows: stored } = await db.query<Key & { id: string; reused: boolean; rejected: boolean }>({
    name: 'inbox-insert',
    // Inserted in key order, numbered in the order of arrival: ids are what people and pages are sorted by.
    // Contents come as one parameter, which travels as it is: as an array they would be doubled into hexadecimal.
    text: `with arrived as (
             select nextval('messages_id_seq') as id, in_order.*
               from (select *
                       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                                   $8::text[], $9::bytea[], $11::int[], $12::int[], $13::text[], $14::text[],
                                   $15::jsonb[], $16::text[], $17::int[])
                            with ordinality
                         as t (transport, peer, sender, application, control_id, sent_at, message_code, trigger,
                               digest, content_from, content_length, ack, state, fault, place, arrival, position)
                      order by arrival) in_order
           ), stored as (
             insert into messages (id, transport, peer, sender, application, control_id, sent_at, message_code, trigger,
                                   digest, ack, state, fault, reused, rejected)
             select id, transport, peer, sender, application, control_id, sent_at, message_code, trigger,
                    digest, ack, state, fault, place = 'reused', place = 'rejected'
               from arrived
              order by position
                 on conflict do nothing
          returning id, sender, application, control_id, sent_at, digest, reused, rejected
           ), kept as (
             insert into message_contents (message_id, content)
             select id, substring($10::bytea from content_from for content_length)
               from arrived
               join stored using (id)
              where content_length is not null
           )
           select id, sender, application, control_id as "controlId", sent_at as "sentAt", digest, reused, rejected
             from stored`,
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
      contents.bytes,
      contents.from,
      contents.lengths,
      column((m) => m.ack),
      column((m, place) => (place === 'reused' ? 'parked' : m.state)),
      column((m, place) => jsonText(place === 'reused' ? reused(m) : m.fault)),
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

const slotOf = ({ sender, application, controlId, sentAt, digest }: Key, place: Place): string =>
  JSON.stringify([place, sender, application, controlId, sentAt, place === 'first' ? '' : digest.toString('hex')]);

const repeatSlotOf = (message: Key, place: Place): string =>
  `${slotOf(message, place)} ${message.digest.toString('hex')}`;

const byKey = (a: Candidate, b: Candidate): number => (a.slot < b.slot ? -1 : a.slot > b.slot ? 1 : 0);

/** Places count from 1. Where there is no content, there is no length: SQL then gives null. */
function joined(contents: readonly (Buffer | null)[]) {
  const from: number[] = [];
  let next = 1;
  for (const content of contents) {
    from.push(next);
    next += content?.length ?? 0;
  }
  const bytes = Buffer.concat(contents.flatMap((content) => content ?? []));
  return { bytes, from, lengths: contents.map((content) => content?.length ?? null) };
}

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
