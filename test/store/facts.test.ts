import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Closure, closureStore } from '../../src/store/closure.js';
import { factStore, type Interpretation, type Statement } from '../../src/store/facts.js';
import { inboxStore } from '../../src/store/inbox.js';
import { peopleStore } from '../../src/store/people.js';
import { rebuildStore } from '../../src/store/rebuild.js';
import { inTransaction } from '../../src/store/transaction.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';
import { found, local, nhs, residence, stated } from './facts.js';
import { incoming } from './messages.js';

let database: TestDatabase;
const ANNA = nhs('9990000018');
const BERT = nhs('9990000026');

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(() => empty());

const empty = () =>
  database.pool.query(
    `truncate messages, message_contents, stated_facts, interpretations, mentions, told_periods, nodes
              restart identity cascade`,
  );
const inbox = () => inboxStore(database.pool);
const waiting = async () => (await inbox().pending({ limit: 5, bytes: 1_000_000 })).map(({ id }) => id);
const people = () => peopleStore(database.pool);
const record = (...batch: Interpretation[]) =>
  inTransaction(database.pool, (db) => factStore(db).recordInterpretations(batch));
const state = (...statements: Statement[]) =>
  inTransaction(database.pool, async (db) => (await factStore(db).recordStated(statements)).nodeIds);
const stored = async (count: number): Promise<string[]> =>
  (await inbox().acceptBatch(Array.from({ length: count }, (_, n) => incoming({ controlId: `M${n}` })))).map(
    ({ id }) => id,
  );
const idOf = async (node: string): Promise<string> => {
  const id = await people().nodeId(node);
  if (id === null) throw new Error('no such node');
  return id;
};
const closureOf = (node: string, knownAt?: Date): Promise<Closure | null> =>
  inTransaction(database.pool, async (db) => closureStore(db).read(await idOf(node), knownAt));
const namesOf = (closure: Closure | null) => closure?.nodes.map(({ node }) => node).sort();
const textsOf = (closure: Closure | null) =>
  closure?.facts.map(({ fact }) => (fact.kind === 'residence' ? fact.postcode : fact.kind)).sort();

describe('what a message said', () => {
  test('its facts are kept, it waits no longer, and the person it names is due', async () => {
    const [id = ''] = await stored(1);
    expect(await waiting()).toEqual([id]);
    const due = await record(found(id, [ANNA, local('1')]));
    expect(await waiting()).toEqual([]);
    expect((await inbox().get(id))?.state).toBe('interpreted');
    expect((await people().dueNodeIds(5)).sort()).toEqual([...due].sort());
    expect(textsOf(await closureOf(local('1')))).toEqual([`of message ${id}`]);
    expect((await inbox().search({ node: ANNA, limit: 5 })).map((row) => row.id)).toEqual([id]);
  });

  test('a message that is parked says why and names nobody', async () => {
    const [id = ''] = await stored(1);
    const fault = { code: 'code-unmapped' as const, where: 'ZMH-3', text: 'no such code', next: 'add it' };
    expect(await record(found(id, [], { outcome: 'parked', fault, facts: [] }))).toEqual([]);
    expect(await inbox().get(id)).toMatchObject({ state: 'parked', fault });
  });

  test('interpreting twice, even at once, is interpreting once', async () => {
    const [id = ''] = await stored(1);
    await Promise.all([record(found(id, [ANNA])), record(found(id, [ANNA])), record(found(id, [ANNA]))]);
    const { rows } = await database.pool.query('select count(*)::int as count from interpretations');
    expect(rows[0].count).toBe(1);
  });

  test('a newer definition counts, the older one answers what was known then, a return to it counts again', async () => {
    const [id = ''] = await stored(1);
    await record(found(id, [ANNA], { facts: [residence('old')] }));
    const { rows } = await database.pool.query<{ now: Date }>('select now()');
    await record(found(id, [BERT], { definition: 'zmh-2', facts: [residence('new')] }));
    expect(textsOf(await closureOf(BERT))).toEqual(['new']);
    expect(textsOf(await closureOf(ANNA, rows[0]?.now))).toEqual(['old']);
    await record(found(id, [ANNA], { facts: [residence('back')] }));
    expect(textsOf(await closureOf(ANNA))).toEqual(['back']);
  });

  test('whoever a newer interpretation no longer names is folded again too', async () => {
    const [id = ''] = await stored(1);
    await record(found(id, [ANNA]));
    await inTransaction(database.pool, async (db) =>
      closureStore(db).settle([{ nodeId: await idOf(ANNA), personKey: null }]),
    );
    expect(await people().dueNodeIds(5)).toEqual([]);
    await record(found(id, [BERT], { definition: 'zmh-2' }));
    expect((await people().dueNodeIds(5)).sort()).toEqual([await idOf(ANNA), await idOf(BERT)].sort());
  });

  test('text that the database cannot hold is stored with a mark in its place', async () => {
    const [id = ''] = await stored(1);
    await record(found(id, [ANNA], { facts: [residence('a\0b\ud800c')] }));
    expect(textsOf(await closureOf(ANNA))).toEqual(['a\uFFFDb\uFFFDc']);
  });
});

