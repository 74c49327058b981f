import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { feedMinutes } from '../../src/store/feed-minutes.js';
import { otherTestsHaveCommitted, type TestDatabase, testDatabase } from '../support/postgres.js';
import { cameAt, interpreted } from './house.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

const FEEDS = [
  { sender: 'RXT', application: 'EPR' },
  { sender: 'RXT', application: '' },
  { sender: 'RXX', application: '' },
];
const AT = '2026-03-02T10:00:30Z';
const now = new Date(AT);

const counter = () => feedMinutes(database.pool, FEEDS);
async function count(pool = database.pool): Promise<void> {
  await otherTestsHaveCommitted(pool);
  await feedMinutes(pool, FEEDS).count(now);
}
const counted = async () => {
  const totals = await counter().totals();
  return totals.map(({ sender, application, received, rejected }) => ({
    feed: `${sender} ${application}`.trim(),
    received,
    rejected,
  }));
};

describe('messages are counted by feed from their rows', () => {
  test('the most specific row of the site file counts a message, and strangers count together', async () => {
    await cameAt(database.pool, AT, {}, 2);
    await cameAt(database.pool, AT, { application: 'ANOTHER' }, 3);
    await cameAt(database.pool, AT, { sender: 'RXX', application: 'ANY' }, 4);
    await cameAt(database.pool, AT, { sender: 'EXAMPLE ALEX', state: 'rejected', content: null, ack: 'AR' });
    await count();
    await count();
    expect(await counted()).toEqual([
      { feed: '', received: 0, rejected: 1 },
      { feed: 'RXT', received: 3, rejected: 0 },
      { feed: 'RXT EPR', received: 2, rejected: 0 },
      { feed: 'RXX', received: 4, rejected: 0 },
    ]);
  });

  test('however many count at once and however often, each message counts once', async () => {
    await cameAt(database.pool, AT, {}, 100);
    for (let i = 0; i < 3; i += 1) await Promise.all(Array.from({ length: 8 }, () => count()));
    expect(await counted()).toEqual([{ feed: 'RXT EPR', received: 100, rejected: 0 }]);
  });

  test('a message that is committed late, below one that is counted, is not lost', async () => {
    const late = await database.pool.connect();
    try {
      await late.query('begin');
      await late.query(
        `insert into messages (transport, state, peer, sender, application, control_id, sent_at, message_code, trigger,
                               ack, digest)
         values ('mllp', 'received', '', 'RXT', 'EPR', 'LATE', '', 'ADT', 'A08', 'AA', '')`,
      );
      await cameAt(database.pool, AT, {}, 1);
      for (let i = 0; i < 3; i += 1) await count();
      expect(await counted()).toEqual([]);
      await late.query('commit');
    } finally {
      late.release();
    }
    for (let i = 0; i < 2; i += 1) await count();
    expect(await counted()).toEqual([{ feed: 'RXT EPR', received: 2, rejected: 0 }]);
  });

  test('a database that was restored on another server goes on counting', async () => {
    await cameAt(database.pool, AT);
    await count();
    await database.pool.query(`update feed_counting set seen_xmax = '9000000000000'`);
    await count();
    expect(await counted()).toHaveLength(1);
  });

  test('the first outcome counts, once everything before it has one', async () => {
    const [first = '', ...others] = await cameAt(database.pool, AT, {}, 3);
    await interpreted(database.pool, others.slice(0, 1), 'ignored');
    await interpreted(database.pool, others.slice(1), 'parked', { code: 'code-unmapped' });
    for (let i = 0; i < 2; i += 1) await count();
    expect(await counter().totals()).toMatchObject([{ received: 3, ignored: 0, parked: 0 }]);
    await interpreted(database.pool, [first]);
    await count();
    // A rebuild interprets everything again, with another outcome.
    await database.pool.query(`update messages set state = 'received', fault = null`);
    await count();
    await interpreted(database.pool, [first, ...others]);
    await count();
    expect(await counter().totals()).toMatchObject([{ received: 3, interpreted: 1, ignored: 1, parked: 1 }]);
  });
});

test('counting reads what is new and nothing else, with a hundred thousand messages before it', async () => {
  await database.pool.query(
    `insert into messages (transport, state, peer, sender, application, control_id, sent_at, message_code, trigger, ack,
                           digest)
     select 'mllp', 'interpreted', '', 'RXT', 'EPR', 'M' || i, '', 'ADT', 'A08', 'AA', ''
       from generate_series(1, 100000) as i`,
  );
  await database.pool.query('analyze messages');
  for (let i = 0; i < 2; i += 1) await count();
  expect(await counted()).toEqual([{ feed: 'RXT EPR', received: 100_000, rejected: 0 }]);
  const own = new Pool({ connectionString: database.url, max: 1 });
  const scans = async () => {
    await own.query('select pg_stat_force_next_flush()');
    const { rows } = await own.query("select seq_scan from pg_stat_user_tables where relname = 'messages'");
    return rows;
  };
  const before = await scans();
  await cameAt(database.pool, AT, {}, 10);
  for (let i = 0; i < 3; i += 1) await count(own);
  await feedMinutes(own, FEEDS).since(new Date('2026-03-02T09:00:00Z'));
  const after = await scans();
  await own.end();
  expect(after).toEqual(before);
  expect(await counted()).toEqual([{ feed: 'RXT EPR', received: 100_010, rejected: 0 }]);
});

test('minutes are forgotten only long after a feed has spoken last', async () => {
  await cameAt(database.pool, '2026-01-01T10:00:00Z');
  await cameAt(database.pool, '2026-03-02T10:00:00Z');
  await cameAt(database.pool, '2026-01-01T10:00:00Z', { sender: 'RXX' });
  for (let i = 0; i < 2; i += 1) await count();
  await counter().forget(56);
  const { rows } = await database.pool.query('select sender, minute from feed_minutes order by sender');
  expect(rows).toEqual([
    { sender: 'RXT', minute: new Date('2026-03-02T10:00:00Z') },
    { sender: 'RXX', minute: new Date('2026-01-01T10:00:00Z') },
  ]);
});
