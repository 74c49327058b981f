import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'pg';
import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { receiver } from '../../src/flow/receive.js';
import { deliveryStore } from '../../src/store/deliveries.js';
import { inboxStore } from '../../src/store/inbox.js';
import { adt, OTHER, PERSON } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';

let database: TestDatabase;
let pool: Pool;

const OTHERS = 10_000;
/** Rows of tables and of their indexes. */
const FEW = OTHERS / 20;
const BIRMINGHAM = 'E08000025';

beforeAll(async () => {
  database = await testDatabase();
  // One connection, so that what it has read can be asked for at once.
  pool = new Pool({ connectionString: database.url, max: 1 });
  await fill();
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** People of long ago: each came with one message, and their council has confirmed it. */
async function fill(): Promise<void> {
  const rows = `from generate_series(1, ${OTHERS}) as n`;
  const key = `('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid`;
  for (const statement of [
    `insert into messages (transport, state, peer, sender, application, control_id, sent_at, message_code, trigger, ack, digest)
     select 'mllp', 'interpreted', '', 'RXT', '', 'OLD' || n, '20200101', 'ADT', 'A03', 'AA', '' ${rows}`,
    `insert into interpretations (message_id, definition, outcome, facts) select n, '', 'interpreted', '[]' ${rows}`,
    `insert into nodes (node) select 'local:RXT:MRN:old' || n ${rows}`,
    `insert into nodes (node) select 'nhs:old' || n ${rows}`,
    `insert into mentions (node_id, message_id) select n, n ${rows}`,
    `insert into mentions (node_id, message_id) select n + ${OTHERS}, n ${rows}`,
    `insert into told_periods (period, node_id) select 'RXT|OLD' || n, n ${rows}`,
    `insert into person_keys (key, anchor) select ${key}, 'nhs:old' || n ${rows}`,
    `update nodes set person_key = ('00000000-0000-4000-8000-' || lpad((1 + (id - 1) % ${OTHERS})::text, 12, '0'))::uuid`,
    `insert into entries (person_key, status, council, entry) select ${key}, 'active', '${BIRMINGHAM}', '{"questions": []}' ${rows}`,
    `insert into publications (person_key, body, body_kind, record_version, content, digest)
     select ${key}, '${BIRMINGHAM}', 'council', 1, '{}', '' ${rows}`,
    `insert into deliveries (publication_id, person_key, body, state, settled_at, confirmed_at)
     select n, ${key}, '${BIRMINGHAM}', 'confirmed', now(), now() ${rows}`,
    `insert into episode_ids (person_key, body, anchor, episode, flag, care_plan)
     select ${key}, '${BIRMINGHAM}', 'P1', ${key}, ${key}, ${key} ${rows}`,
    'vacuum analyze',
  ])
    await pool.query(statement);
}

async function rowsRead(): Promise<number> {
  await pool.query('select pg_stat_force_next_flush()');
  const { rows } = await pool.query<{ read: number }>(
    `select (select sum(seq_tup_read) from pg_stat_user_tables)::int
          + (select sum(idx_tup_read) from pg_stat_user_indexes)::int as read`,
  );
  return rows[0]?.read ?? 0;
}

/** One message, from the acknowledgement to the confirmation. */
async function carry(nhsNumber: string): Promise<void> {
  const receive = receiver({
    site: tables.site,
    acceptBatch: inboxStore(pool).acceptBatch,
    wake: () => {},
    log: quiet,
  });
  const periods = [{ id: `P-${nhsNumber}`, status: '03', from: '20260105', council: BIRMINGHAM }];
  const message = adt({
    trigger: 'A01',
    sentAt: '20260105100000',
    admitted: '20260105',
    nhsNumber,
    mrn: null,
    periods,
  });
  await receive(Buffer.from(message), { transport: 'mllp', peer: 'test' });

  await interpretPending({ pool, ...tables, changed: async () => {}, log: quiet });
  const [now, today] = [() => new Date(), () => '2026-02-01'];
  await foldDue({ pool, ...tables, now, today, deliver: () => {}, log: quiet });
  const deliveries = deliveryStore(pool);
  const claims = await deliveries.claim(BIRMINGHAM, 32);
  expect(await deliveries.confirm(claims.map((claim) => ({ claim, httpStatus: 200 })))).toEqual([true]);
}

test('what is read for one message does not grow with the register', async () => {
  await carry(PERSON); // the first of a connection reads what the database is made of
  const before = await rowsRead();
  await carry(OTHER);
  expect((await rowsRead()) - before).toBeLessThan(FEW);
});