describe('what people state', () => {
  test('the same fact twice is one, within a file and later', async () => {
    const once = stated([ANNA], randomUUID().toUpperCase());
    expect(await state(once, once)).toHaveLength(1);
    expect(await state(once)).toEqual([]);
    expect(textsOf(await closureOf(ANNA))).toEqual(['history-checked']);
  });
});

describe('everything derived, dropped and made again', () => {
  test('is the same, and what was parked for good stays parked', async () => {
    const [id = ''] = await stored(1);
    await inbox().acceptBatch([incoming({ controlId: 'M0', text: 'other' })]);
    await record(found(id, [ANNA], { facts: [residence('B1 1AA')] }));
    const statement = stated([ANNA, BERT]);
    await state(statement);
    const before = [textsOf(await closureOf(ANNA)), namesOf(await closureOf(ANNA))];

    await inTransaction(database.pool, async (db) => {
      await rebuildStore(db).dropDerived();
      const [fact] = await rebuildStore(db).statedFacts(10);
      expect(fact).toEqual(statement.fact);
      await factStore(db).nameStated([statement]);
    });
    expect(await waiting()).toEqual([id]);
    await record(found(id, [ANNA], { facts: [residence('B1 1AA')] }));
    expect([textsOf(await closureOf(ANNA)), namesOf(await closureOf(ANNA))]).toEqual(before);
    expect(await inbox().search({ states: ['parked'], limit: 5 })).toMatchObject([{ reused: true }]);
  });
});

describe('who may be one person', () => {
  test('nodes are connected through the statements that name several, however far', async () => {
    const [one = '', two = '', three = ''] = await stored(3);
    await record(found(one, [ANNA, local('1')]), found(two, [local('1'), local('2')]), found(three, [BERT]));
    await state(stated([local('2'), local('3')]));
    expect(namesOf(await closureOf(local('3')))).toEqual([local('1'), local('2'), local('3'), ANNA].sort());
    expect(textsOf(await closureOf(ANNA))).toEqual(
      ['history-checked', `of message ${one}`, `of message ${two}`].sort(),
    );
    expect(namesOf(await closureOf(BERT))).toEqual([BERT]);
  });

  test('a node that nobody knows has no closure', async () => {
    expect(await inTransaction(database.pool, (db) => closureStore(db).lock(['4711']))).toEqual([]);
  });

  test('a statement that arrives while a person is folded is not overlooked: it makes the person due again', async () => {
    const [one = '', two = ''] = await stored(2);
    await record(found(one, [ANNA]));
    const anna = await idOf(ANNA);
    const late = await inTransaction(database.pool, async (db) => {
      const [closure] = await closureStore(db).lock([anna]);
      const recording = record(found(two, [ANNA, BERT]));
      await until(somebodyWaits);
      await closureStore(db).settle(closure?.nodes.map(({ id }) => ({ nodeId: id, personKey: null })) ?? []);
      return { recording };
    });
    await late.recording;
    expect(await people().dueNodeIds(5)).toContain(anna);
  });

  test('folds and merges at once, from every side: no deadlock, and in the end nobody is due and all are one', async () => {
    const links = fc.array(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })), {
      minLength: 4,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(links, async (pairs) => {
        await empty();
        const ids = await stored(pairs.length);
        await Promise.all([
          ...pairs.map(([a, b], n) => record(found(ids[n] ?? '', [local(`${b}`), local(`${a}`)]))),
          ...pairs.map(() => foldAll()),
        ]);
        await foldAll();
        expect(await people().dueNodeIds(50)).toEqual([]);
        await expectComponents(pairs);
      }),
      { numRuns: 25 },
    );
  });
});

async function somebodyWaits(): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount === 1;
}

/** What the fold does with its locks: the key is the smallest node of the person. */
async function foldAll(): Promise<void> {
  const due = await people().dueNodeIds(50);
  for (const some of [due.slice(0, 3), due.slice(3)]) {
    await inTransaction(database.pool, async (db) => {
      const closures = closureStore(db);
      for (const closure of await closures.lock(some)) {
        const personKey = keyOf(closure);
        await closures.settle(closure.nodes.map(({ id }) => ({ nodeId: id, personKey })));
      }
    });
  }
}

const keyOf = (closure: Closure): string => `00000000-0000-0000-0000-${(closure.nodes[0]?.id ?? '').padStart(12, '0')}`;

async function expectComponents(pairs: [number, number][]): Promise<void> {
  const group = new Map<number, number>();
  for (const pair of pairs) for (const one of pair) group.set(one, one);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [a, b] of pairs) {
      const low = Math.min(group.get(a) ?? a, group.get(b) ?? b);
      changed ||= group.get(a) !== low || group.get(b) !== low;
      group.set(a, low).set(b, low);
    }
  }
  const { rows } = await database.pool.query<{ node: string; key: string }>(
    'select node, person_key as key from nodes',
  );
  const keyByGroup = new Map<number | undefined, string>();
  for (const { node, key } of rows) {
    const of = group.get(Number(node.split(':')[3]));
    keyByGroup.set(of, keyByGroup.get(of) ?? key);
    expect(key).toBe(keyByGroup.get(of));
  }
  expect(new Set(keyByGroup.values()).size).toBe(new Set(group.values()).size);
}
