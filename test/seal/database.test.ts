import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { verifyCommand } from '../../src/commands/verify.js';
import type { CheckedSeals } from '../../src/flow/check-seals.js';
import { sealNow, sealPending } from '../../src/flow/seal.js';
import { auditStore } from '../../src/store/audit.js';
import { openDatabase } from '../../src/store/database.js';
import { inboxStore } from '../../src/store/inbox.js';
import { sealStore } from '../../src/store/seals.js';
import { hear } from '../commands/service.js';
import { contextOf, run, tables } from '../commands/terminal.js';
import { HOME, PERSON } from '../scenarios/adt.js';
import { incoming } from '../store/messages.js';
import { otherTestsHaveCommitted, type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';
import { stateFacts } from '../support/service.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const sql = async (text: string, values: unknown[] = []) => (await database.pool.query(text, values)).rows;
const seal = () => sealNow({ pool: database.pool, log: quiet });
const look = () =>
  auditStore(database.pool).record({
    who: 'somebody',
    role: 'officer',
    action: 'person-seen',
    subject: 'row 1',
    reason: null,
  });

type Answer = CheckedSeals & { ok: boolean; agrees: boolean | null };

const checked = async (...args: string[]): Promise<Answer> => {
  const { code, out } = await run(verifyCommand, ['--database', '--json', ...args], contextOf(database));
  const answer = JSON.parse(out) as Answer;
  expect(code).toBe(answer.ok ? 0 : 1);
  return answer;
};
const told = async (...args: string[]) => (await run(verifyCommand, ['--database', ...args], contextOf(database))).out;

/** Three seals over every kind of original: messages, statements, versions, attempts and looks. */
let noted = '';
beforeEach(async () => {
  await sql(`truncate seals, messages, message_contents, stated_facts, interpretations, mentions, told_periods, nodes, entries,
                      publications, person_keys, audit cascade`);
  await sql("update sealing set settled_to = 0, sealed = '{}', seen_to = 0, seen_at = null");
  await hear([HOME], database);
  await stateFacts(database.pool, tables, [{ kind: 'notice-given', nhsNumber: PERSON, on: '2026-03-02' }]);
  await sql(
    `insert into delivery_attempts (publication_id, attempt, started_at, ended_at, result)
     select publication_id, 1, now(), now(), 'confirmed' from deliveries`,
  );
  await seal();
  for (let i = 0; i < 3; i += 1) await look();
  await seal();
  noted = (await sealStore(database.pool).head()).head;
  await inboxStore(database.pool).acceptBatch([incoming({ controlId: 'A' }), incoming({ controlId: 'B' })]);
  await seal();
});

test('an untouched database is as it was sealed, and goes on from the head that was noted', async () => {
  const answer = await checked('--head', noted);
  expect(answer).toMatchObject({ ok: true, agrees: true, seals: 3, notedOver: 2, differing: 0, waiting: 0 });
  const originals = await sql(
    `select (select count(*) from messages) + (select count(*) from stated_facts) + (select count(*) from publications)
          + (select count(*) from delivery_attempts) + (select count(*) from audit) as rows`,
  );
  expect(answer.rows).toBe(Number(originals[0].rows));
  expect(answer.head).toBe((await sealStore(database.pool).head()).head);
  expect(await told('--head', noted)).toContain('nothing that was sealed by then was altered');
});

test('what has come since the last seal is counted, and is no fault', async () => {
  await look();
  expect(await checked()).toMatchObject({ ok: true, waiting: 1 });
});

const last = async (table: string, id = 'id') => (await sql(`select max(${id})::text as id from ${table}`))[0].id;

describe('one byte or one row that is another', () => {
  test.each([
    ['messages', 'id', "update messages set sent_at = '20260301100001' where id = $1"],
    [
      'messages',
      'id',
      'update message_contents set content = set_byte(content, 3, get_byte(content, 3) + 1) where message_id = $1',
    ],
    ['stated_facts', 'row_id', `update stated_facts set fact = fact || '{"on": "2026-03-03"}' where row_id = $1`],
    ['publications', 'id', "update publications set published_at = published_at - interval '1 us' where id = $1"],
    ['delivery_attempts', 'id', "update delivery_attempts set result = 'refused' where id = $1"],
    ['audit', 'id', "update audit set who = 'somebody else' where id = $1"],
  ])('%s: altered', async (table, id, statement) => {
    const row = await last(table, id);
    await sql(statement, [row]);
    const { ok, differing, differences } = await checked();
    expect([ok, differing]).toEqual([false, 1]);
    expect(differences).toMatchObject([{ table, id: row, what: 'altered' }]);
    expect(await told()).toContain(`${table} ${row}, seal`);
  });

  test.each(['messages', 'audit', 'delivery_attempts'])('%s: taken out', async (table) => {
    const row = await last(table);
    await sql(`delete from ${table} where id = $1`, [row]);
    expect((await checked()).differences).toMatchObject([{ table, id: row, what: 'missing' }]);
  });

  test('put in where everything is sealed', async () => {
    await sql('delete from audit where id = (select min(id) from audit)');
    const gap = Number(await last('audit')) + 5;
    await sql(
      `insert into audit (id, who, role, action, subject) overriding system value
       values ($1, 'somebody', 'officer', 'person-seen', 'row 1')`,
      [gap + 1],
    );
    await seal();
    for (let round = 0; round < 2; round += 1) {
      await sql("update sealing set seen_at = now() - interval '11 minutes'");
      await otherTestsHaveCommitted(database.pool);
      await sealPending({ pool: database.pool, log: quiet });
    }
    await sql(
      `insert into audit (id, who, role, action, subject) overriding system value
       values ($1, 'somebody', 'officer', 'person-seen', 'row 1')`,
      [gap],
    );
    const { differences, waiting } = await checked();
    expect(differences.map(({ what }) => what)).toEqual(['missing', 'added']);
    expect(differences).toContainEqual({ table: 'audit', id: String(gap), seal: null, what: 'added' });
    expect(waiting).toBe(0);
  });

  test('two that have changed places', async () => {
    const [a, b] = (await sql("select id from messages where control_id in ('A', 'B') order by id")).map(
      ({ id }) => id,
    );
    await sql(
      `update message_contents c
          set content = o.content
         from message_contents o
        where (c.message_id, o.message_id) in (($1, $2), ($2, $1))`,
      [a, b],
    );
    expect((await checked()).differences).toMatchObject([
      { table: 'messages', id: a, seal: 3, what: 'altered' },
      { table: 'messages', id: b, seal: 3, what: 'altered' },
    ]);
  });
});

describe('whoever makes the seals fit', () => {
  test('a root, a leaf or a time that was altered is told as the seal', async () => {
    for (const change of [
      'root = sha256(root)',
      'leaves = set_byte(leaves, 0, (get_byte(leaves, 0) + 1) % 256)',
      "sealed_at = sealed_at - interval '1 us'",
      'nodes = sha256(nodes)',
    ]) {
      const [before] = await sql('select * from seals where id = 2');
      await sql(`update seals set ${change} where id = 2`);
      expect((await checked()).differences).toContainEqual({ table: 'seals', id: '2', seal: 2, what: 'altered' });
      await sql('update seals set root = $1, leaves = $2, nodes = $3 where id = 2', [
        before.root,
        before.leaves,
        before.nodes,
      ]);
      if (change.startsWith('sealed_at'))
        await sql("update seals set sealed_at = sealed_at + interval '1 us' where id = 2");
      expect(await checked()).toMatchObject({ ok: true });
    }
  });

  test('a seal that was taken out is missed', async () => {
    await sql('delete from seals where id = 2');
    expect((await checked()).differences[0]).toEqual({ table: 'seals', id: '2', seal: 2, what: 'missing' });
  });

  test('and a whole database that was sealed anew is told by the head that was noted, and by nothing else', async () => {
    await sql("update audit set who = 'somebody else'");
    await sql('truncate seals');
    await sql("update sealing set settled_to = 0, sealed = '{}', seen_to = 0, seen_at = null");
    await seal();
    expect(await checked()).toMatchObject({ ok: true, agrees: null });
    expect(await checked('--head', noted)).toMatchObject({ ok: false, agrees: false, differing: 0 });
    expect(await told('--head', noted)).toContain('is none of these');
  });
});

test('neither a file beside it nor a head that cannot be one is taken', async () => {
  for (const args of [['evidence.html'], ['--head', 'abc']]) {
    const asked = run(verifyCommand, ['--database', ...args], contextOf(database));
    await expect(asked).rejects.toMatchObject({ code: 'usage' });
  }
  await expect(run(verifyCommand, [], contextOf(null))).rejects.toMatchObject({ code: 'usage' });
});

test('a database that goes away meanwhile is out of reach, and no difference', async () => {
  const own = await openDatabase({ databaseUrl: database.url, dataDir: '', maxConnections: 1 });
  await own.close();
  const gone = { ...own, pool: own.pool };
  await expect(
    run(verifyCommand, ['--database'], contextOf(database, { database: async () => gone })),
  ).rejects.toMatchObject({ code: 'system-unreachable' });
});

test('nothing of a person is in what it says', async () => {
  await sql('delete from message_contents');
  await sql('delete from stated_facts');
  const text = `${await told()}${JSON.stringify(await checked())}`;
  expect(text).not.toContain(PERSON);
  expect(text).not.toContain(HOME.family ?? 'Jones');
});
