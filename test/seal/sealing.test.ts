import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { PoolClient } from 'pg';
import { sealNow, sealPending } from '../../src/flow/seal.js';
import { type Hash, rootOf, treeOf } from '../../src/seal/merkle.js';
import { leafOf, ORIGINAL_KINDS, type OriginalKind, placeOf, positionsIn } from '../../src/seal/originals.js';
import { headOf, sealLeaf } from '../../src/seal/sealed.js';
import { auditStore } from '../../src/store/audit.js';
import { inboxStore } from '../../src/store/inbox.js';
import { LOCKS } from '../../src/store/locks.js';
import { originalStore } from '../../src/store/originals.js';
import { type SealRow, sealStore } from '../../src/store/seals.js';
import { incoming as anIncoming } from '../store/messages.js';
import { otherTestsHaveCommitted, type TestDatabase, testDatabase } from '../support/postgres.js';
import { quiet } from '../support/quiet.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
  // As the service's own pools: whoever uses a connection that is killed is told by its next statement.
  database.pool.on('connect', (client) => client.on('error', () => undefined));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('truncate seals, messages, message_contents, audit cascade');
  await database.pool.query("update sealing set settled_to = 0, sealed = '{}', seen_to = 0, seen_at = null");
});

const everySeal = (): Promise<SealRow[]> => sealStore(database.pool).covering('{[0,9000000000000000]}');
const sealAll = () => sealPending({ pool: database.pool, log: quiet });

let counter = 0;
const incoming = (over: Parameters<typeof anIncoming>[0] = {}) => anIncoming({ controlId: `M${counter++}`, ...over });
const look = (db: TestDatabase['pool'] | PoolClient, subject = `row ${counter++}`) =>
  auditStore(db).record({ who: 'somebody', role: 'officer', action: 'person-seen', subject, reason: null });

/** Minutes pass: whoever had a number has begun by now. */
async function later(): Promise<void> {
  await otherTestsHaveCommitted(database.pool);
  await database.pool.query("update sealing set seen_at = seen_at - interval '11 minutes'");
}

const splitAt32 = (bytes: Buffer): Hash[] =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * i + 32));

/** Every row that there is has one leaf in one seal, every root and every head is right, as worked out anew. */
async function everythingIsSealedOnce(): Promise<void> {
  const seals = await everySeal();
  expect(seals.map(({ seal }) => seal)).toEqual(seals.map((_, i) => i + 1));
  const tree: Hash[] = [];
  for (const { seal, sealedAt, leaves, root, head } of seals) {
    const own = splitAt32(leaves);
    expect(rootOf({ from: 0, to: own.length }, treeOf(own))).toEqual(root);
    tree.push(sealLeaf({ seal, sealedAt, items: own.length, root: root.toString('hex') }));
    const over = rootOf({ from: 0, to: tree.length }, treeOf(tree)).toString('hex');
    expect(head).toBe(headOf({ seals: tree.length, root: over }));
  }
  let rows = 0;
  for (const kind of ORIGINAL_KINDS) {
    for (const original of await originalStore(database.pool).read(kind, await idsOf(kind))) {
      rows += 1;
      const found = seals.flatMap(({ covers, leaves }) => {
        const at = positionsIn(covers)(placeOf(original));
        return at === null ? [] : [splitAt32(leaves)[at]];
      });
      expect(found).toEqual([leafOf(original)]);
    }
  }
  expect(seals.reduce((sum, { leaves }) => sum + leaves.length / 32, 0)).toBe(rows);
}

const TABLE = {
  message: 'select id from messages where not rejected',
  'stated-fact': 'select row_id as id from stated_facts',
  version: 'select id from publications',
  attempt: 'select id from delivery_attempts',
  look: 'select id from audit',
} satisfies Record<OriginalKind, string>;

async function idsOf(kind: OriginalKind): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(TABLE[kind]);
  return rows.map(({ id }) => id);
}

