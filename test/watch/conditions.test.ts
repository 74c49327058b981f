import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { BIRMINGHAM, cameAt, interpreted, type Watching, watchingProcess } from './house.js';

let database: TestDatabase;
let watching: Watching;

beforeEach(async () => {
  database = await testDatabase();
  watching = watchingProcess(database.pool);
});
afterEach(() => database.drop());

/** What is counted lags one round behind what was committed. */
async function round(at: string): Promise<string[]> {
  await watching.round(at);
  return watching.round(at);
}

/** A version for Birmingham that was published at a moment. Returns its id. */
async function published(at: string): Promise<string> {
  const { rows } = await database.pool.query<{ id: string }>(
    `with person as (
       insert into person_keys (key, anchor) values ($1, $2) returning key
     ), version as (
       insert into publications (person_key, body, body_kind, record_version, content, digest, published_at)
       select key, $3, 'council', 1, '{}', '', $4 from person
    returning id, person_key, body
     )
     insert into deliveries (publication_id, person_key, body)
     select id, person_key, body from version
  returning publication_id as id`,
    [randomUUID(), `nhs:${randomUUID()}`, BIRMINGHAM, at],
  );
  return rows[0]?.id ?? '';
}

const becomes = (id: string, state: string, fault: string | null = null) =>
  database.pool.query('update deliveries set state = $2, last_fault = $3 where publication_id = $1', [
    id,
    state,
    fault,
  ]);

describe('a council that does not have what it should', () => {
  test('an hour is waited, then it is an alert, and it ends when the council has caught up', async () => {
    const id = await published('2026-03-02T10:00:00Z');
    expect(await round('2026-03-02T10:59:00Z')).toEqual([]);
    expect(await watching.round('2026-03-02T11:00:00Z')).toEqual([`undelivered ${BIRMINGHAM} began`]);
    expect(await watching.round('2026-03-02T12:00:00Z')).toEqual([]);
    await becomes(id, 'sending');
    expect(await watching.round('2026-03-02T12:00:15Z')).toEqual([]);
    await becomes(id, 'confirmed');
    expect(await watching.round('2026-03-02T12:00:30Z')).toEqual([`undelivered ${BIRMINGHAM} ended`]);
  });

  test('what a council refuses is an alert of its own, at once, with the fault', async () => {
    const id = await published('2026-03-02T10:00:00Z');
    await becomes(id, 'parked', 'council-refused');
    expect(await watching.round('2026-03-02T10:01:00Z')).toEqual([`delivery-parked ${BIRMINGHAM} began`]);
    const { rows } = await database.pool.query('select details from alerts');
    expect(rows).toEqual([{ details: { parked: 1, faults: 'council-refused' } }]);
    await becomes(id, 'due');
    expect(await watching.round('2026-03-02T10:02:00Z')).toEqual([`delivery-parked ${BIRMINGHAM} ended`]);
  });
});

describe('messages that are stored and go no further', () => {
  test('one that nobody interprets is an alert after ten minutes', async () => {
    const ids = await cameAt(database.pool, '2026-03-02T10:00:00Z');
    expect(await round('2026-03-02T10:09:00Z')).toEqual([]);
    expect(await watching.round('2026-03-02T10:10:00Z')).toEqual(['uninterpreted inbox began']);
    await interpreted(database.pool, ids);
    expect(await watching.round('2026-03-02T10:11:00Z')).toEqual(['uninterpreted inbox ended']);
  });

  test('what is said of a person and cannot be folded is one as well, however often it is tried', async () => {
    await database.pool.query(
      "insert into nodes (node, due_since, waits_since) values ('local:RXT::unfolded', '2090-01-01', '2026-03-02T10:00:00Z')",
    );
    expect(await round('2026-03-02T10:09:00Z')).toEqual([]);
    expect(await watching.round('2026-03-02T10:10:00Z')).toEqual(['unfolded register began']);
    await database.pool.query("delete from nodes where node = 'local:RXT::unfolded'");
    expect(await watching.round('2026-03-02T10:11:00Z')).toEqual(['unfolded register ended']);
  });

  test('while a rebuild interprets everything again, the age of a message says nothing', async () => {
    await cameAt(database.pool, '2025-03-02T10:00:00Z');
    await database.pool.query('insert into rebuilds (until_message) values (1)');
    expect(await round('2026-03-02T10:10:00Z')).toEqual([]);
  });

  test('a tenth of a feed parked within the hour is an alert, and names the faults', async () => {
    const fine = await cameAt(database.pool, '2026-03-02T10:00:00Z', {}, 45);
    const parked = await cameAt(database.pool, '2026-03-02T10:01:00Z', {}, 5);
    await interpreted(database.pool, fine);
    await interpreted(database.pool, parked, 'parked', { code: 'code-unmapped' });
    expect(await round('2026-03-02T10:02:00Z')).toEqual(['parked-rate RXT EPR began']);
    const { rows } = await database.pool.query('select details from alerts');
    expect(rows).toEqual([{ details: { parked: 5, received: 50, percent: 10, faults: 'code-unmapped' } }]);
    await interpreted(database.pool, parked.slice(0, 2));
    expect(await watching.round('2026-03-02T10:03:00Z')).toEqual([]);
    await interpreted(database.pool, parked);
    expect(await watching.round('2026-03-02T10:04:00Z')).toEqual(['parked-rate RXT EPR ended']);
  });

  test('four parked messages of a quiet night are none, nor are those of another feed', async () => {
    const parked = await cameAt(database.pool, '2026-03-02T02:00:00Z', {}, 4);
    const others = await cameAt(database.pool, '2026-03-02T02:00:00Z', { sender: 'RXX' }, 40);
    await interpreted(database.pool, others);
    await interpreted(database.pool, parked, 'parked', { code: 'code-unmapped' });
    expect(await round('2026-03-02T02:10:00Z')).toEqual([]);
  });
});

