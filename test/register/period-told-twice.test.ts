import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { rebuild } from '../../src/flow/rebuild.js';
import { receiver } from '../../src/flow/receive.js';
import { replay } from '../../src/flow/replay.js';
import { createLog } from '../../src/log.js';
import { closureStore } from '../../src/store/closure.js';
import { inboxStore } from '../../src/store/inbox.js';
import { migrate } from '../../src/store/migrate.js';
import { peopleStore } from '../../src/store/people.js';
import { inTransaction } from '../../src/store/transaction.js';
import { mendedMappings, Q3_IS_SECTION_3 } from '../commands/mended.js';
import { type Adt, adt, HOME, OTHER, PERSON, SECTION_3 } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  database.pool.query(
    `truncate messages, message_contents, interpretations, mentions, told_periods, nodes, entries, person_keys,
              publications restart identity cascade`,
  ),
);

const deps = () => ({
  pool: database.pool,
  ...tables,
  now: () => new Date('2026-11-21T12:00:00Z'),
  today: () => '2026-11-21',
  log: createLog('silent'),
});

/** Each message is received, interpreted and folded before the next comes. */
async function live(...messages: Adt[]): Promise<void> {
  const { acceptBatch } = inboxStore(database.pool);
  const receive = receiver({ site: tables.site, acceptBatch, wake: () => {}, log: createLog('silent') });
  for (const message of messages) {
    await receive(Buffer.from(adt(message)), { transport: 'mllp', peer: 'test' });
    await interpretPending({ ...deps(), changed: async () => {} });
    await foldDue({ ...deps(), deliver: () => {} });
  }
}

type Row = { person: string | null; status: string; asked: string[] };

async function register(): Promise<Row[]> {
  const { rows } = await database.pool.query<Row>(
    `select nhs_number as person, status,
            array(select question ->> 'kind' from jsonb_array_elements(entry -> 'questions') as question) as asked
       from entries
      order by nhs_number`,
  );
  return rows;
}

async function published(): Promise<string[]> {
  const { rows } = await database.pool.query<{ told: string }>(
    `select body || ' ' || record_version as told from publications order by id`,
  );
  return rows.map(({ told }) => told);
}

const elsewhere: Adt = { ...HOME, nhsNumber: OTHER, mrn: 'L2', visit: 'V9' };
const both: Row[] = [
  { person: PERSON, status: 'active', asked: ['identity-conflict'] },
  { person: OTHER, status: 'active', asked: ['identity-conflict'] },
];

test('a person who has been told to the council for long is asked about once the period is told of another; nothing is taken back', async () => {
  await live(HOME);
  expect(await register()).toEqual([{ person: PERSON, status: 'active', asked: [] }]);
  expect(await published()).toEqual(['E08000025 1']);
  await live(elsewhere);
  expect(await register()).toEqual(both);
  expect(await published()).toEqual(['E08000025 1']);
  expect(await rebuild(deps())).toMatchObject({ changed: [], published: 0 });
  expect(await register()).toEqual(both);
});

test('withdrawn from the second, the first is no longer asked about, and goes on being told', async () => {
  const withdrawn: Adt = {
    ...elsewhere,
    trigger: 'A08',
    sentAt: '20260402090000',
    periods: [{ id: 'P1', action: 'D' }],
  };
  await live(HOME, elsewhere, withdrawn, { trigger: 'A31', sentAt: '20260403090000', family: 'Renamed' });
  expect(await register()).toEqual([
    { person: PERSON, status: 'active', asked: [] },
    { person: OTHER, status: 'active', asked: ['detention-withdrawn'] },
  ]);
  expect(await published()).toEqual(['E08000025 1', 'E08000025 1', 'E08000025 2']);
});

test('a sender that numbers the periods of each person from 1: nobody is asked about, and each is folded with a few', async () => {
  const people = Array.from(
    { length: 30 },
    (_, n): Adt => ({ ...HOME, nhsNumber: null, mrn: `M${n}`, visit: `V${n}` }),
  );
  await live(...people);
  const rows = await register();
  expect(rows).toHaveLength(30);
  expect(rows.filter(({ asked }) => asked.includes('identity-conflict'))).toEqual([]);
  const last = (await peopleStore(database.pool).nodeId('local:RXT:RXT:M29')) ?? '';
  const closure = await inTransaction(database.pool, (db) => closureStore(db).read(last));
  expect(closure?.nodes).toHaveLength(21);
});

test('a message that is read anew and now tells of the period: the difference shown is of both people, and is what comes', async () => {
  const unread: Adt = { ...elsewhere, periods: [{ ...SECTION_3, status: 'Q3' }] };
  await live(HOME, unread);
  expect(await register()).toEqual([{ person: PERSON, status: 'active', asked: [] }]);
  const mended = { ...deps(), mappings: mendedMappings(Q3_IS_SECTION_3) };
  const shown = await replay({ parked: true }, false, mended);
  expect(shown.people.map(({ nhsNumber }) => nhsNumber).sort()).toEqual([PERSON, OTHER]);
  expect(shown.people.flatMap(({ sent }) => sent)).toEqual([]);
  expect(await register()).toEqual([{ person: PERSON, status: 'active', asked: [] }]);
  expect((await replay({ parked: true }, true, mended)).people).toMatchObject(
    shown.people.map(({ nhsNumber }) => ({ nhsNumber })),
  );
  expect(await register()).toEqual(both);
});

test('what was told before there was a place to note it is noted by the migration, and folded again', async () => {
  await live(HOME, elsewhere);
  const noted = async (of: string) =>
    (
      await database.pool.query(
        `select period, nhs_number as person
           from told_periods
           join nodes on nodes.id = node_id
           join entries using (person_key)
          where ${of}
          order by nhs_number`,
      )
    ).rows;
  await database.pool.query('drop table told_periods');
  await database.pool.query("delete from schema_migrations where name like '%told_periods%'");
  await migrate(database.pool);
  expect(await noted('due_since is not null')).toEqual([
    { period: 'RXT|P1', person: PERSON },
    { period: 'RXT|P1', person: OTHER },
  ]);
});
