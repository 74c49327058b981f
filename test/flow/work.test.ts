import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { interpretBytes } from '../../src/flow/admit.js';
import { foldDue, type ToDeliver } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { receiver } from '../../src/flow/receive.js';
import type { Log, LogFields } from '../../src/log.js';
import { nodesOf } from '../../src/register/nodes.js';
import { entryStore } from '../../src/store/entries.js';
import { factStore } from '../../src/store/facts.js';
import { inboxStore } from '../../src/store/inbox.js';
import { inTransaction } from '../../src/store/transaction.js';
import { type Adt, adt, OTHER, PERSON } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let said: { event: string; fields: LogFields }[];
let delivered: ToDeliver[];
let stopping: AbortController;

const note = (event: string, fields: LogFields = {}) => void said.push({ event, fields });
const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  [said, delivered, stopping] = [[], [], new AbortController()];
  await database.pool.query(
    `truncate messages, message_contents, interpretations, mentions, told_periods, nodes, entries, person_keys,
              publications, episode_ids restart identity cascade`,
  );
});

const OF_OTHER = { nhsNumber: OTHER, mrn: 'L2', visit: 'V2' };
const PERIOD = { status: '03', from: '20260105', council: 'E08000025' };
const MERGER = { ods: 'RXT', feed: 'zmh', timeZone: 'Europe/London' };
const COVENTRY = 'E08000026';

/** A detention, after which a council may begin to plan. */
const detained = (council: string, over: Partial<Adt> = {}): Adt => ({
  trigger: 'A01',
  sentAt: '20260105100000',
  admitted: '20260105',
  periods: [{ id: `P-${over.visit ?? 'V1'}`, status: '03', from: '20260105', council }],
  ...over,
});

async function arrive(...messages: Adt[]): Promise<void> {
  const receive = receiver({
    site: tables.site,
    acceptBatch: inboxStore(database.pool).acceptBatch,
    wake: () => {},
    log,
  });
  for (const message of messages) await receive(Buffer.from(adt(message)), { transport: 'mllp', peer: 'test' });
}

const interpret = () =>
  interpretPending({ pool: database.pool, ...tables, changed: async () => {}, stop: stopping.signal, log });

const fold = (directory = tables.directory) =>
  foldDue({
    pool: database.pool,
    ...tables,
    directory,
    now: () => new Date('2026-11-21T12:00:00Z'),
    today: () => '2026-11-21',
    stop: stopping.signal,
    deliver: (news) => void delivered.push(...news),
    log,
  });

async function somebodyWaits(): Promise<boolean> {
  const { rowCount } = await database.pool.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rowCount !== null && rowCount > 0;
}

const statusOf = async (nhsNumber: string) =>
  (await entryStore(database.pool).byNhsNumber(nhsNumber))?.entry.status ?? null;

describe('many people in one batch', () => {
  test('each is folded once, and told of to the own council', async () => {
    await arrive(detained('E08000025'), detained('E08000029', OF_OTHER));
    await interpret();
    await fold();
    expect(await statusOf(PERSON)).toBe('prospective');
    expect(await statusOf(OTHER)).toBe('prospective');
    expect(delivered.map(({ body }) => body).sort()).toEqual(['E08000025', 'E08000029']);
    await fold();
    expect(delivered).toHaveLength(2);
  });

  test('a person whom a defect stops holds up nobody, is told of in the log without a name, and is folded later', async () => {
    const broken = {
      ...tables.directory,
      council: (...[code, writtenOn, asOf]: Parameters<typeof tables.directory.council>) => {
        if (code === COVENTRY) throw new Error(`no such place for ${PERSON}`);
        return tables.directory.council(code, writtenOn, asOf);
      },
    };
    await arrive(detained(COVENTRY), detained('E08000029', OF_OTHER));
    await interpret();
    await fold(broken);
    expect(await statusOf(OTHER)).toBe('prospective');
    expect(await statusOf(PERSON)).toBeNull();
    expect(said.map(({ event }) => event)).toContain('a person could not be folded and is tried again later');

    await fold();
    expect(await statusOf(PERSON)).toBeNull();
    await database.pool.query('update nodes set due_since = now() where due_since > now()');
    await fold();
    expect(await statusOf(PERSON)).toBe('prospective');
  });
});