test('a sender who is refused again and again is an alert, and a stranger is never named', async () => {
  const refused = { state: 'rejected' as const, content: null, ack: 'AR' };
  await cameAt(database.pool, '2026-03-02T10:00:00Z', { ...refused, sender: 'EXAMPLE ALEX' }, 12);
  await cameAt(database.pool, '2026-03-02T10:00:00Z', { ...refused, sender: 'SAMPLE SAM' }, 12);
  expect(await round('2026-03-02T10:05:00Z')).toEqual(['sender-refused unknown began']);
  expect(await watching.round('2026-03-02T11:10:00Z')).toEqual(['sender-refused unknown ended']);
  const { rows } = await database.pool.query('select subject, details::text from alerts');
  const feeds = await database.pool.query('select sender, application from feed_minutes');
  expect(JSON.stringify([rows, feeds.rows])).not.toMatch(/ALEX|SAM/);
});

describe('a feed that falls silent', () => {
  /** Six weeks in which RXT's EPR speaks on working days from nine to five, every five minutes. */
  const sixWeeks = () =>
    database.pool.query(
      `insert into messages (received_at, transport, state, peer, sender, application, control_id, sent_at,
                             message_code, trigger, ack, digest)
       select at, 'mllp', 'interpreted', '127.0.0.1', 'RXT', 'EPR', 'H' || extract(epoch from at), '', 'ADT', 'A08',
              'AA', ''
         from generate_series(timestamptz '2026-01-05 09:00Z', '2026-02-13 16:55Z', '5 minutes') as at
        where extract(isodow from at at time zone 'UTC') < 6
          and extract(hour from at at time zone 'UTC') between 9 and 16`,
    );

  /** A round every four minutes, as a service that runs all the time has them (and more). */
  async function rounds(from: string, to: string): Promise<string[]> {
    const changes: string[] = [];
    for (let at = Date.parse(from); at <= Date.parse(to); at += 240_000) {
      changes.push(...(await watching.round(new Date(at).toISOString())));
    }
    return changes;
  }

  test('it is not missed over the weekend; it is on Monday morning, once, until it is heard again', async () => {
    await sixWeeks();
    await round('2026-02-13T17:00:00Z');
    expect(await rounds('2026-02-13T17:04:00Z', '2026-02-16T09:24:00Z')).toEqual([]);
    expect(await rounds('2026-02-16T09:28:00Z', '2026-02-16T12:00:00Z')).toEqual(['feed-silent RXT EPR began']);
    await interpreted(database.pool, await cameAt(database.pool, '2026-02-16T12:03:00Z'));
    expect(await rounds('2026-02-16T12:04:00Z', '2026-02-16T12:12:00Z')).toEqual(['feed-silent RXT EPR ended']);
  });

  test('nothing is missed of the times in which the service itself did not run', async () => {
    await sixWeeks();
    await round('2026-02-13T17:00:00Z');
    // Down until Monday noon, and again for an hour: senders find out by themselves that we are back.
    expect(await rounds('2026-02-16T12:00:00Z', '2026-02-16T12:16:00Z')).toEqual([]);
    expect(await rounds('2026-02-16T13:16:00Z', '2026-02-16T13:24:00Z')).toEqual([]);
    expect(await rounds('2026-02-16T13:28:00Z', '2026-02-16T13:56:00Z')).toEqual(['feed-silent RXT EPR began']);
  });

  test('a feed without enough history is not judged', async () => {
    await database.pool.query('delete from messages');
    const ids = await cameAt(database.pool, '2026-02-13T10:00:00Z', {}, 50);
    await interpreted(database.pool, ids);
    await round('2026-02-13T10:05:00Z');
    expect(await round('2026-03-13T10:05:00Z')).toEqual([]);
  });
});
