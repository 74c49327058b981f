import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { foldDue, type ToDeliver } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { type Pace, pacer } from '../../src/flow/pace.js';
import { receiver } from '../../src/flow/receive.js';
import type { Log, LogFields } from '../../src/log.js';
import { entryStore } from '../../src/store/entries.js';
import { inboxStore } from '../../src/store/inbox.js';
import { type Adt, adt, OTHER, PERSON } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';

let database: TestDatabase;
let said: { event: string; fields: LogFields }[];
let delivered: ToDeliver[];
let pace: Pace;

const note = (event: string, fields: LogFields = {}) => void said.push({ event, fields });
const log: Log = { debug: note, info: note, warn: note, error: note, child: () => log };

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  [said, delivered, pace] = [[], [], pacer()];
  await database.pool.query(
    'truncate messages, message_contents, nodes, person_keys, publications, episode_ids restart identity cascade',
  );
});

const OF_OTHER = { nhsNumber: OTHER, mrn: 'L2', visit: 'V2' };
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

const interpret = () => interpretPending({ pool: database.pool, ...tables, changed: async () => {}, pace, log });

const fold = (directory = tables.directory) =>
  foldDue({
    pool: database.pool,
    ...tables,
    directory,
    now: () => new Date('2026-11-21T12:00:00Z'),
    today: () => '2026-11-21',
    pace,
    deliver: (news) => void delivered.push(...news),
    log,
  });

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

describe('a service that is told to stop', () => {
  test('begins nothing more, and the next one finds it all', async () => {
    await arrive(detained('E08000025'));
    pace.end();
    await interpret();
    expect(await inboxStore(database.pool).pendingIds(10)).toHaveLength(1);
    pace = pacer();
    await interpret();
    pace.end();
    await fold();
    expect(await statusOf(PERSON)).toBeNull();
    pace = pacer();
    await fold();
    expect(await statusOf(PERSON)).toBe('prospective');
  });
});