describe('messages that are read while others are stored', () => {
  test('one that is committed late, with a number before those that are read already, is not left over', async () => {
    const MANY = 5;
    await arrive(...Array.from({ length: MANY }, (_, i) => detained('E08000029', { sentAt: `2026010510000${i}` })));
    const { pool } = database;
    await pool.query("update messages set state = 'ignored' where id = 2");
    let stored = 0;
    const changed = async () => {
      stored += 1;
      // It waits again only now that those after it have been read.
      if (stored === MANY - 1) await pool.query("update messages set state = 'received' where id = 2");
    };
    await interpretPending({ pool, ...tables, changed, atOnce: 1, log });
    const { rows } = await database.pool.query('select distinct state from messages');
    expect(rows).toEqual([{ state: 'interpreted' }]);
    expect(stored).toBe(MANY);
  });

  test('a database that fails one batch fails the reading, and what the others stored is stored', async () => {
    await arrive(...Array.from({ length: 4 }, (_, i) => detained('E08000029', { sentAt: `2026010510000${i}` })));
    let stored = 0;
    const changed = async () => {
      stored += 1;
      if (stored === 2) throw Object.assign(new Error('gone'), { code: '57P01' });
    };
    await expect(interpretPending({ pool: database.pool, ...tables, changed, atOnce: 1, log })).rejects.toThrow('gone');
    const { rows } = await database.pool.query(
      "select count(*)::int as count from messages where state = 'interpreted'",
    );
    expect(rows[0].count).toBeGreaterThanOrEqual(2);
    await interpret();
    const { rows: left } = await database.pool.query("select from messages where state = 'received'");
    expect(left).toEqual([]);
  });
});

describe('what one message says of others', () => {
  test('a merge that is committed while a batch waits for its people makes them one', async () => {
    await arrive(detained('E08000029', OF_OTHER), { trigger: 'A31', sentAt: '20260105090000' });
    await interpret();
    const merging = await database.pool.connect();
    await merging.query('begin');
    const merge: Adt = { trigger: 'A40', sentAt: '20260201090000', mergedAway: { nhsNumber: OTHER, mrn: 'L2' } };
    await arrive(merge);
    const [waiting] = await inboxStore(database.pool).pending({ limit: 10, bytes: 1_000_000 });
    const facts = interpretBytes(Buffer.from(adt(merge)), MERGER, tables.mappings).facts;
    const nodes = [...new Set(facts.flatMap(nodesOf))];
    const found = {
      messageId: waiting?.id ?? '',
      definition: 'zmh',
      outcome: 'interpreted' as const,
      fault: null,
      facts,
      nodes,
      periods: [],
    };
    await factStore(merging).recordInterpretations([found]);
    const folding = fold();
    await until(somebodyWaits);
    await merging.query('commit');
    merging.release();
    await folding;
    await fold();
    const { rows } = await database.pool.query('select nhs_number, status from entries');
    expect(rows).toEqual([{ nhs_number: PERSON, status: 'prospective' }]);
  });

  test('a message that is read anew as about another person: the first, of whom nothing is left, never was', async () => {
    await arrive(detained('E08000025'));
    await interpret();
    await fold();
    const { rows } = await database.pool.query<{ id: string }>('select id from messages');
    const facts = interpretBytes(Buffer.from(adt(detained('E08000025', OF_OTHER))), MERGER, tables.mappings).facts;
    await inTransaction(database.pool, (db) =>
      factStore(db).recordInterpretations([
        {
          messageId: rows[0]?.id ?? '',
          definition: 'mended',
          outcome: 'interpreted',
          fault: null,
          facts,
          nodes: [...new Set(facts.flatMap(nodesOf))],
          periods: [],
        },
      ]),
    );
    await fold();
    expect(await statusOf(PERSON)).toBeNull();
    expect(await statusOf(OTHER)).toBe('prospective');
    const told = await database.pool.query(
      `select p.content -> 'publication' -> 'patient' ->> 'nhsNumber' as who, d.state,
              p.content -> 'publication' -> 'episodes' -> 0 ->> 'episodeOfCare' as episode
         from publications p join deliveries d on d.publication_id = p.id
        order by who, p.record_version`,
    );
    expect(told.rows).toEqual([
      { who: PERSON, state: 'overtaken', episode: 'planned' },
      { who: PERSON, state: 'due', episode: 'entered-in-error' },
      { who: OTHER, state: 'due', episode: 'planned' },
    ]);
  });

  test('an identifier that no index can hold parks its message and nobody else', async () => {
    const endless = Array.from({ length: 8_000 }, (_, i) => ((i * 7919) % 36).toString(36)).join('');
    await arrive(
      detained('E08000025', { mrn: randomBytes(6_000).toString('hex') }),
      detained('E08000029', OF_OTHER),
      detained('E08000025', { ...OF_OTHER, sentAt: '20260106100000', periods: [{ ...PERIOD, id: endless }] }),
    );
    await interpret();
    await fold();
    expect(await statusOf(OTHER)).toBe('prospective');
    const states = (await inboxStore(database.pool).search({ limit: 10 })).map(({ state }) => state);
    expect(states.sort()).toEqual(['interpreted', 'parked', 'parked']);
  });
});

describe('a service that is told to stop', () => {
  test('begins nothing more, and the next one finds it all', async () => {
    await arrive(detained('E08000025'));
    stopping.abort();
    await interpret();
    expect(await inboxStore(database.pool).pending({ limit: 10, bytes: 1_000_000 })).toHaveLength(1);
    stopping = new AbortController();
    await interpret();
    stopping.abort();
    await fold();
    expect(await statusOf(PERSON)).toBeNull();
    stopping = new AbortController();
    await fold();
    expect(await statusOf(PERSON)).toBe('prospective');
  });
});
