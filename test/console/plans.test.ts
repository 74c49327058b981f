import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditStore } from '../../src/store/audit.js';
import { bodyStore } from '../../src/store/body-overview.js';
import { type MessageSearch, messageSearchStore } from '../../src/store/message-search.js';
import { openChargeStore } from '../../src/store/open-charges.js';
import { overviewStore } from '../../src/store/overview.js';
import { questionStore } from '../../src/store/questions.js';
import type { Db } from '../../src/store/transaction.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

/** Enough rows that reading them all is what a planner avoids when it can. */
const MESSAGES = 60_000;
const PERSONS = 6_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  const { pool } = database;
  await pool.query(
    `insert into messages (received_at, transport, state, peer, sender, application, control_id, sent_at, message_code,
                           trigger, ack, digest, fault, rejected)
     select now() - interval '30 days' + n * interval '30 days' / $1, 'mllp',
            case when n % 500 = 0 then 'parked' when n % 700 = 1 then 'rejected' else 'interpreted' end, 'peer',
            case when n < $1 / 3 and n % 3 = 0 then 'SILENT' else 'RX' || n % 5 end, 'EPR', 'C' || n, '2026', 'ADT',
            'A0' || n % 8, 'AA', decode(md5(n::text), 'hex'),
            case when n % 500 = 0 then '{"code":"code-unmapped","where":"","text":"","next":""}'::jsonb end,
            n % 700 = 1 and n % 500 <> 0
       from generate_series(1, $1::int) n`,
    [MESSAGES],
  );
  await pool.query(`insert into nodes (node) select 'nhs:' || n from generate_series(1, $1::int) n`, [PERSONS]);
  await pool.query(
    `insert into mentions (node_id, message_id)
     select n.id, m.id
       from messages m
       join nodes n on n.node = 'nhs:' || 1 + m.id % $1
      where m.state = 'interpreted'`,
    [PERSONS],
  );
  await pool.query(
    `with keys as (
       insert into person_keys (key, anchor)
       select gen_random_uuid(), n from generate_series(1, $1::int) n
    returning key
     )
     insert into entries (person_key, status, council, icb, entry)
     select key, 'active', 'E08000025', 'QHL',
            jsonb_build_object('questions', case when random() < 0.1 then '[{"kind":"which-icb"}]'::jsonb else '[]'::jsonb end)
       from keys`,
    [PERSONS],
  );
  await pool.query(
    `insert into open_questions (person_key, question_id, kind, asked_since, council, icb)
     select person_key, 'which-icb-1', 'which-icb', now() - random() * interval '90 days', council, icb
       from entries
      where entry -> 'questions' <> '[]'`,
  );
  await pool.query(
    `with charged as (
       select person_key from entries limit 100
     ), asked as (
       insert into open_questions (person_key, question_id, kind, asked_since, council, icb)
       select person_key, 'charges-1', 'charges-unchecked', now(), 'E08000025', 'QHL' from charged
     )
     insert into open_charges (person_key, fact, stretch, council, icb, service, kinds, pence_per_week, first_on,
                               days_before)
     select person_key, gen_random_uuid(), 0, 'E08000025', 'QHL', 'meals', '{charged-while-owed}', 7000, '2026-01-05', 0
       from charged`,
  );
  await pool.query(
    `with told as (
       insert into publications (person_key, body, body_kind, record_version, content, digest)
       select key, 'E0800002' || 5 + n % 3, 'council', v, '{}', '' from person_keys cross join generate_series(1, 3) v
        cross join lateral (select hashtext(anchor) & 1 as n) half
    returning id, person_key, body, record_version
     )
     insert into deliveries (publication_id, person_key, body, state, settled_at)
     select id, person_key, body, case when record_version < 3 then 'overtaken' when id % 100 = 0 then 'parked' else 'confirmed' end,
            now()
       from told`,
  );
  await pool.query(
    `insert into audit (who, role, action, subject)
     select 'W' || n % 40, 'officer', 'person-listed', n::text from generate_series(1, 20000) n`,
  );
  await pool.query('vacuum analyze');
});
afterAll(() => database.drop());

type Plan = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Plan Rows': number;
  Plans?: Plan[];
};

/** Runs what a store asks, and notes how the database goes about it: `Seq Scan on messages`, `messages_sender`. */
async function stepsOf(ask: (db: Db) => Promise<unknown>): Promise<string[]> {
  const steps: string[] = [];
  const note = ({ Plans = [], ...node }: Plan): void => {
    steps.push(node['Index Name'] ?? `${node['Node Type']} on ${node['Relation Name'] ?? 'rows'}`);
    for (const below of Plans) note(below);
  };
  const query = async (text: string, values: unknown[]) => {
    const { rows } = await database.pool.query(`explain (format json) ${text}`, values);
    note(rows[0]['QUERY PLAN'][0].Plan);
    return database.pool.query(text, values);
  };
  await ask({ query } as Db);
  return steps;
}

const WHOLE_TABLE = /^Seq Scan on (messages|entries|audit|mentions|nodes|deliveries|stated_facts)$/;

