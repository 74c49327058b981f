import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldDue } from '../../src/flow/fold.js';
import { interpretPending } from '../../src/flow/interpret.js';
import { rebuild } from '../../src/flow/rebuild.js';
import { receiver } from '../../src/flow/receive.js';
import { recordFacts } from '../../src/flow/record.js';
import { readStatedFacts } from '../../src/interpret/stated.js';
import { createLog } from '../../src/log.js';
import { inboxStore } from '../../src/store/inbox.js';
import { adt } from '../scenarios/adt.js';
import { tables } from '../scenarios/tell.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { statedBy } from '../support/stated-by.js';
import { retold, type Story, story } from './histories.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

const deps = () => ({
  pool: database.pool,
  ...tables,
  now: () => new Date('2026-11-21T12:00:00Z'),
  today: () => '2026-11-21',
  log: createLog('silent'),
});

const foldEverybody = () => foldDue({ ...deps(), deliver: () => {} });

/** Every message is received, interpreted and folded by itself, so that each step of the way is published. */
async function live({ messages, stated }: Story): Promise<void> {
  const receive = receiver({
    site: tables.site,
    acceptBatch: inboxStore(database.pool).acceptBatch,
    wake: () => {},
    log: createLog('silent'),
  });
  for (const message of messages) {
    await receive(Buffer.from(adt(message)), { transport: 'mllp', peer: 'test' });
    await interpretPending({ ...deps(), changed: async () => {} });
    await foldEverybody();
  }
  const ndjson = stated.map((fact) => JSON.stringify({ statedBy: statedBy(fact), ...fact })).join('\n');
  const read = readStatedFacts(ndjson, tables.mappings.codes);
  if (read.kind === 'mistakes') throw new Error(read.mistakes.join('\n'));
  await recordFacts(read.facts, 'test', deps());
  await foldEverybody();
}

/** Whatever was given, concluded or published, as one digest. */
async function state(): Promise<string> {
  const { rows } = await database.pool.query(
    `select (select json_agg(e order by e.person_key)
               from (select person_key, nhs_number, status, council, icb, entry from entries) e) as entries,
            (select json_agg(p order by p.id)
               from (select id, person_key, body, record_version, content from publications) p) as publications,
            (select json_agg(i order by i.id) from episode_ids i) as identifiers,
            (select json_agg(k order by k.key) from person_keys k) as keys`,
  );
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

const forget = () =>
  database.pool.query(
    `truncate messages, message_contents, stated_facts, person_keys, episode_ids, publications, deliveries, delivery_attempts,
              entries, mentions, told_periods, nodes, interpretations, rebuilds`,
  );

test('for all histories: what is derived can be derived again, the same, and nothing is published because of it', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      await forget();
      await live(told);
      const before = await state();
      expect(await rebuild(deps())).toMatchObject({ changed: [], published: 0 });
      expect(await state()).toBe(before);
    }),
    { numRuns: RUNS },
  );
}, 240_000);

const register = async (): Promise<string[]> => {
  const { rows } = await database.pool.query<{ entry: string }>('select entry::text from entries order by entry::text');
  return rows.map(({ entry }) => entry);
};

test('for all histories: in whatever order and however often messages arrive, each folded as it comes, the register is the same', async () => {
  const twice = story.chain((told) =>
    retold(told.messages).map((messages): [Story, Story] => [told, { ...told, messages }]),
  );
  await fc.assert(
    fc.asyncProperty(twice, async ([first, second]) => {
      await forget();
      await live(first);
      const expected = await register();
      await forget();
      await live(second);
      expect(await register()).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
}, 240_000);