test('what is there is sealed once; where nothing is new there is no seal', async () => {
  await inboxStore(database.pool).acceptBatch([incoming(), incoming(), incoming({ state: 'rejected', content: null })]);
  await look(database.pool);
  await sealAll();
  await sealAll();
  expect(await everySeal()).toHaveLength(1);
  await everythingIsSealedOnce();
  await look(database.pool);
  await sealAll();
  expect(await everySeal()).toHaveLength(2);
  await everythingIsSealedOnce();
});

test('a transaction that is held open keeps its row for a later seal, however long it takes', async () => {
  const slow = await database.pool.connect();
  await slow.query('begin');
  await look(slow, 'slow');
  await look(database.pool);
  await sealAll();
  for (let round = 0; round < 3; round += 1) {
    await later();
    await look(database.pool);
    await sealAll();
  }
  expect(await idsOf('look')).toHaveLength(4);
  await everythingIsSealedOnce();

  await slow.query('commit');
  slow.release();
  await sealAll();
  expect(await idsOf('look')).toHaveLength(5);
  await everythingIsSealedOnce();

  await later();
  await look(database.pool);
  await sealAll();
  await everythingIsSealedOnce();
  const { rows } = await database.pool.query("select settled_to > 0 as moved from sealing where kind = 'look'");
  expect(rows).toEqual([{ moved: true }]);
});

test('a number that was taken and given back is no gap for ever', async () => {
  const client = await database.pool.connect();
  await client.query('begin');
  await look(client);
  await client.query('rollback');
  client.release();
  await look(database.pool);
  await sealAll();
  await later();
  await look(database.pool);
  await sealAll();
  const { rows } = await database.pool.query("select sealed from sealing where kind = 'look'");
  expect(rows[0].sealed).toMatch(/^\{\[\d+,\d+\)\}$/);
  await everythingIsSealedOnce();
});

test('many write and give up at any moment, several seal, and sealing is killed again and again: every row once', async () => {
  let writing = true;
  const writer = async () => {
    const client = await database.pool.connect();
    for (let i = 0; i < 25; i += 1) {
      await client.query('begin');
      await look(client);
      if (i % 3 === 0) await sleep(Math.random() * 30);
      await client.query(i % 5 === 4 ? 'rollback' : 'commit');
    }
    client.release();
  };
  const receiving = async () => {
    for (let i = 0; i < 25; i += 1) await inboxStore(database.pool).acceptBatch([incoming(), incoming()]);
  };
  const sealing = async () => {
    while (writing) await sealAll().catch(() => undefined);
  };
  const killing = async () => {
    while (writing) {
      await sleep(15);
      await database.pool.query(
        `select pg_terminate_backend(l.pid)
           from pg_locks l
          where l.locktype = 'advisory'
            and l.objid = $1
            and l.database = (select oid from pg_database where datname = current_database())`,
        [LOCKS.seal],
      );
    }
  };
  const helpers = [sealing(), sealing(), sealing(), killing()];
  await Promise.all([...Array.from({ length: 6 }, writer), receiving()]);
  writing = false;
  await Promise.all(helpers);
  await sealNow({ pool: database.pool, log: quiet });
  expect(await idsOf('look')).toHaveLength(120);
  expect(await idsOf('message')).toHaveLength(50);
  await everythingIsSealedOnce();
});

test('a backlog goes into several seals, and an end in between loses nothing', async () => {
  await database.pool.query(
    `insert into audit (who, role, action, subject)
     select 'somebody', 'officer', 'person-listed', 'row ' || n
       from generate_series(1, 4500) as n`,
  );
  const stop = AbortSignal.abort();
  await sealPending({ pool: database.pool, log: quiet, stop });
  expect(await everySeal()).toHaveLength(0);
  await sealAll();
  expect(await everySeal()).toHaveLength(3);
  await everythingIsSealedOnce();
});

test('each seal is told to the log, with its number and the head', async () => {
  const lines: unknown[] = [];
  await look(database.pool);
  await sealPending({
    pool: database.pool,
    log: { ...quiet, info: (event, fields) => void lines.push(event, fields) },
  });
  const { seals, head } = await sealStore(database.pool).head();
  expect(lines).toEqual(['originals were sealed', { sealRow: String(seals), count: 1, head }]);
});