describe('no search of the inbox reads all of it', () => {
  const noon = new Date(Date.now() - 20 * 86_400_000);
  const searches: { story: string; search: Omit<MessageSearch, 'limit'>; by?: string }[] = [
    { story: 'the newest', search: {} },
    { story: 'by control ID', search: { controlId: 'C4000' }, by: 'messages_control_id' },
    { story: 'by a person', search: { node: 'nhs:17' }, by: 'mentions_message' },
    { story: 'by sender, also one long silent', search: { sender: 'SILENT' }, by: 'messages_sender' },
    { story: 'by time', search: { from: noon, to: new Date(noon.getTime() + 3_600_000) } },
    { story: 'by sender and time', search: { sender: 'RX1', to: noon }, by: 'messages_sender' },
    { story: 'by cause of parking', search: { states: ['parked'], fault: 'code-unmapped' } },
    { story: 'what was rejected', search: { states: ['rejected'] } },
    { story: 'a page far back', search: { before: '300' } },
  ];

  test.each(searches)('$story', async ({ search, by }) => {
    const steps = await stepsOf((db) => messageSearchStore(db).search({ ...search, limit: 50 }));
    expect(steps.filter((step) => WHOLE_TABLE.test(step))).toEqual([]);
    if (by) expect(steps).toContain(by);
  });
});

describe('no other page reads a large table', () => {
  test.each([
    { story: 'what is parked, by cause', ask: (db: Db) => overviewStore(db).parkedByFault() },
    { story: 'what each council holds and lacks', ask: (db: Db) => bodyStore(db).all() },
    { story: 'what one council holds and lacks', ask: (db: Db) => bodyStore(db).all('E08000025') },
    { story: 'how many questions of each kind', ask: (db: Db) => overviewStore(db).questions() },
    { story: 'the questions of a kind', ask: (db: Db) => questionStore(db).list({ kind: 'which-icb' }, 50) },
    { story: 'the oldest questions', ask: (db: Db) => questionStore(db).list({}, 50) },
    { story: 'how many questions of one council', ask: (db: Db) => questionStore(db).counts({ council: 'E08000025' }) },
    {
      story: 'the last message of each feed',
      ask: (db: Db) => messageSearchStore(db).lastOfFeeds([{ sender: 'SILENT', application: null }]),
    },
    { story: 'what was charged', ask: (db: Db) => openChargeStore(db).groups(null, '2026-11-21') },
    { story: 'on which days it was charged', ask: (db: Db) => openChargeStore(db).days('QHL', '2026-11-21') },
    {
      story: 'who is charged',
      ask: (db: Db) => openChargeStore(db).places({ body: 'QHL', kind: null, today: '2026-11-21' }, null, 51),
    },
    { story: 'one person’s looks', ask: (db: Db) => auditStore(db).search({ who: 'W3', limit: 50 }) },
    { story: 'a kind of look', ask: (db: Db) => auditStore(db).search({ action: 'body-paused', limit: 50 }) },
  ])('$story', async ({ ask }) => {
    expect((await stepsOf(ask)).filter((step) => WHOLE_TABLE.test(step))).toEqual([]);
  });
});

describe('what is said of a council', () => {
  test('is what its deliveries say; what it has long had is counted to ten thousand', async () => {
    const { rows } = await database.pool.query<{ body: string; state: string; count: number }>(
      `select body, state, least(count(*), 10001)::int as count from deliveries group by body, state`,
    );
    const all = await bodyStore(database.pool).all();
    const counted = all.flatMap(({ body, counts }) =>
      Object.entries(counts).map(([state, count]) => ({ body, state, count })),
    );
    const inOrder = (list: typeof counted) => list.map((each) => JSON.stringify(each)).sort();
    expect(inOrder(counted)).toEqual(inOrder(rows));
    expect(await bodyStore(database.pool).all('E08000025')).toEqual([all[0]]);
    expect(all.every(({ lastConfirmedAt, oldestUndeliveredAt }) => lastConfirmedAt && oldestUndeliveredAt)).toBe(true);
  });
});

describe('what a search finds', () => {
  const idsOf = async (search: Omit<MessageSearch, 'limit'>, limit = 5) => {
    const { rows } = await messageSearchStore(database.pool).search({ ...search, limit });
    return rows.map(({ id }) => Number(id));
  };

  test('is in the order of arrival, newest first, whatever it is searched by', async () => {
    for (const search of [{}, { sender: 'SILENT' }, { states: ['parked' as const] }, { node: 'nhs:17' }]) {
      const ids = await idsOf(search);
      expect(ids).toEqual(ids.toSorted((a, b) => b - a));
      expect(ids).toHaveLength(5);
    }
  });

  test('between two moments is what came from the first and before the second', async () => {
    const { rows } = await database.pool.query<{ id: string; receivedAt: Date }>(
      `select id, received_at as "receivedAt" from messages where id in (1000, 1010) order by id`,
    );
    const [from, to] = rows.map(({ receivedAt }) => receivedAt);
    const ids = await idsOf({ from, to }, 100);
    expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => 1009 - index));
  });

  test('goes on page by page to the first, also where only a part is looked through at a time', async () => {
    const found: number[] = [];
    let before: string | undefined;
    for (let pages = 0; pages < 100; pages += 1) {
      const page = await messageSearchStore(database.pool).search({
        trigger: 'A03',
        sender: 'SILENT',
        before,
        limit: 200,
      });
      found.push(...page.rows.map(({ id }) => Number(id)));
      if (page.nextBefore === null) break;
      before = page.nextBefore;
    }
    const { rows } = await database.pool.query<{ id: string }>(
      `select id from messages where trigger = 'A03' and sender = 'SILENT' order by id desc`,
    );
    expect(found).toEqual(rows.map(({ id }) => Number(id)));
  });
});
