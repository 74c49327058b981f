import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rebuild } from '../../src/flow/rebuild.js';
import { type TestDatabase, testDatabase } from '../support/postgres.js';
import { retold, type Story, story } from './histories.js';
import { houseOf } from './house.js';

const RUNS = Number(process.env.PROPERTY_RUNS ?? 25);

let database: TestDatabase;
let house: ReturnType<typeof houseOf>;
beforeAll(async () => {
  database = await testDatabase();
  house = houseOf(database, () => '2026-11-21');
});
afterAll(() => database.drop());

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

test('for all histories: what is derived can be derived again, the same, and nothing is published because of it', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      await house.forget();
      await house.live(told);
      const before = await state();
      expect(await rebuild(house.deps)).toMatchObject({ changed: [], published: 0 });
      expect(await state()).toBe(before);
    }),
    { numRuns: RUNS },
  );
}, 600_000);

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
      await house.forget();
      await house.live(first);
      const expected = await register();
      await house.forget();
      await house.live(second);
      expect(await register()).toEqual(expected);
    }),
    { numRuns: RUNS },
  );
}, 600_000);
